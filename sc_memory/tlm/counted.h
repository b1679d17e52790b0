// Objects that live as long as somebody points at them, counted without atomics: for what only the simulation's thread
// has.
#pragma once

#include <cstddef>
#include <utility>

namespace sc_memory {

/// The base of what a CountedPointer points at.
class Counted {
 public:
  Counted() = default;
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 protected:
  virtual ~Counted() = default;

 private:
  template <typename T>
  friend class CountedPointer;
  unsigned references_ = 0;
};

/// A reference to a T, which is derived from Counted and made by `new`; or null. T need not be complete where it is
/// only passed on.
template <typename T>
class CountedPointer {
 public:
  CountedPointer() = default;
  CountedPointer(std::nullptr_t) {}
  explicit CountedPointer(T* object) : object_(object) { hold(); }
  CountedPointer(const CountedPointer& other) noexcept : object_(other.object_) { hold(); }
  CountedPointer(CountedPointer&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  CountedPointer& operator=(CountedPointer other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~CountedPointer() {
    if (object_ != nullptr && --object_->references_ == 0) delete object_;
  }

  T* operator->() const { return static_cast<T*>(object_); }
  T& operator*() const { return static_cast<T&>(*object_); }

  friend bool operator==(const CountedPointer& a, const CountedPointer& b) { return a.object_ == b.object_; }
  friend bool operator!=(const CountedPointer& a, const CountedPointer& b) { return a.object_ != b.object_; }

 private:
  void hold() {
    if (object_ != nullptr) ++object_->references_;
  }

  Counted* object_ = nullptr;
};

}  // namespace sc_memory
