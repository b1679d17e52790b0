// Finding the watches of the ranges in an area, and comparing them with those that are known there.
#include "sc_memory/map/space_watches.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace sc_memory {

bool operator<(const SpaceEvent& a, const SpaceEvent& b) {
  const auto order_of = [](const SpaceEvent& event) {
    const EventTrigger& trigger = event.trigger;
    return std::make_tuple(event.address, trigger.size, trigger.match_data, trigger.match_data ? trigger.data : 0,
                           reinterpret_cast<std::uintptr_t>(trigger.notifier),
                           reinterpret_cast<std::uintptr_t>(event.region), trigger.offset);
  };
  return order_of(a) < order_of(b);
}

bool operator<(const SpaceCoalescing& a, const SpaceCoalescing& b) {
  const auto order_of = [](const SpaceCoalescing& coalescing) {
    return std::make_tuple(coalescing.address, coalescing.last, reinterpret_cast<std::uintptr_t>(coalescing.region));
  };
  return order_of(a) < order_of(b);
}

namespace {

template <typename Item>
using Known = std::multiset<Item>;

/// Those at an address within `area`.
template <typename Item, typename Visit>
void for_each_in(const Known<Item>& known, const AddressRange& area, Visit&& visit) {
  Item least;
  least.address = area.first;
  for (auto item = known.lower_bound(least); item != known.end() && item->address <= area.last; ++item) visit(*item);
}

/// What the ranges of a view within an area watch.
struct Found {
  std::vector<SpaceEvent> events;
  std::vector<SpaceCoalescing> coalesced;
};

void collect(const FlatRange& range, const HandlerPath& path, Found& found) {
  const AddressRange visible{range.offset, range.offset_of(range.range.last)};
  const auto in_space = [&](Address offset) { return range.range.first + (offset - range.offset); };
  for (const EventTrigger& trigger : path.event_triggers()) {
    if (visible.contains(trigger.offset)) found.events.push_back({in_space(trigger.offset), range.region, trigger});
  }
  for (const AddressRange& coalesced : path.coalesced_ranges()) {
    if (const auto part = coalesced.intersection(visible))
      found.coalesced.push_back({in_space(part->first), in_space(part->last), range.region});
  }
}

Found find_in(const FlatView& view, const AddressRange& area) {
  Found found;
  for (auto range = view.from(area.first); range != FlatView::Iterator{} && range->range.first <= area.last; ++range) {
    const HandlerPath* path = handler_path(*range->region);
    if (path != nullptr && path->is_watched()) collect(*range, *path, found);
  }
  return found;
}

/// Adds the difference between what is known within an area and what is there now.
template <typename Item>
void compare(const Known<Item>& known, const AddressRange& area, std::vector<Item>& now,
             WatchListChange<Item>& change) {
  std::sort(now.begin(), now.end());
  auto next = now.begin();
  for_each_in(known, area, [&](const Item& item) {
    for (; next != now.end() && *next < item; ++next) change.add(*next);
    if (next == now.end() || item < *next)
      change.removed.push_back(item);
    else
      ++next;
  });
  for (; next != now.end(); ++next) change.add(*next);
}

template <typename Item>
void apply_to(Known<Item>& known, WatchListChange<Item>& change) noexcept {
  for (const Item& item : change.removed) known.erase(known.find(item));
  known.merge(change.to_insert);
}

}  // namespace

WatchChange SpaceWatches::change_to(const FlatView& view, const std::vector<AddressRange>& areas) const {
  WatchChange change;
  for (const AddressRange& area : areas) {
    Found now = find_in(view, area);
    compare(events_, area, now.events, change.events);
    compare(coalesced_, area, now.coalesced, change.coalescing);
  }
  return change;
}

WatchChange SpaceWatches::change_without(const MemoryRegion& region, const std::vector<AddressRange>& areas) const {
  WatchChange change;
  const auto remove_from = [&](auto& list) {
    return [&](const auto& item) {
      if (item.region == &region) list.removed.push_back(item);
    };
  };
  for (const AddressRange& area : areas) {
    for_each_in(events_, area, remove_from(change.events));
    for_each_in(coalesced_, area, remove_from(change.coalescing));
  }
  return change;
}

WatchChange SpaceWatches::all_removed() const {
  WatchChange change;
  change.events.removed.assign(events_.begin(), events_.end());
  change.coalescing.removed.assign(coalesced_.begin(), coalesced_.end());
  return change;
}

WatchChange SpaceWatches::all_added() const {
  WatchChange change;
  change.events.added.assign(events_.begin(), events_.end());
  change.coalescing.added.assign(coalesced_.begin(), coalesced_.end());
  return change;
}

void SpaceWatches::apply(WatchChange& change) noexcept {
  apply_to(events_, change.events);
  apply_to(coalesced_, change.coalescing);
}

void SpaceWatches::clear() noexcept {
  events_.clear();
  coalesced_.clear();
}

}  // namespace sc_memory
