// Transactions by their payloads: a hash table without a node for each, because transactions come and go all the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <tlm>

namespace sc_memory {

/// From payloads to values, which are default-constructed where there is none. In the simulation's thread only.
template <typename Value>
class PayloadMap {
 public:
  using Key = const tlm::tlm_generic_payload*;
  using Entry = std::pair<Key, Value>;

  bool empty() const { return size_ == 0; }

  /// The payload's value, or null. Valid until the next insert() or erase().
  Value* find(Key key) {
    for (std::size_t i = home_of(key);; i = next(i)) {
      if (entries_[i].first == key) return &entries_[i].second;
      if (entries_[i].first == nullptr) return nullptr;
    }
  }
  bool contains(Key key) const { return const_cast<PayloadMap*>(this)->find(key) != nullptr; }

  /// The payload has no value yet.
  void insert(Key key, Value value) {
    // At most half full: the way to an entry is short.
    if (2 * (size_ + 1) > entries_.size()) grow();
    place(key, std::move(value));
    ++size_;
  }

  /// False if the payload has no value.
  bool erase(Key key) {
    std::size_t gap = home_of(key);
    while (entries_[gap].first != key) {
      if (entries_[gap].first == nullptr) return false;
      gap = next(gap);
    }
    // What lies behind and was pushed there by others moves up, so that no search ends at the gap.
    for (std::size_t i = next(gap); entries_[i].first != nullptr; i = next(i)) {
      const std::size_t pushed = (i - home_of(entries_[i].first)) & mask();
      if (pushed < ((i - gap) & mask())) continue;
      entries_[gap] = std::move(entries_[i]);
      gap = i;
    }
    entries_[gap] = Entry{};
    --size_;
    return true;
  }

  /// Calls `visit` with each value, in no order, until it returns true, and says whether it did. It must not insert or
  /// erase.
  template <typename Visit>
  bool any_of(Visit&& visit) const {
    for (const Entry& entry : entries_) {
      if (entry.first != nullptr && visit(entry.second)) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kFewest = 16;

  std::size_t mask() const { return entries_.size() - 1; }
  std::size_t next(std::size_t i) const { return (i + 1) & mask(); }
  std::size_t home_of(Key key) const {
    // The golden ratio spreads neighbours; its high bits depend on all of the address.
    const auto bits = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(key)) * 0x9e37'79b9'7f4a'7c15;
    return static_cast<std::size_t>(bits >> 32) & mask();
  }
  void place(Key key, Value value) {
    std::size_t i = home_of(key);
    while (entries_[i].first != nullptr) i = next(i);
    entries_[i] = {key, std::move(value)};
  }
  void grow() {
    std::vector<Entry> old(2 * entries_.size());
    old.swap(entries_);
    for (Entry& entry : old) {
      if (entry.first != nullptr) place(entry.first, std::move(entry.second));
    }
  }

  std::vector<Entry> entries_ = std::vector<Entry>(kFewest);  ///< A power of two of them.
  std::size_t size_ = 0;
};

}  // namespace sc_memory
