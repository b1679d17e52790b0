// Tests of loading through debug transport, against a target that takes as much or as little as a test says.
#include "models/boot/image_loader.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "tests/models/boot/elf_builder.h"
#include "tests/models/boot/load_error_matcher.h"

namespace sc_memory::models {
namespace {

using test::ElfBuilder;
using test::load_error_of;

// Memory over one address range, counting what is asked of it.
class FakeBus : public tlm::tlm_fw_transport_if<> {
 public:
  explicit FakeBus(AddressRange range) : range_(range), bytes(range.size()) {}

  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
    const bool is_write = payload.is_write();
    ++(is_write ? writes : reads);
    EXPECT_EQ(payload.get_byte_enable_ptr(), nullptr);
    EXPECT_EQ(payload.get_streaming_width(), payload.get_data_length());
    longest = std::max(longest, payload.get_data_length());
    const Address first = payload.get_address();
    if (!range_.contains(first)) return 0;
    const uint64_t size = std::min({uint64_t{payload.get_data_length()}, range_.last - first + 1, most_at_once});
    uint8_t* stored = bytes.data() + (first - range_.first);
    if (is_write) {
      std::copy_n(payload.get_data_ptr(), size, stored);
    } else {
      std::copy_n(stored, size, payload.get_data_ptr());
    }
    return static_cast<unsigned>(size);
  }
  void b_transport(tlm::tlm_generic_payload&, sc_core::sc_time&) override { FAIL() << "a loader takes no time"; }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    ADD_FAILURE() << "a loader takes no time";
    return tlm::TLM_COMPLETED;
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override {
    ADD_FAILURE() << "a loader needs no pointers";
    return false;
  }

 private:
  AddressRange range_;

 public:
  Bytes bytes;
  int reads = 0;
  int writes = 0;
  unsigned longest = 0;
  uint64_t most_at_once = UINT64_MAX;
};

Bytes pattern(size_t size) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 31 + (i >> 8) + 1);
  return bytes;
}

TEST(ImageLoader, WritesEverySegmentOfAnElf) {
  ElfBuilder elf;
  elf.segments = {{0x80000000, 0x80000000, {1, 2, 3}, 6}, {0x80000100, 0x80000100, {4, 5}, 2}};
  FakeBus bus({0x80000000, 0x800001ff});
  std::fill(bus.bytes.begin(), bus.bytes.end(), uint8_t{0xee});
  ImageLoader(bus).load(ElfImage::parse(elf.build(), "fw.elf"));
  EXPECT_EQ(Bytes(bus.bytes.begin(), bus.bytes.begin() + 7), (Bytes{1, 2, 3, 0, 0, 0, 0xee}));
  EXPECT_EQ(Bytes(bus.bytes.begin() + 0xff, bus.bytes.begin() + 0x103), (Bytes{0xee, 4, 5, 0xee}));
}

TEST(ImageLoader, WritesLargeImagesInPieces) {
  const Bytes bytes = pattern(200'001);
  FakeBus bus({0x1003, 0x1003 + 299'999});
  ImageLoader(bus).load(RawImage::from_bytes(bytes, "raw", 0x1003));
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), bus.bytes.begin()));
  EXPECT_EQ(bus.longest, 64U * 1024);
  EXPECT_EQ(bus.writes, 4);
  EXPECT_EQ(bus.reads, 0);
}

TEST(ImageLoader, GoesOnWhereATargetStoppedShort) {
  const Bytes bytes = pattern(1000);
  FakeBus bus({0, 4095});
  bus.most_at_once = 7;
  ImageLoader(bus).load(RawImage::from_bytes(bytes, "raw", 0));
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), bus.bytes.begin()));
}

TEST(ImageLoader, LeavesMemoryAloneThatIsZeroAlready) {
  const Bytes bytes{1};
  constexpr uint64_t size = 10 * 64 * 1024;
  FakeBus bus({0x8000, 0x8000 + size - 1});
  bus.bytes[5 * 64 * 1024] = 7;
  ImageLoader(bus).load("bss", ImageSegment{{0x8000, 0x8000 + size - 1}, bytes.data(), 1});
  EXPECT_EQ(bus.bytes[0], 1);
  EXPECT_EQ(std::count(bus.bytes.begin() + 1, bus.bytes.end(), 0), static_cast<ptrdiff_t>(size - 1));
  EXPECT_EQ(bus.writes, 2) << "one for the byte, one for the only piece that was not zero";
}

TEST(ImageLoader, ClearsMemoryBeyondTheFileOnly) {
  const Bytes bytes{0xaa, 0, 0xbb};
  FakeBus bus({0, 99});
  std::fill(bus.bytes.begin(), bus.bytes.end(), uint8_t{0xee});
  ImageLoader(bus).load("bss", ImageSegment{{10, 19}, bytes.data(), 3});
  EXPECT_EQ(Bytes(bus.bytes.begin() + 9, bus.bytes.begin() + 21),
            (Bytes{0xee, 0xaa, 0, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0xee}));
}

TEST(ImageLoader, ReachesTheLastAddressThereIs) {
  const Bytes bytes{1, 2};
  FakeBus bus({UINT64_MAX - 15, UINT64_MAX});
  ImageLoader(bus).load("top", ImageSegment{{UINT64_MAX - 7, UINT64_MAX}, bytes.data(), 2});
  EXPECT_EQ(bus.bytes[8], 1);
  EXPECT_EQ(bus.bytes[9], 2);
}

TEST(ImageLoader, SaysWhereMemoryEnded) {
  FakeBus small({0x80000000, 0x80000fff});
  EXPECT_EQ(
      load_error_of([&] { ImageLoader(small).load(RawImage::from_bytes(pattern(0x2000), "raw.bin", 0x80000000)); }),
      "raw.bin: does not fit into memory: of 0x80000000-0x80001fff, only 0x80000000-0x80000fff takes data");
  EXPECT_EQ(load_error_of([&] {
              ImageLoader(small).load(RawImage::from_bytes({1, 2}, "raw.bin", 0x90000000));
            }),
            "raw.bin: does not fit into memory: of 0x90000000-0x90000001, 0x90000000 already takes no data");
}

TEST(ImageLoader, SaysWhereMemoryEndedForZerosToo) {
  const Bytes bytes{1};
  FakeBus bus({0x80000000, 0x8001ffff});
  EXPECT_EQ(load_error_of([&] {
              ImageLoader(bus).load("fw.elf", ImageSegment{{0x80000000, 0x8fffffff}, bytes.data(), 1});
            }),
            "fw.elf: does not fit into memory: of 0x80000000-0x8fffffff, only 0x80000000-0x8001ffff takes data");
}

}  // namespace
}  // namespace sc_memory::models
