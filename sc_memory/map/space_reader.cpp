// Copying from and to memory under one look at the map.
#include "sc_memory/map/space_reader.h"

#include <algorithm>
#include <cstring>

#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

namespace {

/// Calls serve(range, done, count, offset in range) for every piece of an access; null ranges are holes. Nothing wraps:
/// what runs over the top is a hole.
template <typename Serve>
AccessResult for_each_piece(const FlatView& view, Address address, std::size_t length, Serve&& serve) {
  AccessResult result = AccessResult::ok;
  for (std::size_t done = 0; done < length;) {
    const Address at = address + done;
    const bool over_the_top = at < address;
    const FlatRange* range = over_the_top ? nullptr : view.find(at);
    const Address last = range != nullptr ? range->range.last : over_the_top ? UINT64_MAX : view.hole_around(at).last;
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(length - done - 1, last - at)) + 1;
    result = worst(result, range == nullptr ? AccessResult::unmapped : serve(*range, at, done, count));
    done += count;
  }
  return result;
}

}  // namespace

AccessResult SpaceReader::read(Address address, void* data, std::size_t length) {
  auto* const bytes = static_cast<std::uint8_t*>(data);
  std::memset(bytes, 0, length);
  const Look look(*this);
  return for_each_piece(look.view(), address, length,
                        [&](const FlatRange& range, Address at, std::size_t done, std::size_t count) {
                          if (!range.direct_reads) return AccessResult::refused;
                          std::memcpy(bytes + done, range.memory + (at - range.range.first), count);
                          return AccessResult::ok;
                        });
}

AccessResult SpaceReader::write(Address address, const void* data, std::size_t length) {
  const auto* const bytes = static_cast<const std::uint8_t*>(data);
  const Look look(*this);
  return for_each_piece(
      look.view(), address, length, [&](const FlatRange& range, Address at, std::size_t done, std::size_t count) {
        if (!range.direct_writes) return AccessResult::refused;
        std::memcpy(range.memory + (at - range.range.first), bytes + done, count);
        const Address offset = range.offset_of(at);
        static_cast<MemoryBackedRegion*>(range.region)->note_write_elsewhere({offset, offset + (count - 1)});
        return AccessResult::ok;
      });
}

}  // namespace sc_memory
