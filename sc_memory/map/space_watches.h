// The event triggers and coalesced ranges that an address space shows, and how a commit changes them.
#pragma once

#include <set>
#include <vector>

#include "sc_memory/map/flat_view.h"
#include "sc_memory/map/io_region.h"

namespace sc_memory {

/// An event trigger where a space shows it.
struct SpaceEvent {
  Address address = 0;  ///< The space's.
  MemoryRegion* region = nullptr;
  EventTrigger trigger;  ///< Its offset is relative to the region.

  friend bool operator<(const SpaceEvent& a, const SpaceEvent& b);
};

/// A coalesced range, or the part of it that one flat range shows.
struct SpaceCoalescing {
  Address address = 0;  ///< The space's.
  Address last = 0;     ///< The same.
  MemoryRegion* region = nullptr;

  friend bool operator<(const SpaceCoalescing& a, const SpaceCoalescing& b);
};

/// What goes and what comes; both sorted.
template <typename Item>
struct WatchListChange {
  std::vector<Item> removed;
  std::vector<Item> added;
  std::multiset<Item> to_insert;  ///< The added ones once more, so that carrying the change out needs no memory.

  bool empty() const { return removed.empty() && added.empty(); }
  void add(const Item& item) {
    added.push_back(item);
    to_insert.insert(item);
  }
};

struct WatchChange {
  WatchListChange<SpaceEvent> events;
  WatchListChange<SpaceCoalescing> coalescing;

  bool empty() const { return events.empty() && coalescing.empty(); }
};

class SpaceWatches {
 public:
  /// What has to change for these to be the watches of `view` within `areas`, which cut none of its ranges.
  WatchChange change_to(const FlatView& view, const std::vector<AddressRange>& areas) const;
  /// The removal of those of `region` within `areas`.
  WatchChange change_without(const MemoryRegion& region, const std::vector<AddressRange>& areas) const;
  /// The removal, or the addition, of all.
  WatchChange all_removed() const;
  WatchChange all_added() const;

  void apply(WatchChange& change) noexcept;
  void clear() noexcept;

 private:
  std::multiset<SpaceEvent> events_;
  std::multiset<SpaceCoalescing> coalesced_;
};

}  // namespace sc_memory
