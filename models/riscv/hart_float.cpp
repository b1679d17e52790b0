// The operations, one template for both formats.
//
// Operands and results pass through volatile variables, so that the compiler computes them where they stand: between
// the setting of the host's rounding mode and the reading of its flags.
#include "models/riscv/hart_float.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "models/riscv/hart_float_host.h"

namespace sc_memory::models::riscv {
namespace {

template <class Bits>
struct Format;
template <>
struct Format<uint32_t> {
  using Float = float;
  static constexpr uint32_t sign = 0x80000000, exponent = 0x7f800000, fraction = 0x007fffff, quiet = 0x00400000;
};
template <>
struct Format<uint64_t> {
  using Float = double;
  static constexpr uint64_t sign = 0x8000000000000000, exponent = 0x7ff0000000000000, fraction = 0x000fffffffffffff,
                            quiet = 0x0008000000000000;
};

template <class Bits>
using FloatOf = typename Format<Bits>::Float;

template <class Bits>
constexpr Bits canonical_nan = Format<Bits>::exponent | Format<Bits>::quiet;

template <class Bits>
FloatOf<Bits> to_float(Bits bits) {
  FloatOf<Bits> value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}
template <class Bits>
Bits to_bits(FloatOf<Bits> value) {
  Bits bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

template <class Bits>
bool is_nan(Bits a) {
  return (a & ~Format<Bits>::sign) > Format<Bits>::exponent;
}
template <class Bits>
bool is_signaling(Bits a) {
  return is_nan(a) && (a & Format<Bits>::quiet) == 0;
}
template <class Bits>
bool is_infinite(Bits a) {
  return (a & ~Format<Bits>::sign) == Format<Bits>::exponent;
}
template <class Bits>
bool is_zero(Bits a) {
  return (a & ~Format<Bits>::sign) == 0;
}

template <class Bits>
FloatResult<Bits> finish(FloatOf<Bits> value, uint8_t flags) {
  const Bits bits = to_bits<Bits>(value);
  return {is_nan(bits) ? canonical_nan<Bits> : bits, flags};
}

// Rounding to nearest with ties away from zero, which the host lacks: the nearest-even result `value` moves one step
// away from zero if what it leaves of the exact result (`rest`, with the sign of the exact minus the rounded) is
// exactly half a step.
template <class Float>
Float ties_away(Float value, Float rest) {
  if (rest == 0 || !std::isfinite(value)) return value;
  const bool towards_zero = std::signbit(value) == std::signbit(rest);
  if (!towards_zero) return value;
  const Float away = std::nextafter(value, std::copysign(std::numeric_limits<Float>::infinity(), value));
  if (!std::isfinite(away)) return value;
  return rest + rest == away - value ? away : value;
}

// What a + b leaves over after rounding to nearest (Knuth's two-sum, exact).
template <class Float>
Float sum_rest(Float a, Float b, Float sum) {
  const volatile Float b_part = sum - a;
  const volatile Float a_part = sum - b_part;
  return (a - a_part) + (b - b_part);
}

// Runs `operation` on the host; `rest` gives what rounding left over, for ties away.
template <class Bits, class Operation, class Rest>
FloatResult<Bits> compute(Rounding rounding, Operation operation, Rest rest) {
  volatile FloatOf<Bits> value;
  uint8_t flags = 0;
  {
    const HostFloat host(rounding);
    value = operation();
    flags = host.flags();
  }
  if (rounding == Rounding::nearest_away && (flags & float_flag::inexact) != 0) {
    const HostFloat host(rounding);
    value = ties_away<FloatOf<Bits>>(value, rest(value));
  }
  return finish<Bits>(value, flags);
}

// To an integer type: rounds first, then looks whether the result fits.
template <class Integer, class Bits>
FloatResult<uint64_t> to_integer(Bits bits, Rounding rounding) {
  using Float = FloatOf<Bits>;
  using Limits = std::numeric_limits<Integer>;
  const auto extend = [](Integer value) {
    if constexpr (sizeof(Integer) == 4) return static_cast<uint64_t>(int64_t{static_cast<int32_t>(value)});
    return static_cast<uint64_t>(value);
  };
  if (is_nan(bits)) return {extend(Limits::max()), float_flag::invalid};
  const Float value = to_float(bits);
  const HostFloat host(rounding);
  volatile Float rounded = value;
  if (rounding == Rounding::nearest_away) {
    rounded = std::round(value);
  } else {
    rounded = std::nearbyint(rounded);
  }
  // Both limits are powers of two (the upper one exclusive), and so exact in either format.
  const Float above = std::ldexp(Float{1}, Limits::digits);
  const Float below = Limits::is_signed ? -above : Float{0};
  if (rounded >= above) return {extend(Limits::max()), float_flag::invalid};
  if (rounded < below) return {extend(Limits::min()), float_flag::invalid};
  return {extend(static_cast<Integer>(rounded)), rounded == value ? uint8_t{0} : float_flag::inexact};
}

template <class Bits, class Integer>
FloatResult<Bits> from_integer(Integer value, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Integer operand = value;
  return compute<Bits>(
      rounding, [&] { return static_cast<Float>(operand); },
      [&](Float rounded) {
        // The rounded value may be just above the type's range; the difference wraps around and is small.
        const uint64_t back = rounded >= std::ldexp(Float{1}, 64) ? 0
                              : rounded >= std::ldexp(Float{1}, 63)
                                  ? static_cast<uint64_t>(rounded)
                                  : static_cast<uint64_t>(static_cast<int64_t>(rounded));
        return static_cast<Float>(static_cast<int64_t>(static_cast<uint64_t>(value) - back));
      });
}

}  // namespace

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::add(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  return compute<Bits>(
      rounding, [&] { return x + y; }, [&](Float sum) { return sum_rest<Float>(x, y, sum); });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::subtract(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  return compute<Bits>(
      rounding, [&] { return x - y; }, [&](Float difference) { return sum_rest<Float>(x, -y, difference); });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::multiply(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  return compute<Bits>(
      rounding, [&] { return x * y; }, [&](Float product) { return std::fma(x, y, -product); });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::divide(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  // A tie is possible only below the normal range, where the remainder of the rounded quotient is exact.
  return compute<Bits>(
      rounding, [&] { return x / y; }, [&](Float quotient) { return std::fma(-quotient, y, x) / y; });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::square_root(Bits a, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const bool negative = (a & Format<Bits>::sign) != 0 && !is_zero(a);
  if (negative && !is_nan(a)) return {canonical_nan<Bits>, float_flag::invalid};
  const volatile Float x = to_float(a);
  return compute<Bits>(
      rounding, [&] { return std::sqrt(x); }, [](Float) { return Float{0}; });  // never a tie
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::fused_multiply_add(Bits a, Bits b, Bits c, Rounding rounding) {
  using Float = FloatOf<Bits>;
  // Infinity times zero is invalid even when the third operand is a quiet NaN; hosts differ.
  const bool undefined = (is_infinite(a) && is_zero(b)) || (is_zero(a) && is_infinite(b));
  if (undefined) return {canonical_nan<Bits>, float_flag::invalid};
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  const volatile Float z = to_float(c);
  return compute<Bits>(
      rounding, [&] { return std::fma(x, y, z); },
      [&](Float result) {
        const volatile Float product = x * y;
        const volatile Float product_rest = std::fma(x, y, -product);
        const volatile Float sum = product + z;
        return (sum - result) + (sum_rest<Float>(product, z, sum) + product_rest);
      });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::minimum(Bits a, Bits b) {
  const uint8_t flags = is_signaling(a) || is_signaling(b) ? float_flag::invalid : uint8_t{0};
  if (is_nan(a)) return {is_nan(b) ? canonical_nan<Bits> : b, flags};
  if (is_nan(b)) return {a, flags};
  if (is_zero(a) && is_zero(b)) return {a | b, flags};  // minus zero is the smaller
  return {to_float(a) < to_float(b) ? a : b, flags};
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::maximum(Bits a, Bits b) {
  const uint8_t flags = is_signaling(a) || is_signaling(b) ? float_flag::invalid : uint8_t{0};
  if (is_nan(a)) return {is_nan(b) ? canonical_nan<Bits> : b, flags};
  if (is_nan(b)) return {a, flags};
  if (is_zero(a) && is_zero(b)) return {a & b, flags};
  return {to_float(a) < to_float(b) ? b : a, flags};
}

template <class Bits>
FloatResult<bool> FloatMath<Bits>::equal(Bits a, Bits b) {
  if (is_nan(a) || is_nan(b)) {
    return {false, is_signaling(a) || is_signaling(b) ? float_flag::invalid : uint8_t{0}};
  }
  return {to_float(a) == to_float(b), 0};
}

template <class Bits>
FloatResult<bool> FloatMath<Bits>::less(Bits a, Bits b) {
  if (is_nan(a) || is_nan(b)) return {false, float_flag::invalid};
  return {to_float(a) < to_float(b), 0};
}

template <class Bits>
FloatResult<bool> FloatMath<Bits>::less_or_equal(Bits a, Bits b) {
  if (is_nan(a) || is_nan(b)) return {false, float_flag::invalid};
  return {to_float(a) <= to_float(b), 0};
}

template <class Bits>
uint64_t FloatMath<Bits>::classify(Bits a) {
  const bool negative = (a & Format<Bits>::sign) != 0;
  if (is_nan(a)) return is_signaling(a) ? 1 << 8 : 1 << 9;
  if (is_infinite(a)) return negative ? 1 << 0 : 1 << 7;
  if (is_zero(a)) return negative ? 1 << 3 : 1 << 4;
  if ((a & Format<Bits>::exponent) == 0) return negative ? 1 << 2 : 1 << 5;
  return negative ? 1 << 1 : 1 << 6;
}

template <class Bits>
FloatResult<uint64_t> FloatMath<Bits>::to_int32(Bits a, Rounding rounding) {
  return to_integer<int32_t>(a, rounding);
}
template <class Bits>
FloatResult<uint64_t> FloatMath<Bits>::to_uint32(Bits a, Rounding rounding) {
  return to_integer<uint32_t>(a, rounding);
}
template <class Bits>
FloatResult<uint64_t> FloatMath<Bits>::to_int64(Bits a, Rounding rounding) {
  return to_integer<int64_t>(a, rounding);
}
template <class Bits>
FloatResult<uint64_t> FloatMath<Bits>::to_uint64(Bits a, Rounding rounding) {
  return to_integer<uint64_t>(a, rounding);
}
template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::from_int64(int64_t value, Rounding rounding) {
  return from_integer<Bits>(value, rounding);
}
template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::from_uint64(uint64_t value, Rounding rounding) {
  return from_integer<Bits>(value, rounding);
}

template struct FloatMath<uint32_t>;
template struct FloatMath<uint64_t>;

FloatResult<uint32_t> narrow(uint64_t value, Rounding rounding) {
  if (is_nan(value)) return {canonical_nan<uint32_t>, is_signaling(value) ? float_flag::invalid : uint8_t{0}};
  const volatile double operand = to_float(value);
  // The rest is taken in double precision, where it is exact; the ties of a float are far from a double's limits.
  volatile float result;
  uint8_t flags = 0;
  {
    const HostFloat host(rounding);
    result = static_cast<float>(operand);
    flags = host.flags();
  }
  if (rounding == Rounding::nearest_away && (flags & float_flag::inexact) != 0) {
    const float rounded = result;
    const double rest = operand - static_cast<double>(rounded);
    const float away = std::nextafter(rounded, std::copysign(std::numeric_limits<float>::infinity(), rounded));
    const bool towards_zero = std::signbit(rest) == std::signbit(rounded);
    if (std::isfinite(away) && towards_zero && rest + rest == static_cast<double>(away) - rounded) result = away;
  }
  return finish<uint32_t>(result, flags);
}

FloatResult<uint64_t> widen(uint32_t value) {
  if (is_nan(value)) return {canonical_nan<uint64_t>, is_signaling(value) ? float_flag::invalid : uint8_t{0}};
  return {to_bits<uint64_t>(static_cast<double>(to_float(value))), 0};
}

}  // namespace sc_memory::models::riscv
