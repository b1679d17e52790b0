// The rights come from the flat range; the dirty log takes some of them away.
#include "sc_memory/map/direct_access.h"

#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

DirectRange reported_direct_range(const FlatRange& range, Direction direction) {
  const bool allowed =
      range.memory != nullptr && (direction == Direction::read ? range.direct_reads : range.direct_writes);
  return {range.range, allowed ? range.memory : nullptr, allowed && range.direct_writes};
}

DirectRange direct_range(const FlatRange& range, Address address, Direction direction) {
  DirectRange direct = reported_direct_range(range, direction);
  if (!direct.writes) return direct;
  const DirtyLog& log = static_cast<const MemoryBackedRegion&>(*range.region).dirty_log();
  const AddressRange in_region{range.offset, range.offset_of(range.range.last)};
  if (direction == Direction::read) {
    direct.writes = !log.any_clean(in_region);
    return direct;
  }
  bool clean = false;
  const AddressRange alike = log.uniform_range(range.offset_of(address), in_region, clean);
  const Address before = alike.first - range.offset;
  direct.range = {range.range.first + before, range.range.first + (alike.last - range.offset)};
  direct.data = clean ? nullptr : range.memory + before;
  direct.writes = !clean;
  return direct;
}

}  // namespace sc_memory
