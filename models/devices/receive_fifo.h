// The receive FIFO of a 16550: sixteen places for characters, each with its mark for a break.
#pragma once

#include <array>
#include <cstdint>

namespace sc_memory::models {

/// A ring. push() needs a free place; pop(), oldest() and newest() need an entry.
class ReceiveFifo {
 public:
  static constexpr unsigned places = 16;

  struct Entry {
    std::uint8_t byte = 0;
    bool is_break = false;
  };

  unsigned count() const { return count_; }
  bool empty() const { return count_ == 0; }

  Entry& oldest() { return entries_[first_]; }
  const Entry& oldest() const { return entries_[first_]; }
  Entry& newest() { return entries_[(first_ + count_ - 1) % places]; }

  void push(const Entry& entry) {
    ++count_;
    newest() = entry;
  }
  Entry pop() {
    const Entry entry = oldest();
    first_ = (first_ + 1) % places;
    --count_;
    return entry;
  }
  void clear() { count_ = 0; }

  bool any_break() const {
    for (unsigned i = 0; i < count_; ++i)
      if (entries_[(first_ + i) % places].is_break) return true;
    return false;
  }

 private:
  std::array<Entry, places> entries_;
  unsigned first_ = 0;
  unsigned count_ = 0;
};

}  // namespace sc_memory::models
