// What travels on an Ethernet wire between a device and whatever is at the other end.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace sc_memory::models {

/// An Ethernet frame, from the destination's address on, without the check sequence.
using EthernetFrame = std::vector<std::uint8_t>;
using MacAddress = std::array<std::uint8_t, 6>;

}  // namespace sc_memory::models
