// Floating-point arithmetic as RISC-V defines it, on bit patterns: rounding modes, exception flags, canonical NaNs.
//
// The host's IEEE 754 arithmetic does the work under the wanted rounding mode; what differs between the two
// architectures (NaN results, minimum and maximum, conversions out of range, rounding ties away from zero) is done
// here. The host's own floating-point state is as before after every call.
#pragma once

#include <cstdint>

namespace sc_memory::models::riscv {

enum class Rounding : uint8_t { nearest_even = 0, to_zero = 1, down = 2, up = 3, nearest_away = 4 };

// Bits of fflags.
namespace float_flag {
constexpr uint8_t inexact = 0x01;
constexpr uint8_t underflow = 0x02;
constexpr uint8_t overflow = 0x04;
constexpr uint8_t divide_by_zero = 0x08;
constexpr uint8_t invalid = 0x10;
}  // namespace float_flag

// A result and the flags it raised.
template <class Value>
struct FloatResult {
  Value value;
  uint8_t flags;
};

// Arithmetic on one format; Bits is uint32_t for single and uint64_t for double precision.
template <class Bits>
struct FloatMath {
  using Result = FloatResult<Bits>;

  static Result add(Bits a, Bits b, Rounding rounding);
  static Result subtract(Bits a, Bits b, Rounding rounding);
  static Result multiply(Bits a, Bits b, Rounding rounding);
  static Result divide(Bits a, Bits b, Rounding rounding);
  static Result square_root(Bits a, Rounding rounding);
  // a * b + c with one rounding.
  static Result fused_multiply_add(Bits a, Bits b, Bits c, Rounding rounding);

  static Result minimum(Bits a, Bits b);
  static Result maximum(Bits a, Bits b);
  static FloatResult<bool> equal(Bits a, Bits b);
  static FloatResult<bool> less(Bits a, Bits b);
  static FloatResult<bool> less_or_equal(Bits a, Bits b);
  // The ten-bit mask of fclass.
  static uint64_t classify(Bits a);

  // To and from integers; the result of a word conversion is sign extended to 64 bits.
  static FloatResult<uint64_t> to_int32(Bits a, Rounding rounding);
  static FloatResult<uint64_t> to_uint32(Bits a, Rounding rounding);
  static FloatResult<uint64_t> to_int64(Bits a, Rounding rounding);
  static FloatResult<uint64_t> to_uint64(Bits a, Rounding rounding);
  static Result from_int64(int64_t value, Rounding rounding);
  static Result from_uint64(uint64_t value, Rounding rounding);
};

extern template struct FloatMath<uint32_t>;
extern template struct FloatMath<uint64_t>;

FloatResult<uint32_t> narrow(uint64_t value, Rounding rounding);
FloatResult<uint64_t> widen(uint32_t value);

}  // namespace sc_memory::models::riscv
