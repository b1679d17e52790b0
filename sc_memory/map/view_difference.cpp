// Comparing two views of an address space where they may differ, and telling listeners about it.
#include "sc_memory/map/view_difference.h"

#include <algorithm>
#include <utility>

#include "sc_memory/map/address_space.h"

namespace sc_memory {

namespace {

bool same_range(const FlatRange& a, const FlatRange& b) { return a.range == b.range && a.serves_alike(b); }

/// Makes `area` reach to the ends of the ranges of `view` at its borders; those right next to it count, because what
/// changes inside may go on in them.
void reach_over_borders(const FlatView& view, const AddressRange& window, AddressRange& area) {
  if (window.first != 0) {
    if (const FlatRange* range = view.find(window.first - 1)) area.first = std::min(area.first, range->range.first);
  }
  if (window.last != UINT64_MAX) {
    if (const FlatRange* range = view.find(window.last + 1)) area.last = std::max(area.last, range->range.last);
  }
}

}  // namespace

Section make_section(AddressSpace& space, const FlatRange& range) {
  return {&space, range.region, range.range, range.offset, range.readonly};
}

ViewDifference::ViewDifference(AddressSpace& space, ViewPointer before, ViewPointer after,
                               const std::vector<AddressRange>& windows)
    : space_(space), before_(std::move(before)), after_(std::move(after)) {
  for (const AddressRange& window : windows) {
    const AddressRange area = area_around(window);
    // One that reaches back over several windows took part in all of their areas.
    if (!areas_.empty() && (areas_.back().overlaps(area) || areas_.back().ends_right_before(area)))
      areas_.back() = {std::min(areas_.back().first, area.first), std::max(areas_.back().last, area.last)};
    else
      areas_.push_back(area);
    add_changed_ranges(*before_, *after_, window, changed_);
  }
  for (const AddressRange& area : areas_) compare_ranges(area);
}

AddressRange ViewDifference::area_around(const AddressRange& window) const {
  AddressRange area = window;
  reach_over_borders(*before_, window, area);
  reach_over_borders(*after_, window, area);
  return area;
}

void ViewDifference::compare_ranges(const AddressRange& area) {
  const FlatView::Iterator end;
  const auto within = [&](const FlatView::Iterator& range) { return range != end && range->range.first <= area.last; };
  auto old_range = before_->from(area.first);
  auto new_range = after_->from(area.first);
  while (within(old_range) || within(new_range)) {
    if (within(old_range) && within(new_range) && same_range(*old_range, *new_range)) {
      if (old_range->log_mask != new_range->log_mask) logged_otherwise_.push_back({&*old_range, &*new_range});
      ++old_range;
      ++new_range;
    } else if (!within(new_range) || (within(old_range) && old_range->range.first <= new_range->range.first)) {
      removed_.push_back(&*old_range++);
    } else {
      added_.push_back(&*new_range++);
    }
  }
}

bool ViewDifference::empty() const {
  return removed_.empty() && added_.empty() && logged_otherwise_.empty() && watches.empty();
}

void ViewDifference::announce_log(Announcement& announcement, const Kept& kept) const {
  const Section section = make_section(space_, *kept.after);
  const std::uint8_t old_mask = kept.before->log_mask;
  const std::uint8_t new_mask = kept.after->log_mask;
  if ((new_mask & ~old_mask) != 0)
    announcement.ascending_of(section.region,
                              [&](MemoryListener& listener) { listener.log_start(section, old_mask, new_mask); });
  if ((old_mask & ~new_mask) != 0)
    announcement.descending_of(section.region,
                               [&](MemoryListener& listener) { listener.log_stop(section, old_mask, new_mask); });
}

void ViewDifference::announce_unchanged(Announcement& announcement, FlatView::Iterator& next, Address last) const {
  for (; next != FlatView::Iterator{} && next->range.first <= last; ++next) {
    const Section section = make_section(space_, *next);
    announcement.ascending_of(section.region, [&](MemoryListener& listener) {
      if (listener.wants_unchanged()) listener.region_nop(section);
    });
  }
}

void ViewDifference::announce_kept_and_added(Announcement& announcement) const {
  // Every range that was not added stayed. Walking along them all is for those who ask for it.
  const bool walks = announcement.any_of([](const MemoryListener& listener) { return listener.wants_unchanged(); });
  FlatView::Iterator next = walks ? after_->from(0) : FlatView::Iterator{};
  auto kept = logged_otherwise_.begin();
  const auto announce_kept_up_to = [&](Address last) {
    for (; kept != logged_otherwise_.end() && kept->after->range.first <= last; ++kept) {
      announce_unchanged(announcement, next, kept->after->range.first);
      announce_log(announcement, *kept);
    }
    announce_unchanged(announcement, next, last);
  };
  for (const FlatRange* range : added_) {
    if (range->range.first != 0) announce_kept_up_to(range->range.first - 1);
    if (walks) ++next;
    const Section section = make_section(space_, *range);
    announcement.ascending_of(section.region, [&](MemoryListener& listener) { listener.region_add(section); });
    if (range->log_mask != 0)
      announcement.ascending_of(section.region,
                                [&](MemoryListener& listener) { listener.log_start(section, 0, range->log_mask); });
  }
  announce_kept_up_to(UINT64_MAX);
}

void ViewDifference::announce_watches(Announcement& announcement) const {
  const auto section_in = [&](const FlatView& view, Address address) {
    return make_section(space_, *view.find(address));
  };
  for (const SpaceEvent& event : watches.events.removed)
    announcement.descending_of(event.region, [&](MemoryListener& listener) {
      listener.event_del(section_in(*before_, event.address), event.trigger);
    });
  for (const SpaceEvent& event : watches.events.added)
    announcement.ascending_of(event.region, [&](MemoryListener& listener) {
      listener.event_add(section_in(*after_, event.address), event.trigger);
    });
  for (const SpaceCoalescing& coalescing : watches.coalescing.removed)
    announcement.descending_of(coalescing.region, [&](MemoryListener& listener) {
      listener.coalescing_del(section_in(*before_, coalescing.address), {coalescing.address, coalescing.last});
    });
  for (const SpaceCoalescing& coalescing : watches.coalescing.added)
    announcement.ascending_of(coalescing.region, [&](MemoryListener& listener) {
      listener.coalescing_add(section_in(*after_, coalescing.address), {coalescing.address, coalescing.last});
    });
}

void ViewDifference::announce(Announcement& announcement) const {
  announcement.ascending([&](MemoryListener& listener) { listener.begin(space_); });
  for (const FlatRange* range : removed_)
    announcement.descending_of(range->region,
                               [&](MemoryListener& listener) { listener.region_del(make_section(space_, *range)); });
  announce_kept_and_added(announcement);
  announce_watches(announcement);
  if (!changed_.empty()) {
    const ViewChange change{space_, *before_, *after_, changed_};
    announcement.ascending([&](MemoryListener& listener) { listener.view_changed(change); });
  }
  announcement.ascending([&](MemoryListener& listener) { listener.commit(space_); });
}

}  // namespace sc_memory
