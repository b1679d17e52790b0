// The rights come from the flat range; the dirty log, watchpoints and the region's own switch take some of them away.
#include "sc_memory/map/direct_access.h"

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

namespace {

/// What the flat range allows as a whole.
DirectRange rights_of(const FlatRange& range) {
  const bool allowed = range.memory != nullptr && range.region->allows_direct_access();
  return {range.range, nullptr, allowed && range.direct_reads, allowed && range.direct_writes};
}

/// Cuts the answer to the pages around `address` that are as clean or dirty as its own.
void apply_dirty_log(const FlatRange& range, Address address, DirectRange& direct) {
  if (!direct.writes) return;
  const DirtyLog& log = static_cast<const MemoryBackedRegion&>(*range.region).dirty_log();
  const AddressRange in_region{range.offset, range.offset_of(range.range.last)};
  bool clean = false;
  const AddressRange alike = log.uniform_range(range.offset_of(address), in_region, clean);
  direct.range = {range.range.first + (alike.first - range.offset), range.range.first + (alike.last - range.offset)};
  direct.writes = !clean;
}

void set_pointer(const FlatRange& range, Direction direction, DirectRange& direct) {
  const bool granted = direction == Direction::read ? direct.reads : direct.writes;
  direct.data = granted ? range.memory + (direct.range.first - range.range.first) : nullptr;
}

}  // namespace

void restrict_to_watch(const AddressRange& watched, WatchFor what, Address address, DirectRange& direct) {
  if (!direct.range.overlaps(watched)) return;
  if (watched.contains(address)) {
    direct.range = *direct.range.intersection(watched);
    direct.reads = direct.reads && !watches(what, Direction::read);
    direct.writes = direct.writes && !watches(what, Direction::write);
  } else if (watched.last < address) {
    direct.range.first = watched.last + 1;
  } else {
    direct.range.last = watched.first - 1;
  }
}

void restrict_to_watchpoints(const AddressSpace& space, Address address, DirectRange& direct) {
  for (const Watchpoint* watchpoint : space.watchpoints())
    restrict_to_watch(watchpoint->range(), watchpoint->what(), address, direct);
}

DirectRange direct_range(const AddressSpace& space, const FlatRange& range, Address address, Direction direction) {
  DirectRange direct = rights_of(range);
  apply_dirty_log(range, address, direct);
  restrict_to_watchpoints(space, address, direct);
  set_pointer(range, direction, direct);
  return direct;
}

DirectRange reported_direct_range(const AddressSpace& space, const FlatRange& range, Address address,
                                  Direction direction) {
  DirectRange direct = rights_of(range);
  restrict_to_watchpoints(space, address, direct);
  set_pointer(range, direction, direct);
  return direct;
}

}  // namespace sc_memory
