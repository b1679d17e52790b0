// Floating point: special values by hand; all rounding modes and flags at random against arithmetic done in integers.
#include "models/riscv/hart_float.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <utility>

namespace sc_memory::models::riscv {
namespace {

__extension__ using Wide = unsigned __int128;

template <class Bits>
struct Layout {
  static constexpr int precision = sizeof(Bits) == 4 ? 24 : 53;
  static constexpr int lowest = sizeof(Bits) == 4 ? -126 : -1022;  // exponents of normal numbers
  static constexpr int highest = -lowest + 1;
  static constexpr Bits sign = Bits{1} << (8 * sizeof(Bits) - 1);
  static constexpr Bits infinity = (sizeof(Bits) == 4 ? Bits{0xff} : Bits{0x7ff}) << (precision - 1);
};

// An exact value: mantissa * 2^exponent, plus something smaller than one unit of the mantissa if there is a rest.
struct Exact {
  bool negative = false;
  Wide mantissa = 0;
  int exponent = 0;
  bool rest = false;
};

int top_bit(Wide value) {
  int bit = -1;
  for (; value != 0; value >>= 1) ++bit;
  return bit;
}

template <class Bits>
Exact unpack(Bits bits) {
  using L = Layout<Bits>;
  Exact value;
  value.negative = (bits & L::sign) != 0;
  const Bits fraction = bits & ((Bits{1} << (L::precision - 1)) - 1);
  const int field = static_cast<int>((bits & ~L::sign) >> (L::precision - 1));
  value.mantissa = field == 0 ? fraction : fraction | Bits{1} << (L::precision - 1);
  value.exponent = (field == 0 ? L::lowest : field - 1 + L::lowest) - (L::precision - 1);
  return value;
}

bool rounds_up(bool negative, bool odd, int against_half, bool exact, Rounding rounding) {
  if (exact) return false;
  switch (rounding) {
    case Rounding::nearest_even:
      return against_half > 0 || (against_half == 0 && odd);
    case Rounding::nearest_away:
      return against_half >= 0;
    case Rounding::up:
      return !negative;
    case Rounding::down:
      return negative;
    default:
      return false;
  }
}

// The mantissa in units of 2^unit, rounded; says whether that was exact.
std::pair<Wide, bool> round_to_unit(const Exact& value, int unit, Rounding rounding) {
  const int shift = unit - value.exponent;
  if (shift <= 0) return {value.mantissa << -shift, !value.rest};
  if (shift > 126) {
    const bool zero = value.mantissa == 0 && !value.rest;
    return {rounds_up(value.negative, false, -1, zero, rounding) ? 1 : 0, zero};
  }
  const Wide kept = value.mantissa >> shift;
  const Wide lost = value.mantissa & ((Wide{1} << shift) - 1);
  const Wide half = Wide{1} << (shift - 1);
  const bool exact = lost == 0 && !value.rest;
  const int against_half = lost > half || (lost == half && value.rest) ? 1 : lost == half ? 0 : -1;
  return {kept + (rounds_up(value.negative, (kept & 1) != 0, against_half, exact, rounding) ? 1 : 0), exact};
}

template <class Bits>
FloatResult<Bits> pack(const Exact& value, Rounding rounding) {
  using L = Layout<Bits>;
  const Bits sign = value.negative ? L::sign : 0;
  if (value.mantissa == 0 && !value.rest) return {sign, 0};
  const int magnitude = top_bit(value.mantissa) + value.exponent;
  const int unit = std::max(magnitude, L::lowest) - (L::precision - 1);
  auto [mantissa, exact] = round_to_unit(value, unit, rounding);
  uint8_t flags = exact ? 0 : float_flag::inexact;
  // Tiny after rounding, as if the exponent had no lower limit.
  const Wide unlimited = round_to_unit(value, magnitude - (L::precision - 1), rounding).first;
  const bool tiny = magnitude < L::lowest - 1 || (magnitude == L::lowest - 1 && top_bit(unlimited) < L::precision);
  if (tiny && !exact) flags |= float_flag::underflow;
  if (mantissa == 0) return {sign, flags};
  const int result_magnitude = top_bit(mantissa) + unit;
  if (result_magnitude > L::highest) {
    const bool to_infinity = rounding == Rounding::nearest_even || rounding == Rounding::nearest_away ||
                             rounding == (value.negative ? Rounding::down : Rounding::up);
    return {static_cast<Bits>(sign | (to_infinity ? L::infinity : L::infinity - 1)),
            float_flag::overflow | float_flag::inexact};
  }
  if (top_bit(mantissa) == L::precision) mantissa >>= 1;
  const int field = result_magnitude < L::lowest ? 0 : result_magnitude - L::lowest + 1;
  const Bits fraction = static_cast<Bits>(mantissa) & ((Bits{1} << (L::precision - 1)) - 1);
  return {static_cast<Bits>(sign | static_cast<Bits>(field) << (L::precision - 1) | fraction), flags};
}

// The sum; both mantissas must leave some sixty bits of room.
Exact sum(Exact a, Exact b, Rounding rounding) {
  if (a.mantissa == 0 && b.mantissa == 0) {
    a.negative = a.negative == b.negative ? a.negative : rounding == Rounding::down;
    return a;
  }
  if (a.mantissa == 0) return b;
  if (b.mantissa == 0) return a;
  if (top_bit(a.mantissa) + a.exponent < top_bit(b.mantissa) + b.exponent) std::swap(a, b);
  const int room = 125 - top_bit(a.mantissa);
  a.mantissa <<= room;
  a.exponent -= room;
  const int shift = a.exponent - b.exponent;
  if (shift > 0) {
    const Wide lost = shift > 126 ? b.mantissa : b.mantissa & ((Wide{1} << shift) - 1);
    b.mantissa = shift > 126 ? 0 : b.mantissa >> shift;
    b.rest = lost != 0;
  } else {
    b.mantissa <<= -shift;
  }
  Exact result = a;
  result.rest = b.rest;
  if (a.negative == b.negative) {
    result.mantissa = a.mantissa + b.mantissa;
  } else if (a.mantissa >= b.mantissa) {
    result.mantissa = a.mantissa - b.mantissa - (b.rest ? 1 : 0);
  } else {
    result.mantissa = b.mantissa - a.mantissa;
    result.negative = b.negative;
  }
  if (result.mantissa == 0 && !result.rest) result.negative = rounding == Rounding::down;
  return result;
}

Exact product(const Exact& a, const Exact& b) {
  return {a.negative != b.negative, a.mantissa * b.mantissa, a.exponent + b.exponent, false};
}

Exact quotient(const Exact& a, const Exact& b) {
  // Dividends and divisors of full length, so that the quotient has more bits than any format.
  const int up = 126 - top_bit(a.mantissa);
  const Wide dividend = a.mantissa << up;
  return {a.negative != b.negative, dividend / b.mantissa, a.exponent - up - b.exponent, dividend % b.mantissa != 0};
}

Exact root(const Exact& a) {
  int up = 124 - top_bit(a.mantissa);
  if (((a.exponent - up) & 1) != 0) --up;
  const Wide radicand = a.mantissa << up;
  Wide result = 0;
  for (int bit = 63; bit >= 0; --bit) {
    const Wide next = result | Wide{1} << bit;
    if (next * next <= radicand) result = next;
  }
  return {false, result, (a.exponent - up) / 2, result * result != radicand};
}

// Finite values of every magnitude, many of them close to others, with short mantissas, or at the limits of the format.
template <class Bits>
Bits random_value(std::mt19937_64& random) {
  using L = Layout<Bits>;
  Bits bits = static_cast<Bits>(random());
  if (random() % 3 == 0) bits &= ~((Bits{1} << random() % (L::precision - 1)) - 1);
  const Bits fields = L::infinity >> (L::precision - 1);
  Bits field = (bits >> (L::precision - 1)) & fields;
  switch (random() % 6) {
    case 0:
      field = fields / 2 + static_cast<Bits>(random() % 8) - 4;
      break;
    case 1:
      field = static_cast<Bits>(random() % 3);
      break;
    case 2:
      field = fields - 1 - static_cast<Bits>(random() % 3);
      break;
    case 3:
      field = fields / 2 - static_cast<Bits>(random() % 60) + 30;
      break;
    default:
      break;
  }
  if (field == fields) field = 0;
  return (bits & ~L::infinity) | field << (L::precision - 1);
}

template <class Bits>
void expect_equal(const char* name, FloatResult<Bits> actual, FloatResult<Bits> expected, Bits a, Bits b, Bits c,
                  Rounding rounding) {
  ASSERT_EQ(actual.value, expected.value)
      << name << std::hex << " of " << a << ", " << b << ", " << c << ", mode " << static_cast<int>(rounding);
  ASSERT_EQ(int{actual.flags}, int{expected.flags})
      << name << std::hex << " of " << a << ", " << b << ", " << c << ", mode " << static_cast<int>(rounding);
}

template <class Bits>
void compare_at_random(unsigned seed) {
  using Math = FloatMath<Bits>;
  std::mt19937_64 random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int i = 0; i < 60000; ++i) {
    const Rounding rounding = static_cast<Rounding>(i % 5);
    const Bits a = random_value<Bits>(random);
    const Bits b = random_value<Bits>(random);
    const Bits c = random_value<Bits>(random);
    const Exact x = unpack(a);
    const Exact y = unpack(b);
    Exact minus_y = y;
    minus_y.negative = !y.negative;
    const auto check = [&](const char* name, FloatResult<Bits> actual, const Exact& expected) {
      expect_equal<Bits>(name, actual, pack<Bits>(expected, rounding), a, b, c, rounding);
    };
    check("add", Math::add(a, b, rounding), sum(x, y, rounding));
    check("subtract", Math::subtract(a, b, rounding), sum(x, minus_y, rounding));
    check("multiply", Math::multiply(a, b, rounding), product(x, y));
    if (y.mantissa != 0 && x.mantissa != 0) check("divide", Math::divide(a, b, rounding), quotient(x, y));
    if (!x.negative && x.mantissa != 0) check("square root", Math::square_root(a, rounding), root(x));
    if constexpr (sizeof(Bits) == 4) {
      check("fused", Math::fused_multiply_add(a, b, c, rounding), sum(product(x, y), unpack(c), rounding));
    }
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(HartFloat, SinglePrecisionAgreesWithIntegers) { compare_at_random<uint32_t>(20260804); }
TEST(HartFloat, DoublePrecisionAgreesWithIntegers) { compare_at_random<uint64_t>(20260805); }

TEST(HartFloat, NarrowingAgreesWithIntegers) {
  const unsigned seed = 20260806;
  std::mt19937_64 random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int i = 0; i < 100000; ++i) {
    const Rounding rounding = static_cast<Rounding>(i % 5);
    // Around the single format's range, with bits in the places where its rounding looks.
    const uint64_t field = 1023 - 160 + random() % 320;
    const uint64_t a = (random() & 0x800fffffffffffff & ~((uint64_t{1} << random() % 52) - 1)) | field << 52;
    expect_equal<uint32_t>("narrow", narrow(a, rounding), pack<uint32_t>(unpack(a), rounding), 0, 0, 0, rounding);
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << std::hex << a;
  }
}

TEST(HartFloat, IntegersRoundAlike) {
  const unsigned seed = 20260807;
  std::mt19937_64 random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  for (int i = 0; i < 100000; ++i) {
    const Rounding rounding = static_cast<Rounding>(i % 5);
    const uint64_t value = (random() >> random() % 64) | (random() % 2) << 63;
    const int64_t number = static_cast<int64_t>(value);
    const Exact exact{false, value, 0, false};
    const Exact signed_exact{number < 0, number < 0 ? Wide{uint64_t{0} - value} : Wide{value}, 0, false};
    expect_equal<uint32_t>("from unsigned", FloatMath<uint32_t>::from_uint64(value, rounding),
                           pack<uint32_t>(exact, rounding), 0, 0, 0, rounding);
    expect_equal<uint64_t>("from unsigned", FloatMath<uint64_t>::from_uint64(value, rounding),
                           pack<uint64_t>(exact, rounding), 0, 0, 0, rounding);
    expect_equal<uint32_t>("from signed", FloatMath<uint32_t>::from_int64(number, rounding),
                           pack<uint32_t>(signed_exact, rounding), 0, 0, 0, rounding);
    expect_equal<uint64_t>("from signed", FloatMath<uint64_t>::from_int64(number, rounding),
                           pack<uint64_t>(signed_exact, rounding), 0, 0, 0, rounding);
    ASSERT_FALSE(testing::Test::HasFatalFailure()) << std::hex << value;
  }
}

constexpr uint64_t one = 0x3ff0000000000000, minus_zero = 0x8000000000000000, infinity = 0x7ff0000000000000;
constexpr uint64_t quiet_nan = 0x7ff8000000001234, signaling_nan = 0x7ff0000000000001, canonical = 0x7ff8000000000000;
using Double = FloatMath<uint64_t>;

TEST(HartFloat, NanResultsAreCanonical) {
  EXPECT_EQ(Double::add(quiet_nan, one, Rounding::nearest_even).value, canonical);
  EXPECT_EQ(Double::add(quiet_nan, one, Rounding::nearest_even).flags, 0);
  EXPECT_EQ(Double::multiply(signaling_nan, one, Rounding::nearest_even).flags, float_flag::invalid);
  EXPECT_EQ(Double::subtract(infinity, infinity, Rounding::nearest_even).value, canonical);
  EXPECT_EQ(Double::subtract(infinity, infinity, Rounding::nearest_even).flags, float_flag::invalid);
  EXPECT_EQ(Double::divide(0, 0, Rounding::nearest_even).flags, float_flag::invalid);
  EXPECT_EQ(Double::divide(one, 0, Rounding::nearest_even).value, infinity);
  EXPECT_EQ(Double::divide(one, 0, Rounding::nearest_even).flags, float_flag::divide_by_zero);
  EXPECT_EQ(Double::square_root(one | minus_zero, Rounding::nearest_even).flags, float_flag::invalid);
  EXPECT_EQ(Double::square_root(minus_zero, Rounding::nearest_even).value, minus_zero);
  EXPECT_EQ(Double::square_root(quiet_nan, Rounding::nearest_even).flags, 0);
  EXPECT_EQ(Double::fused_multiply_add(infinity, 0, quiet_nan, Rounding::nearest_even).flags, float_flag::invalid);
  EXPECT_EQ(narrow(quiet_nan, Rounding::nearest_even).value, 0x7fc00000U);
  EXPECT_EQ(widen(0x7f800001).value, canonical);
  EXPECT_EQ(widen(0x7f800001).flags, float_flag::invalid);
  EXPECT_EQ(widen(0x00000001).value, 0x36a0000000000000U) << "the smallest single is a normal double";
}

TEST(HartFloat, MinimumAndMaximum) {
  EXPECT_EQ(Double::minimum(0, minus_zero).value, minus_zero);
  EXPECT_EQ(Double::maximum(minus_zero, 0).value, 0U);
  EXPECT_EQ(Double::minimum(quiet_nan, one).value, one);
  EXPECT_EQ(Double::maximum(one, quiet_nan).flags, 0);
  EXPECT_EQ(Double::minimum(signaling_nan, one).value, one);
  EXPECT_EQ(Double::minimum(signaling_nan, one).flags, float_flag::invalid);
  EXPECT_EQ(Double::maximum(quiet_nan, quiet_nan).value, canonical);
  EXPECT_EQ(Double::minimum(infinity, one).value, one);
}

TEST(HartFloat, Comparisons) {
  EXPECT_TRUE(Double::equal(0, minus_zero).value);
  EXPECT_FALSE(Double::less(minus_zero, 0).value);
  EXPECT_TRUE(Double::less_or_equal(one, one).value);
  EXPECT_EQ(Double::equal(quiet_nan, one).flags, 0);
  EXPECT_EQ(Double::equal(signaling_nan, one).flags, float_flag::invalid);
  EXPECT_EQ(Double::less(quiet_nan, one).flags, float_flag::invalid);
  EXPECT_EQ(Double::less_or_equal(one, quiet_nan).flags, float_flag::invalid);
}

TEST(HartFloat, Classes) {
  const uint64_t sign = minus_zero;
  const uint64_t by_class[] = {infinity | sign, one | sign,    1 | sign, sign, 0, 1, one,
                               infinity,        signaling_nan, quiet_nan};
  for (unsigned i = 0; i < std::size(by_class); ++i) EXPECT_EQ(Double::classify(by_class[i]), uint64_t{1} << i);
}

TEST(HartFloat, ConversionsToIntegersSaturate) {
  const auto bits = [](double value) {
    uint64_t result = 0;
    std::memcpy(&result, &value, sizeof(result));
    return result;
  };
  const Rounding zero = Rounding::to_zero;
  EXPECT_EQ(Double::to_int32(bits(2147483647.0), zero).value, 0x7fffffffU);
  EXPECT_EQ(Double::to_int32(bits(2147483648.0), zero).value, 0x7fffffffU);
  EXPECT_EQ(Double::to_int32(bits(2147483648.0), zero).flags, float_flag::invalid);
  EXPECT_EQ(Double::to_int32(bits(2147483647.5), zero).flags, float_flag::inexact);
  EXPECT_EQ(Double::to_int32(bits(2147483647.5), Rounding::nearest_even).flags, float_flag::invalid);
  EXPECT_EQ(Double::to_int32(bits(-2147483648.5), zero).value, 0xffffffff80000000U);
  EXPECT_EQ(Double::to_int32(quiet_nan, zero).value, 0x7fffffffU);
  EXPECT_EQ(Double::to_uint32(bits(4294967295.0), zero).value, ~uint64_t{0}) << "sign extended";
  EXPECT_EQ(Double::to_uint32(bits(-1.0), zero).value, 0U);
  EXPECT_EQ(Double::to_uint32(bits(-1.0), zero).flags, float_flag::invalid);
  EXPECT_EQ(Double::to_uint32(bits(-0.5), zero).flags, float_flag::inexact);
  EXPECT_EQ(Double::to_int64(bits(9223372036854775808.0), zero).value, 0x7fffffffffffffffU);
  EXPECT_EQ(Double::to_int64(bits(-9223372036854775808.0), zero).flags, 0);
  EXPECT_EQ(Double::to_uint64(bits(18446744073709551616.0), zero).value, ~uint64_t{0});
  EXPECT_EQ(Double::to_uint64(infinity | minus_zero, zero).value, 0U);
  EXPECT_EQ(Double::to_int64(bits(2.5), Rounding::nearest_even).value, 2U);
  EXPECT_EQ(Double::to_int64(bits(2.5), Rounding::nearest_away).value, 3U);
  EXPECT_EQ(Double::to_int64(bits(-2.5), Rounding::nearest_away).value, static_cast<uint64_t>(-3));
  EXPECT_EQ(Double::to_int64(bits(-2.5), Rounding::up).value, static_cast<uint64_t>(-2));
  EXPECT_EQ(Double::to_int64(bits(-2.5), Rounding::down).value, static_cast<uint64_t>(-3));
}

}  // namespace
}  // namespace sc_memory::models::riscv
