// Comparing two states of an address space and telling listeners about it.
#include "sc_memory/map/view_difference.h"

#include <algorithm>
#include <tuple>

#include "sc_memory/map/address_space.h"

namespace sc_memory {

namespace {

Address address_of(const SpaceEvent& event) {
  return event.section.range.first + (event.trigger.offset - event.section.offset);
}

auto order_of(const SpaceEvent& event) {
  const EventTrigger& trigger = event.trigger;
  return std::make_tuple(address_of(event), trigger.size, trigger.match_data, trigger.match_data ? trigger.data : 0,
                         reinterpret_cast<std::uintptr_t>(trigger.notifier),
                         reinterpret_cast<std::uintptr_t>(event.section.region), trigger.offset);
}

auto order_of(const SpaceCoalescing& coalescing) {
  return std::make_tuple(coalescing.range.first, coalescing.range.last,
                         reinterpret_cast<std::uintptr_t>(coalescing.section.region));
}

template <typename T>
void sort_by_order(std::vector<T>& items) {
  std::stable_sort(items.begin(), items.end(), [](const T& a, const T& b) { return order_of(a) < order_of(b); });
}

/// Splits two sorted lists into what only the first and what only the second has.
template <typename T>
void compare_sorted(const std::vector<T>& before, const std::vector<T>& after, std::vector<const T*>& removed,
                    std::vector<const T*>& added) {
  auto old_item = before.begin();
  auto new_item = after.begin();
  while (old_item != before.end() || new_item != after.end()) {
    if (new_item == after.end() || (old_item != before.end() && order_of(*old_item) < order_of(*new_item)))
      removed.push_back(&*old_item++);
    else if (old_item == before.end() || order_of(*new_item) < order_of(*old_item))
      added.push_back(&*new_item++);
    else
      ++old_item, ++new_item;
  }
}

void collect(const FlatRange& range, const Section& section, const HandlerPath& path, SpaceState& state) {
  const AddressRange visible{range.offset, range.offset_of(range.range.last)};
  for (const EventTrigger& trigger : path.event_triggers()) {
    if (visible.contains(trigger.offset)) state.events.push_back({section, trigger});
  }
  for (const AddressRange& coalesced : path.coalesced_ranges()) {
    const auto part = coalesced.intersection(visible);
    if (part)
      state.coalesced.push_back(
          {section,
           {range.range.first + (part->first - range.offset), range.range.first + (part->last - range.offset)}});
  }
}

bool same_range(const FlatRange& a, const FlatRange& b) { return a.range == b.range && a.serves_alike(b); }

}  // namespace

Section make_section(AddressSpace& space, const FlatRange& range) {
  return {&space, range.region, range.range, range.offset, range.readonly};
}

SpaceState make_state(AddressSpace& space, std::shared_ptr<const FlatView> view) {
  SpaceState state;
  for (const FlatRange& range : view->ranges()) {
    const HandlerPath* path = handler_path(*range.region);
    if (path != nullptr && path->is_watched()) collect(range, make_section(space, range), *path, state);
  }
  sort_by_order(state.events);
  sort_by_order(state.coalesced);
  state.view = std::move(view);
  return state;
}

ViewDifference::ViewDifference(AddressSpace& space, const SpaceState& before, const SpaceState& after)
    : space_(space), before_(before), after_(after) {
  compare_ranges();
  compare_sorted(before.events, after.events, events_removed_, events_added_);
  compare_sorted(before.coalesced, after.coalesced, coalescing_removed_, coalescing_added_);
  changed_ = changed_ranges(*before.view, *after.view);
}

void ViewDifference::compare_ranges() {
  const std::vector<FlatRange>& old_ranges = before_.view->ranges();
  const std::vector<FlatRange>& new_ranges = after_.view->ranges();
  auto old_range = old_ranges.begin();
  auto new_range = new_ranges.begin();
  while (old_range != old_ranges.end() || new_range != new_ranges.end()) {
    if (old_range != old_ranges.end() && new_range != new_ranges.end() && same_range(*old_range, *new_range))
      kept_.push_back({&*old_range++, &*new_range++});
    else if (new_range == new_ranges.end() ||
             (old_range != old_ranges.end() && old_range->range.first <= new_range->range.first))
      removed_.push_back(&*old_range++);
    else
      added_.push_back(&*new_range++);
  }
}

bool ViewDifference::empty() const {
  const bool logs_changed = std::any_of(kept_.begin(), kept_.end(),
                                        [](const Kept& kept) { return kept.before->log_mask != kept.after->log_mask; });
  return removed_.empty() && added_.empty() && !logs_changed && events_removed_.empty() && events_added_.empty() &&
         coalescing_removed_.empty() && coalescing_added_.empty();
}

void ViewDifference::announce_kept_and_added(Announcement& announcement) const {
  auto kept = kept_.begin();
  const auto announce_kept = [&](const Kept& pair) {
    const Section section = make_section(space_, *pair.after);
    const std::uint8_t old_mask = pair.before->log_mask;
    const std::uint8_t new_mask = pair.after->log_mask;
    announcement.ascending_of(section.region, [&](MemoryListener& listener) {
      if (listener.wants_unchanged()) listener.region_nop(section);
    });
    if ((new_mask & ~old_mask) != 0)
      announcement.ascending_of(section.region,
                                [&](MemoryListener& listener) { listener.log_start(section, old_mask, new_mask); });
    if ((old_mask & ~new_mask) != 0)
      announcement.descending_of(section.region,
                                 [&](MemoryListener& listener) { listener.log_stop(section, old_mask, new_mask); });
  };
  for (const FlatRange* range : added_) {
    for (; kept != kept_.end() && kept->after < range; ++kept) announce_kept(*kept);
    const Section section = make_section(space_, *range);
    announcement.ascending_of(section.region, [&](MemoryListener& listener) { listener.region_add(section); });
    if (range->log_mask != 0)
      announcement.ascending_of(section.region,
                                [&](MemoryListener& listener) { listener.log_start(section, 0, range->log_mask); });
  }
  for (; kept != kept_.end(); ++kept) announce_kept(*kept);
}

void ViewDifference::announce_events(Announcement& announcement) const {
  for (const SpaceEvent* event : events_removed_)
    announcement.descending_of(event->section.region,
                               [&](MemoryListener& listener) { listener.event_del(event->section, event->trigger); });
  for (const SpaceEvent* event : events_added_)
    announcement.ascending_of(event->section.region,
                              [&](MemoryListener& listener) { listener.event_add(event->section, event->trigger); });
  for (const SpaceCoalescing* coalescing : coalescing_removed_)
    announcement.descending_of(coalescing->section.region, [&](MemoryListener& listener) {
      listener.coalescing_del(coalescing->section, coalescing->range);
    });
  for (const SpaceCoalescing* coalescing : coalescing_added_)
    announcement.ascending_of(coalescing->section.region, [&](MemoryListener& listener) {
      listener.coalescing_add(coalescing->section, coalescing->range);
    });
}

void ViewDifference::announce(Announcement& announcement) const {
  announcement.ascending([&](MemoryListener& listener) { listener.begin(space_); });
  for (const FlatRange* range : removed_)
    announcement.descending_of(range->region,
                               [&](MemoryListener& listener) { listener.region_del(make_section(space_, *range)); });
  announce_kept_and_added(announcement);
  announce_events(announcement);
  if (!changed_.empty()) {
    const ViewChange change{space_, *before_.view, *after_.view, changed_};
    announcement.ascending([&](MemoryListener& listener) { listener.view_changed(change); });
  }
  announcement.ascending([&](MemoryListener& listener) { listener.commit(space_); });
}

}  // namespace sc_memory
