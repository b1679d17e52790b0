// The operations, one template for both formats.
//
// Operands and results pass through volatile variables, so that the compiler computes them where they stand: between
// the setting of the host's rounding mode and the reading of its flags.
#include "models/riscv/hart_float.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "models/riscv/hart_float_host.h"

namespace sc_memory::models::riscv {
namespace {

template <class Bits>
struct Format;
template <>
struct Format<uint32_t> {
  using Float = float;
  static constexpr uint32_t sign = 0x80000000, exponent = 0x7f800000, quiet = 0x00400000;
};
template <>
struct Format<uint64_t> {
  using Float = double;
  static constexpr uint64_t sign = 0x8000000000000000, exponent = 0x7ff0000000000000, quiet = 0x0008000000000000;
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

// What a + b leaves over after rounding to nearest (Knuth's two-sum, exact).
template <class Float>
Float sum_rest(Float a, Float b, Float sum) {
  const volatile Float b_part = sum - a;
  const volatile Float a_part = sum - b_part;
  return (a - a_part) + (b - b_part);
}

// The two neighbours in the format that an inexact result lies between.
template <class Float>
struct Neighbours {
  Float nearer_zero;
  Float further;
};

// Whether an exact result lies halfway between its neighbours; each called with the host rounding to nearest. For
// single precision, double precision holds the halves and the products exactly.
struct Halfway {
  static double middle(Neighbours<float> of) { return (double{of.nearer_zero} + double{of.further}) / 2; }

  static bool sum(float a, float b, Neighbours<float> of) { return fused(a, 1, b, of); }
  static bool product(float a, float b, Neighbours<float> of) { return double{a} * b == middle(of); }
  static bool quotient(float a, float b, Neighbours<float> of) { return middle(of) * b == a; }
  static bool fused(float a, float b, float c, Neighbours<float> of) {
    const volatile double exact_product = double{a} * b;
    const volatile double total = exact_product + c;
    return total == middle(of) && sum_rest<double>(exact_product, c, total) == 0;
  }

  static bool is_half_step(double rest, Neighbours<double> of) { return rest + rest == of.further - of.nearer_zero; }

  static bool sum(double a, double b, Neighbours<double> of) {
    return is_half_step(sum_rest<double>(a, b, of.nearer_zero), of);
  }
  static bool product(double a, double b, Neighbours<double> of) {
    if (std::fabs(a) > std::fabs(b)) std::swap(a, b);
    // Scaled up, so that nothing of a tiny product is lost.
    const double scale = std::fabs(of.further) < 0x1p-900 ? 0x1p600 : 1;
    const double rest = std::fma(a * scale, b, -of.nearer_zero * scale);
    return rest + rest == (of.further - of.nearer_zero) * scale;
  }
  static bool quotient(double a, double b, Neighbours<double> of) {
    // Only below the normal range does a quotient lie halfway.
    if (std::fabs(of.nearer_zero) >= std::numeric_limits<double>::min()) return false;
    const double both = of.nearer_zero * 0x1p600 + of.further * 0x1p600;
    return std::fma(both, b, -2 * a * 0x1p600) == 0;
  }
  static bool fused(double a, double b, double c, Neighbours<double> of) {
    const volatile double rounded_product = a * b;
    const volatile double product_rest = std::fma(a, b, -rounded_product);
    const volatile double total = rounded_product + c;
    const volatile double total_rest = sum_rest<double>(rounded_product, c, total);
    const volatile double rest = total_rest + product_rest;
    return sum_rest<double>(total_rest, product_rest, rest) == 0 && is_half_step((total - of.nearer_zero) + rest, of);
  }
};

// Runs `operation` on the host. The host cannot round ties away from zero: that is nearest-even, put right if `halfway`
// says that the exact result was a tie.
template <class Bits, class Operation, class Tie>
FloatResult<Bits> compute(Rounding rounding, Operation operation, Tie halfway) {
  using Float = FloatOf<Bits>;
  volatile Float value;
  uint8_t flags = 0;
  {
    const HostFloat host(rounding);
    value = operation();
    flags = host.flags();
  }
  if (rounding == Rounding::nearest_away && (flags & float_flag::inexact) != 0) {
    volatile Float nearer_zero;
    {
      const HostFloat host(Rounding::to_zero);
      nearer_zero = operation();
    }
    const HostFloat host(rounding);
    const Float nearer = nearer_zero;
    const Float further = std::nextafter(nearer, std::copysign(std::numeric_limits<Float>::infinity(), nearer));
    if (value == nearer && std::isfinite(further) && halfway(Neighbours<Float>{nearer, further})) value = further;
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
  // clang gets an unsigned integer's value as a difference, and a difference of 0 is -0 when rounding down.
  if (value == 0) return {0, 0};
  const volatile Integer operand = value;
  return compute<Bits>(
      rounding, [&] { return static_cast<Float>(operand); },
      [&](Neighbours<Float> of) {
        // Both neighbours are whole numbers, and their distance is a power of two of at most 2^40.
        const uint64_t nearer = std::is_signed_v<Integer> ? static_cast<uint64_t>(static_cast<int64_t>(of.nearer_zero))
                                                          : static_cast<uint64_t>(of.nearer_zero);
        const int64_t rest = static_cast<int64_t>(static_cast<uint64_t>(value) - nearer);
        return 2 * rest == static_cast<int64_t>(of.further - of.nearer_zero);
      });
}

}  // namespace

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::add(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  return compute<Bits>(
      rounding, [&] { return x + y; }, [&](Neighbours<Float> of) { return Halfway::sum(x, y, of); });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::subtract(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  return compute<Bits>(
      rounding, [&] { return x - y; }, [&](Neighbours<Float> of) { return Halfway::sum(x, -y, of); });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::multiply(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  return compute<Bits>(
      rounding, [&] { return x * y; }, [&](Neighbours<Float> of) { return Halfway::product(x, y, of); });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::divide(Bits a, Bits b, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const volatile Float x = to_float(a);
  const volatile Float y = to_float(b);
  return compute<Bits>(
      rounding, [&] { return x / y; }, [&](Neighbours<Float> of) { return Halfway::quotient(x, y, of); });
}

template <class Bits>
typename FloatMath<Bits>::Result FloatMath<Bits>::square_root(Bits a, Rounding rounding) {
  using Float = FloatOf<Bits>;
  const bool negative = (a & Format<Bits>::sign) != 0 && !is_zero(a);
  if (negative && !is_nan(a)) return {canonical_nan<Bits>, float_flag::invalid};
  const volatile Float x = to_float(a);
  return compute<Bits>(
      rounding, [&] { return std::sqrt(x); }, [](Neighbours<Float>) { return false; });
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
      rounding, [&] { return std::fma(x, y, z); }, [&](Neighbours<Float> of) { return Halfway::fused(x, y, z, of); });
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
  return compute<uint32_t>(
      rounding, [&] { return static_cast<float>(operand); },
      [&](Neighbours<float> of) { return operand == Halfway::middle(of); });
}

FloatResult<uint64_t> widen(uint32_t value) {
  if (is_nan(value)) return {canonical_nan<uint64_t>, is_signaling(value) ? float_flag::invalid : uint8_t{0}};
  return {to_bits<uint64_t>(static_cast<double>(to_float(value))), 0};
}

}  // namespace sc_memory::models::riscv
