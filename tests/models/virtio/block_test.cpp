// The disk: its requests, their errors, and the file behind it.
#include "models/virtio/block.h"

#include <fstream>
#include <gmock/gmock.h>
#include <iterator>

#include "models/boot/load_error.h"
#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/models/virtio/guest_driver.h"

namespace sc_memory::models::virtio {
namespace {

using namespace test;

constexpr std::uint64_t kSectors = 64;
constexpr Address kHeader = kRamBase + 0x10000;
constexpr Address kStatus = kRamBase + 0x10800;
constexpr Address kData = kRamBase + 0x20000;

Bytes patterned_disk() {
  Bytes bytes(kSectors * 512);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i / 512 + i);
  return bytes;
}

class BlockTest : public ::testing::Test {
 protected:
  void plug(ImageMode mode = ImageMode::writable_if_permitted) {
    disk_ = std::make_unique<Block>("disk", path_, mode, "disk0");
    machine_.slot.plug(*disk_, machine_.memory);
    start(machine_, {&queue_});
  }
  /// One request; returns its status.
  int request(std::uint32_t type, std::uint64_t sector, std::vector<Descriptor> data) {
    machine_.store<std::uint32_t>(kHeader, type);
    machine_.store<std::uint64_t>(kHeader + 8, sector);
    machine_.store<std::uint8_t>(kStatus, 0xff);
    data.insert(data.begin(), {kHeader, 16, 0, 0});
    data.push_back({kStatus, 1, write_flag, 0});
    queue_.send(data);
    return machine_.load<std::uint8_t>(kStatus);
  }
  int read(std::uint64_t sector, std::uint32_t bytes) { return request(0, sector, {{kData, bytes, write_flag, 0}}); }
  int write(std::uint64_t sector, std::uint32_t bytes) { return request(1, sector, {{kData, bytes, 0, 0}}); }
  Bytes file() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  models::test::TemporaryDirectory directory_;
  std::string path_ = directory_.file("disk.img", patterned_disk());
  std::unique_ptr<Block> disk_;
  Machine machine_;
  DriverQueue queue_{machine_, 0, kRamBase};
};

TEST_F(BlockTest, SaysHowLargeItIs) {
  plug();
  EXPECT_EQ(machine_.load<std::uint64_t>(kSlotBase + 0x100), kSectors);
  EXPECT_EQ(machine_.reg(0x114), 512U);
}

TEST_F(BlockTest, ReadsSectors) {
  plug();
  ASSERT_EQ(read(3, 1024), 0);
  EXPECT_EQ(queue_.used_length(0), 1025U);
  const Bytes disk = patterned_disk();
  for (std::uint32_t i = 0; i < 1024; ++i) ASSERT_EQ(machine_.load<std::uint8_t>(kData + i), disk[3 * 512 + i]);
}

TEST_F(BlockTest, WritesSectorsIntoTheFile) {
  plug();
  for (std::uint32_t i = 0; i < 512; ++i) machine_.store<std::uint8_t>(kData + i, 0xa5);
  ASSERT_EQ(write(kSectors - 1, 512), 0);
  EXPECT_EQ(request(4, 0, {}), 0);
  Bytes expected = patterned_disk();
  std::fill(expected.end() - 512, expected.end(), 0xa5);
  EXPECT_EQ(file(), expected);
}

TEST_F(BlockTest, DataMayBeCutInAnyWay) {
  plug();
  // Header in three pieces, data in two that are no sectors, the status in one with the data.
  machine_.store<std::uint32_t>(kHeader, 0);
  machine_.store<std::uint64_t>(kHeader + 8, 1);
  queue_.send({{kHeader, 1, 0, 0},
               {kHeader + 1, 0, 0, 0},
               {kHeader + 1, 15, 0, 0},
               {kData, 100, write_flag, 0},
               {kData + 100, 413, write_flag, 0}});
  EXPECT_EQ(queue_.used(), 1U);
  const Bytes disk = patterned_disk();
  for (std::uint32_t i = 0; i < 512; ++i) ASSERT_EQ(machine_.load<std::uint8_t>(kData + i), disk[512 + i]);
  EXPECT_EQ(machine_.load<std::uint8_t>(kData + 512), 0U);
}

TEST_F(BlockTest, LargeRequestsGoThroughInPieces) {
  plug();
  ASSERT_EQ(read(0, kSectors * 512), 0);
  ASSERT_EQ(write(0, kSectors * 512), 0);
  EXPECT_EQ(file(), patterned_disk());
}

TEST_F(BlockTest, WhatIsNotOnTheDiskIsAnError) {
  plug();
  EXPECT_EQ(read(kSectors, 512), 1);
  EXPECT_EQ(read(kSectors - 1, 1024), 1);
  EXPECT_EQ(read(~UINT64_C(0), 512), 1);
  EXPECT_EQ(read(UINT64_C(1) << 55, 512), 1);  // The byte offset would wrap.
  EXPECT_EQ(write(kSectors, 512), 1);
  EXPECT_EQ(read(0, 100), 1);
  EXPECT_EQ(write(0, 513), 1);
  EXPECT_EQ(read(0, 0xffff'fe00), 1);
  EXPECT_EQ(file(), patterned_disk());
  EXPECT_EQ(machine_.reg(0x70) & status::kNeedsReset, 0U);
}

TEST_F(BlockTest, BuffersThatAreNoMemoryAreAnError) {
  plug();
  EXPECT_EQ(request(0, 0, {{0x4000'0000, 512, write_flag, 0}}), 1);
  EXPECT_EQ(request(1, 0, {{0x4000'0000, 512, 0, 0}}), 1);
  EXPECT_EQ(request(1, 0, {{~UINT64_C(0) - 100, 512, 0, 0}}), 1);
  EXPECT_EQ(file(), patterned_disk());
}

TEST_F(BlockTest, GetIdGivesTheSerialNumber) {
  plug();
  ASSERT_EQ(request(8, 0, {{kData, 20, write_flag, 0}}), 0);
  char id[21] = {};
  for (unsigned i = 0; i < 20; ++i) id[i] = machine_.load<char>(kData + i);
  EXPECT_STREQ(id, "disk0");
  EXPECT_EQ(request(8, 0, {{kData, 19, write_flag, 0}}), 1);
}

TEST_F(BlockTest, UnknownRequestsAreNotSupported) {
  plug();
  EXPECT_EQ(request(11, 0, {}), 2);
  EXPECT_EQ(request(0xffffffff, 0, {}), 2);
}

TEST_F(BlockTest, ARequestWithoutHeaderOrStatusNeedsAReset) {
  plug();
  queue_.send({{kHeader, 15, 0, 0}, {kStatus, 1, write_flag, 0}});
  EXPECT_NE(machine_.reg(0x70) & status::kNeedsReset, 0U);
  DriverQueue again(machine_, 0, kRamBase);
  start(machine_, {&again});
  again.send({{kHeader, 16, 0, 0}});
  EXPECT_NE(machine_.reg(0x70) & status::kNeedsReset, 0U);
}

TEST_F(BlockTest, AReadOnlyDiskSaysSoAndRefusesWrites) {
  plug(ImageMode::readonly);
  EXPECT_NE(disk_->offered_features() & 1U << 5, 0U);
  EXPECT_EQ(write(0, 512), 1);
  EXPECT_EQ(read(0, 512), 0);
  EXPECT_EQ(file(), patterned_disk());
}

TEST_F(BlockTest, AnImageThatIsNoWholeNumberOfSectorsIsRefused) {
  const std::string odd = directory_.file("odd.img", Bytes(1000));
  EXPECT_EQ(models::test::load_error_of([&] { Block("odd", odd, ImageMode::readonly, ""); }),
            odd +
                ": has 1000 bytes, which is no whole number of 512-byte sectors; a raw disk image of 1024 bytes would "
                "be right (truncate -s)");
}

}  // namespace
}  // namespace sc_memory::models::virtio
