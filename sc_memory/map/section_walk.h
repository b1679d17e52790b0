// Telling listeners about every place where a part of a region shows. For the implementation of regions only.
#pragma once

#include <vector>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/region_places.h"
#include "sc_memory/map/view_difference.h"

namespace sc_memory {

/// Calls hook(listener, section) for every section, in every space, that shows a part of `part` (relative to `region`),
/// clipped to it, and for every listener of that space.
template <typename Hook>
void tell_sections_of(const MemoryRegion& region, const AddressRange& part, Hook&& hook) {
  MapState& map = MapState::instance();
  if (map.listeners().empty()) return;
  const std::vector<RegionPlace> places = map.published_places(region, part);
  FirstError error;
  for (auto place = places.begin(); place != places.end();) {
    AddressSpace& space = *place->space;
    Announcement announcement(map.listeners_of(space));
    const auto view = space.view_pointer();
    const FlatRange* told = nullptr;
    for (; place != places.end() && place->space == &space; ++place) {
      auto range = view->from(place->window.first);
      for (; range != FlatView::Iterator{} && range->range.first <= place->window.last; ++range) {
        if (range->region != &region || &*range == told) continue;
        const auto shown = AddressRange{range->offset, range->offset_of(range->range.last)}.intersection(part);
        if (!shown) continue;
        told = &*range;
        Section section = make_section(space, *range);
        section.range = {range->range.first + (shown->first - range->offset),
                         range->range.first + (shown->last - range->offset)};
        section.offset = shown->first;
        announcement.ascending([&](MemoryListener& listener) { hook(listener, section); });
      }
    }
    error.note(announcement.first_error());
  }
  error.rethrow();
}

}  // namespace sc_memory
