// How a region's setters change the map: all or nothing. For the implementation of regions only.
#pragma once

#include <exception>

#include "sc_memory/map/map_state.h"
#include "sc_memory/map/memory_region.h"

namespace sc_memory {

template <typename Apply, typename Undo>
void MemoryRegion::change(Apply&& apply, Undo&& undo) {
  MapState& map = MapState::instance();
  map.begin();
  touch();
  apply();
  std::exception_ptr from_listener;
  try {
    from_listener = map.commit();
  } catch (...) {
    undo();
    throw;
  }
  if (from_listener) std::rethrow_exception(from_listener);
}

}  // namespace sc_memory
