// Integer arithmetic whose corner cases RISC-V defines and C++ does not: division by zero and overflow, high products,
// shifts.
#pragma once

#include <cstdint>
#include <limits>

namespace sc_memory::models::riscv {

// The 32-bit result in the low half of `value`, sign extended as all *W instructions deliver it.
constexpr uint64_t word(uint64_t value) {
  return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(static_cast<uint32_t>(value))));
}

constexpr uint64_t shift_right_arithmetic(uint64_t value, unsigned amount) {
  return static_cast<uint64_t>(static_cast<int64_t>(value) >> amount);
}

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

constexpr uint64_t high_signed(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>((Int128{static_cast<int64_t>(a)} * static_cast<int64_t>(b)) >> 64);
}
constexpr uint64_t high_unsigned(uint64_t a, uint64_t b) { return static_cast<uint64_t>((Uint128{a} * b) >> 64); }
constexpr uint64_t high_signed_unsigned(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>((Int128{static_cast<int64_t>(a)} * static_cast<Int128>(b)) >> 64);
}

template <class Signed>
constexpr Signed divide(Signed a, Signed b) {
  if (b == 0) return -1;
  if (a == std::numeric_limits<Signed>::min() && b == -1) return a;
  return a / b;
}
template <class Signed>
constexpr Signed remainder(Signed a, Signed b) {
  if (b == 0) return a;
  if (b == -1) return 0;
  return a % b;
}
template <class Unsigned>
constexpr Unsigned divide_unsigned(Unsigned a, Unsigned b) {
  return b == 0 ? std::numeric_limits<Unsigned>::max() : a / b;
}
template <class Unsigned>
constexpr Unsigned remainder_unsigned(Unsigned a, Unsigned b) {
  return b == 0 ? a : a % b;
}

constexpr uint64_t leading_zeros(uint64_t value) {
  return value == 0 ? 64 : static_cast<uint64_t>(__builtin_clzll(value));
}
constexpr uint64_t trailing_zeros(uint64_t value) {
  return value == 0 ? 64 : static_cast<uint64_t>(__builtin_ctzll(value));
}

// The amount counts modulo the width.
constexpr uint64_t rotate_right(uint64_t value, uint64_t amount) {
  return value >> (amount & 63) | value << ((0 - amount) & 63);
}
constexpr uint32_t rotate_right(uint32_t value, uint64_t amount) {
  return value >> (amount & 31) | value << ((0 - amount) & 31);
}

// Each byte becomes all ones if any of its bits is set.
constexpr uint64_t or_combine_bytes(uint64_t value) {
  constexpr uint64_t low_bits = 0x0101010101010101;
  for (unsigned shift = 1; shift < 8; shift *= 2) value |= (value >> shift) & (low_bits * ((0x100 >> shift) - 1));
  return (value & low_bits) * 0xff;
}

}  // namespace sc_memory::models::riscv
