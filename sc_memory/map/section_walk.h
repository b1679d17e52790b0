// Telling listeners about every place where a part of a region shows. For the implementation of regions only.
#pragma once

#include <exception>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/view_difference.h"

namespace sc_memory {

/// Calls hook(listener, section) for every section, in every space, that shows a part of `part` (relative to `region`),
/// clipped to it, and for every listener of that space.
template <typename Hook>
void tell_sections_of(MemoryRegion& region, const AddressRange& part, Hook&& hook) {
  MapState& map = MapState::instance();
  if (map.listeners().empty()) return;
  std::exception_ptr first_error;
  for (AddressSpace* space : std::vector<AddressSpace*>(map.spaces())) {
    Announcement announcement(map.listeners_of(*space));
    if (!announcement.anybody()) continue;
    const auto view = space->view_pointer();
    for (const FlatRange& range : view->ranges()) {
      if (range.region != &region) continue;
      const auto shown = AddressRange{range.offset, range.offset_of(range.range.last)}.intersection(part);
      if (!shown) continue;
      Section section = make_section(*space, range);
      section.range = {range.range.first + (shown->first - range.offset),
                       range.range.first + (shown->last - range.offset)};
      section.offset = shown->first;
      announcement.ascending([&](MemoryListener& listener) { hook(listener, section); });
    }
    if (announcement.first_error() && !first_error) first_error = announcement.first_error();
  }
  if (first_error) std::rethrow_exception(first_error);
}

}  // namespace sc_memory
