// Byte orders: numbers in buffers of bytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sc_memory {

enum class Endian : std::uint8_t { little, big };

/// The number in the `length` bytes at `bytes`, at most 8.
inline std::uint64_t number_from(const std::uint8_t* bytes, std::size_t length, Endian order) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < length; ++i)
    value |= std::uint64_t{bytes[order == Endian::little ? i : length - 1 - i]} << (8 * i);
  return value;
}

/// Puts the low `length` bytes of `value`, at most 8, to `bytes`.
inline void number_to(std::uint64_t value, std::uint8_t* bytes, std::size_t length, Endian order) {
  for (std::size_t i = 0; i < length; ++i)
    bytes[order == Endian::little ? i : length - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace sc_memory
