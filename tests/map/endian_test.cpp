// Numbers in buffers of either byte order.
#include "sc_memory/map/endian.h"

#include <gtest/gtest.h>

namespace sc_memory {
namespace {

TEST(Endian, NumbersAreReadInTheirOrder) {
  const std::uint8_t bytes[8] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0};
  EXPECT_EQ(number_from(bytes, 1, Endian::little), 0x12u);
  EXPECT_EQ(number_from(bytes, 3, Endian::little), 0x563412u);
  EXPECT_EQ(number_from(bytes, 3, Endian::big), 0x123456u);
  EXPECT_EQ(number_from(bytes, 8, Endian::little), 0xf0debc9a78563412u);
  EXPECT_EQ(number_from(bytes, 8, Endian::big), 0x123456789abcdef0u);
}

TEST(Endian, NumbersComeBackAndNothingElseIsTouched) {
  for (const Endian order : {Endian::little, Endian::big}) {
    for (std::size_t length = 1; length <= 8; ++length) {
      std::uint8_t bytes[9];
      for (std::uint8_t& byte : bytes) byte = 0xaa;
      const std::uint64_t value = 0x123456789abcdef0u;
      number_to(value, bytes, length, order);
      EXPECT_EQ(number_from(bytes, length, order), value & (UINT64_MAX >> (64 - 8 * length)));
      EXPECT_EQ(bytes[length], 0xaa);
    }
  }
}

}  // namespace
}  // namespace sc_memory
