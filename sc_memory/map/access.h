// The words of an access: its direction, who makes it, and how it ended.
#pragma once

#include <algorithm>
#include <cstdint>

namespace sc_memory {

enum class Direction : std::uint8_t { read, write };

/// What an access says of its origin, for devices and policies that care.
struct Attributes {
  std::uint32_t requester = 0;  ///< Which initiator: 0 unless the platform numbers them.
  bool secure = false;
  bool privileged = true;
  bool debug = false;             ///< A debugger's or loader's access: no side effects wanted, ROM may be written.
  std::uint8_t translations = 0;  ///< How many IOMMU regions the access has come through.
};

/// How an access ended, ordered from best to worst: the result of an access in pieces is the worst of its pieces'.
enum class AccessResult : std::uint8_t {
  ok,
  device_error,  ///< The device took the access and reported a failure.
  refused,       ///< The direction is not allowed here: a write to read-only memory, a device without that callback.
  rejected,      ///< A decode error: the device does not take this size, alignment or address.
  unmapped,      ///< A decode error: nothing is mapped here, or only a reservation.
};

constexpr AccessResult worst(AccessResult a, AccessResult b) { return std::max(a, b); }
constexpr bool is_decode_error(AccessResult result) { return result >= AccessResult::rejected; }

}  // namespace sc_memory
