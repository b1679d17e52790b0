// One piece of an access: what a single section, or a hole, makes of it under the rules of its address space.
// Everything that accesses a space, by AddressSpace::read or through a router's port, comes by here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sc_memory/map/address_space.h"

namespace sc_memory {

enum class Cut : std::uint8_t {
  whole,            ///< One access: a device that does not take this size or alignment rejects it.
  as_device_takes,  ///< A burst: devices get accesses of sizes that they take.
};

/// The piece of `space` that begins at `address`: the range that serves it, or null for a hole; and how many of
/// `length` bytes it holds (at least 1).
struct Piece {
  const FlatRange* range;
  std::size_t length;
};
Piece piece_at(const AddressSpace& space, Address address, std::size_t length);

/// Transfer a piece; `length` is at most what `range` holds from `address` on. Policy and watchpoints of the space
/// apply. Bytes that are not read are 0. The map may change meanwhile: `range` is not looked at after a device was
/// called.
AccessResult read_piece(AddressSpace& space, const FlatRange* range, Address address, std::uint8_t* data,
                        std::size_t length, Cut cut, const Attributes& attributes);
AccessResult write_piece(AddressSpace& space, const FlatRange* range, Address address, const std::uint8_t* data,
                         std::size_t length, Cut cut, const Attributes& attributes);

}  // namespace sc_memory
