// What is to be called later, kept without taking memory for it: std::function asks the allocator for all that is
// larger than two pointers.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace sc_memory {

/// Anything that is called without arguments, of up to kBytes. It can be moved as long as it has not been called; what
/// has been moved from may only be destroyed.
class Action {
 public:
  static constexpr std::size_t kBytes = 5 * sizeof(void*);

  template <typename Call, typename = std::enable_if_t<!std::is_same_v<std::decay_t<Call>, Action>>>
  Action(Call&& call) : kind_(&kKind<std::decay_t<Call>>) {
    using Kept = std::decay_t<Call>;
    static_assert(sizeof(Kept) <= kBytes && alignof(Kept) <= alignof(std::max_align_t));
    static_assert(std::is_nothrow_move_constructible_v<Kept>);
    ::new (static_cast<void*>(bytes_)) Kept(std::forward<Call>(call));
  }
  Action(Action&& other) noexcept : kind_(other.kind_) { kind_->move(bytes_, other.bytes_); }
  Action(const Action&) = delete;
  Action& operator=(const Action&) = delete;
  Action& operator=(Action&&) = delete;
  ~Action() { kind_->destroy(bytes_); }

  void operator()() { kind_->call(bytes_); }

 private:
  struct Kind {
    void (*call)(void*);
    void (*move)(void* to, void* from);
    void (*destroy)(void*);
  };
  template <typename Kept>
  static Kept& as(void* bytes) {
    return *std::launder(static_cast<Kept*>(bytes));
  }
  template <typename Kept>
  static constexpr Kind kKind{[](void* bytes) { as<Kept>(bytes)(); },
                              [](void* to, void* from) { ::new (to) Kept(std::move(as<Kept>(from))); },
                              [](void* bytes) { std::destroy_at(&as<Kept>(bytes)); }};

  const Kind* kind_;
  alignas(std::max_align_t) std::byte bytes_[kBytes];
};

}  // namespace sc_memory
