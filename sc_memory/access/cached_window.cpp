// Finding the memory under the window anew after a change of the map.
#include "sc_memory/access/cached_window.h"

#include <fmt/format.h>

#include "sc_memory/map/direct_access.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory {

CachedWindow::CachedWindow(AddressSpace& space, Address first, std::uint64_t length, const Attributes& attributes)
    : space_(space), attributes_(attributes) {
  const auto window = AddressRange::sized(first, length);
  if (!window) throw MapError(fmt::format("a cached window at {:#x} of '{}' has no bytes", first, space.name()));
  window_ = *window;
  refresh();
}

bool CachedWindow::is_fast(Address address, std::size_t length, Direction direction) {
  if (generation_ != space_.generation()) refresh();
  return length > 0 && (direction == Direction::read ? reads_ : writes_) && holds(address, length);
}

void CachedWindow::refresh() {
  generation_ = space_.generation();
  reads_ = writes_ = false;
  const FlatRange* range = space_.view().find(window_.first);
  const DirectRange direct =
      range != nullptr ? reported_direct_range(space_, *range, window_.first, Direction::read) : DirectRange{};
  if (!direct) return;
  reads_ = true;
  writes_ = direct.writes;
  direct_ = *window_.intersection(direct.range);
  memory_ = range->memory + (direct_.first - range->range.first);
  region_ = static_cast<MemoryBackedRegion*>(range->region);
  offset_ = range->offset_of(direct_.first);
}

}  // namespace sc_memory
