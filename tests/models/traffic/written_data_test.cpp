// What may be expected of a read, with accesses that overlap in time.
#include "models/traffic/written_data.h"

#include <gmock/gmock.h>

namespace sc_memory::models::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

class WrittenDataTest : public ::testing::Test {
 protected:
  AddressRange range(Address first, const Bytes& bytes) { return {first, first + bytes.size() - 1}; }
  void write(Address address, const Bytes& bytes, bool done = true) {
    data.end_write(data.begin_write(range(address, bytes), bytes.data()), done);
  }
  /// The number of bytes found wrong.
  std::size_t read(Address address, const Bytes& bytes) {
    return data.end_read(data.begin_read(range(address, bytes)), bytes.data());
  }
  WrittenData data;
};

TEST_F(WrittenDataTest, NothingIsKnownOfWhatNobodyWrote) { EXPECT_EQ(read(0x1000, {1, 2, 3}), 0u); }

TEST_F(WrittenDataTest, WhatWasWrittenIsExpected) {
  write(0xffe, {1, 2, 3, 4});
  EXPECT_EQ(read(0xffe, {1, 2, 3, 4}), 0u);
  EXPECT_EQ(read(0xffd, {9, 1, 9, 3, 9, 9}), 2u);
}

TEST_F(WrittenDataTest, AnErrorLeavesBytesInDoubt) {
  write(0x10, {1, 2});
  write(0x11, {5}, false);
  EXPECT_EQ(read(0x10, {1, 7}), 0u);
  EXPECT_EQ(read(0x10, {7, 7}), 1u);
}

TEST_F(WrittenDataTest, BytesThatTwoWritesHaveInCommonAreInDoubt) {
  const Bytes one{1, 1};
  const Bytes two{2, 2};
  const auto first = data.begin_write({0x10, 0x11}, one.data());
  const auto second = data.begin_write({0x11, 0x12}, two.data());
  data.end_write(first, true);
  data.end_write(second, true);
  EXPECT_EQ(read(0x10, {1, 9, 2}), 0u);
  EXPECT_EQ(read(0x10, {9, 9, 9}), 2u);
  write(0x11, {3});
  EXPECT_EQ(read(0x10, {1, 9, 2}), 1u);
}

TEST_F(WrittenDataTest, AReadDuringAWriteMayGiveEither) {
  write(0x10, {1, 2});
  const Bytes fresh{5};
  const auto reading = data.begin_read({0x10, 0x11});
  data.end_write(data.begin_write({0x11, 0x11}, fresh.data()), true);
  const Bytes seen{9, 9};
  EXPECT_EQ(data.end_read(reading, seen.data()), 1u);

  const auto writing = data.begin_write({0x10, 0x10}, fresh.data());
  EXPECT_EQ(read(0x10, {9, 5}), 0u);
  data.end_write(writing, true);
  EXPECT_EQ(read(0x10, {9, 5}), 1u);
}

TEST_F(WrittenDataTest, TheLastByteOfTheAddressSpaceIsOne) {
  write(UINT64_MAX - 1, {1, 2});
  EXPECT_EQ(read(UINT64_MAX - 1, {1, 3}), 1u);
}

}  // namespace
}  // namespace sc_memory::models::test
