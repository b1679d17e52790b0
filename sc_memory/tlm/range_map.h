// Values for ranges of addresses, kept by the byte: what initiators and checkers remember of DMI.
#pragma once

#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// A map from every byte of the address space to a value or to none, stored as ranges that do not overlap. A Value says
/// by `Value advanced(std::uint64_t distance) const` what it is for bytes that lie `distance` further on: a pointer
/// moves along with its range. Neighbours that continue each other (`a.advanced(size) == b`) are one range.
template <typename Value>
class RangeMap {
 public:
  struct Item {
    AddressRange range;
    Value value;  ///< Of range.first.
  };

  /// Gives `value` to the bytes of `range`, whatever they had.
  void assign(const AddressRange& range, const Value& value) {
    erase(range);
    const auto placed = entries_.emplace(range.first, Entry{range.last, value}).first;
    merge_with_next(placed);
    if (placed != entries_.begin()) merge_with_next(std::prev(placed));
  }

  /// Takes the values of `range` away.
  void erase(const AddressRange& range) {
    const auto begin = split_at(range.first);
    const auto end = range.last == UINT64_MAX ? entries_.end() : split_at(range.last + 1);
    entries_.erase(begin, end);
  }

  /// What lies within `range`, cut to it, by ascending address.
  std::vector<Item> items(const AddressRange& range = AddressRange::whole()) const {
    std::vector<Item> found;
    for (auto entry = first_from(range.first); entry != entries_.end() && entry->first <= range.last; ++entry) {
      const auto part = AddressRange{entry->first, entry->second.last}.intersection(range);
      found.push_back({*part, entry->second.value.advanced(part->first - entry->first)});
    }
    return found;
  }

  /// The whole range around `address`, or null; `range` is set to it.
  const Value* find(Address address, AddressRange& range) const {
    const auto entry = first_from(address);
    if (entry == entries_.end() || entry->first > address) return nullptr;
    range = {entry->first, entry->second.last};
    return &entry->second.value;
  }

  bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }

 private:
  struct Entry {
    Address last;
    Value value;
  };
  using Entries = std::map<Address, Entry>;  // by first address

  /// The first entry that ends at or after `address`.
  typename Entries::const_iterator first_from(Address address) const {
    auto entry = entries_.upper_bound(address);
    if (entry != entries_.begin() && std::prev(entry)->second.last >= address) --entry;
    return entry;
  }

  /// Makes `address` the beginning of an entry if it lies inside one. Returns the first entry from there on.
  typename Entries::iterator split_at(Address address) {
    const auto next = entries_.lower_bound(address);
    if (next == entries_.begin() || (next != entries_.end() && next->first == address)) return next;
    const auto before = std::prev(next);
    if (before->second.last < address) return next;
    const Entry rest{before->second.last, before->second.value.advanced(address - before->first)};
    before->second.last = address - 1;
    return entries_.emplace_hint(next, address, rest);
  }

  void merge_with_next(typename Entries::iterator entry) {
    const auto next = std::next(entry);
    if (next == entries_.end() || entry->second.last + 1 != next->first) return;
    if (!(entry->second.value.advanced(next->first - entry->first) == next->second.value)) return;
    entry->second.last = next->second.last;
    entries_.erase(next);
  }

  Entries entries_;
};

}  // namespace sc_memory
