// The interface by which an access reaches a device behind an I/O region. The map names it; access/io_ops.h implements
// it with callbacks, tlm/target_region.h with a bound TLM target.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sc_memory/map/access.h"
#include "sc_memory/map/address_range.h"
#include "sc_memory/map/endian.h"

namespace sc_memory {

/// All offsets are relative to the region. Called in the simulation's thread only. May change the map; the change is
/// visible when the call returns.
class IoHandler {
 public:
  virtual ~IoHandler() = default;

  /// One read of `length` bytes into `data`, in the device's byte order. On an error the bytes read as 0.
  virtual AccessResult read(Address offset, std::uint8_t* data, std::size_t length, const Attributes& attributes) = 0;

  /// One write of `length` bytes from `data`, in the device's byte order.
  virtual AccessResult write(Address offset, const std::uint8_t* data, std::size_t length,
                             const Attributes& attributes) = 0;

  /// How many of `remaining` bytes from `offset` the device takes as one access when a longer transfer is cut up for
  /// it: at least 1, at most `remaining`.
  virtual std::size_t access_length(Address offset, std::size_t remaining) const = 0;

  /// In which order the bytes of a number lie in the buffers above.
  virtual Endian endian() const { return Endian::little; }
};

}  // namespace sc_memory
