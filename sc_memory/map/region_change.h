// How a region's setters change the map: all or nothing. For the implementation of regions only.
#pragma once

#include <exception>

#include "sc_memory/map/map_state.h"
#include "sc_memory/map/memory_region.h"

namespace sc_memory {

/// Commits the change that `apply` makes, which touches what it moves or alters; `undo` if the new views cannot be
/// made. Both must not throw.
template <typename Apply, typename Undo>
void commit_change(Apply&& apply, Undo&& undo) {
  MapState& map = MapState::instance();
  map.begin();
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

template <typename Apply, typename Undo>
void MemoryRegion::change(Apply&& apply, Undo&& undo) {
  const auto touched = [&] {
    touch();
    apply();
  };
  commit_change(touched, undo);
}

template <typename Apply, typename Undo>
void MemoryRegion::relocate(const AddressRange& part, Apply&& apply, Undo&& undo) {
  const auto relocated = [&](auto& action) {
    // What goes is touched where it was, what comes where it is.
    touch(part);
    leave_indexes();
    action();
    enter_indexes();
    touch(part);
  };
  make_room_in_indexes();
  commit_change([&] { relocated(apply); }, [&] { relocated(undo); });
}

}  // namespace sc_memory
