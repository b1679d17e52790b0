// The rules of a space around the service of a section.
#include "sc_memory/map/piece_access.h"

#include <algorithm>

#include "sc_memory/map/section_access.h"

namespace sc_memory {

namespace {

/// True if it is the space's policy that says what becomes of an access.
bool is_unserved(const FlatRange* range) { return range == nullptr || range->service == Service::reservation; }

void tell_watchpoints(AddressSpace& space, Address address, const std::uint8_t* data, std::size_t length,
                      Direction direction, const Attributes& attributes) {
  if (!space.watchpoints().empty() && !attributes.debug)
    space.tell_watchpoints({space, address, length, direction, data, attributes});
}

}  // namespace

Piece piece_at(const AddressSpace& space, Address address, std::size_t length) {
  const FlatRange* range = space.view().find(address);
  const Address last = range != nullptr ? range->range.last : space.view().hole_around(address).last;
  return {range, static_cast<std::size_t>(std::min<std::uint64_t>(length - 1, last - address)) + 1};
}

AccessResult read_piece(AddressSpace& space, const FlatRange* range, Address address, std::uint8_t* data,
                        std::size_t length, Cut cut, const Attributes& attributes) {
  AccessResult result = AccessResult::ok;
  if (is_unserved(range)) {
    result =
        attributes.debug ? AccessResult::unmapped : space.unserved(address, range != nullptr ? range->region : nullptr);
    std::fill_n(data, length, result == AccessResult::ok ? space.policy().unmapped_byte : std::uint8_t{0});
  } else {
    result = cut == Cut::whole ? read_section_whole(*range, range->offset_of(address), data, length, attributes)
                               : read_section(*range, range->offset_of(address), data, length, attributes);
  }
  tell_watchpoints(space, address, data, length, Direction::read, attributes);
  return result;
}

AccessResult write_piece(AddressSpace& space, const FlatRange* range, Address address, const std::uint8_t* data,
                         std::size_t length, Cut cut, const Attributes& attributes) {
  AccessResult result = AccessResult::ok;
  if (is_unserved(range)) {
    result =
        attributes.debug ? AccessResult::unmapped : space.unserved(address, range != nullptr ? range->region : nullptr);
  } else {
    // Looked at first: a device may change the map, and the range with it.
    const bool dropped_if_refused = range->readonly && space.policy().ignore_rom_writes;
    result = cut == Cut::whole ? write_section_whole(*range, range->offset_of(address), data, length, attributes)
                               : write_section(*range, range->offset_of(address), data, length, attributes);
    if (result == AccessResult::refused && dropped_if_refused) result = AccessResult::ok;
  }
  tell_watchpoints(space, address, data, length, Direction::write, attributes);
  return result;
}

}  // namespace sc_memory
