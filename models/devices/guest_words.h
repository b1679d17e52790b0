// Words of eight bytes in a program's memory, as the host reads and writes them: without side effects.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sc_memory/map/address_space.h"

namespace sc_memory::models {

inline Attributes debug_access() {
  Attributes attributes;
  attributes.debug = true;
  return attributes;
}

/// Little-endian; nothing where there is no memory.
inline std::optional<std::uint64_t> read_word(AddressSpace& space, Address address) {
  std::array<std::uint8_t, 8> bytes{};
  if (space.read(address, bytes.data(), bytes.size(), debug_access()) != AccessResult::ok) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

/// False where there is no memory.
inline bool write_word(AddressSpace& space, Address address, std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return space.write(address, bytes.data(), bytes.size(), debug_access()) == AccessResult::ok;
}

}  // namespace sc_memory::models
