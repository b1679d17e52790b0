// Tests of raw images and of the Linux kernel's header.
#include "models/boot/raw_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/boot/elf_builder.h"
#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::models {
namespace {

using test::load_error_of;
using test::poke;
using testing::EndsWith;
using testing::HasSubstr;

Bytes linux_image() {
  Bytes bytes(0x1000);
  poke(bytes, 0x08, 0x200000, 8);
  poke(bytes, 0x10, 0x1e6b000, 8);
  poke(bytes, 0x38, 0x05435352, 4);
  return bytes;
}

TEST(RawImage, IsOneSegmentAtItsAddress) {
  const test::TemporaryDirectory directory;
  const std::string path = directory.file("code.bin", {1, 2, 3});
  const RawImage image = RawImage::read(path, 0x80000000);
  EXPECT_EQ(image.name(), path);
  EXPECT_EQ(image.segment().range, (AddressRange{0x80000000, 0x80000002}));
  EXPECT_EQ(image.segment().file_size, 3U);
  EXPECT_EQ(image.segment().bytes, image.bytes().data());
  EXPECT_EQ(image.bytes(), (Bytes{1, 2, 3}));
}

TEST(RawImage, MayEndAtTheTopOfTheAddressSpaceButNotBeyond) {
  EXPECT_EQ(RawImage::from_bytes({1, 2}, "code", UINT64_MAX - 1).segment().range.last, UINT64_MAX - 0U);
  EXPECT_EQ(load_error_of([] {
              RawImage::from_bytes({1, 2}, "code", UINT64_MAX);
            }),
            "code: has 2 bytes, which from 0xffffffffffffffff run over the top of the address space; expected a lower "
            "address");
}

TEST(RawImage, RefusesMissingAndEmptyFiles) {
  EXPECT_THAT(load_error_of([] { RawImage::read("/nowhere/code.bin", 0); }),
              EndsWith("cannot be opened (No such file or directory); expected a binary image"));
  EXPECT_EQ(load_error_of([] { RawImage::from_bytes({}, "code", 0); }), "code: is empty; expected a binary image");
}

TEST(ReadLinuxHeader, GivesOffsetAndSize) {
  const auto header = read_linux_header(linux_image(), "linux");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->text_offset, 0x200000U);
  EXPECT_EQ(header->image_size, 0x1e6b000U);
}

TEST(ReadLinuxHeader, IsNothingForOtherFiles) {
  EXPECT_FALSE(read_linux_header({}, "empty"));
  EXPECT_FALSE(read_linux_header(Bytes(0x1000), "zeros"));
}

TEST(ReadLinuxHeader, RefusesImagesThatCannotBeStarted) {
  const auto error_with = [](size_t offset, uint64_t value, size_t length) {
    Bytes bytes = linux_image();
    poke(bytes, offset, value, 8);
    bytes.resize(length);
    return load_error_of([&] { read_linux_header(bytes, "linux"); });
  };
  EXPECT_THAT(error_with(0x30, 0, 0x3f), HasSubstr("linux: is truncated: 63 bytes do not hold the header"));
  EXPECT_THAT(error_with(0x18, 1, 0x1000), HasSubstr("is a big-endian Linux image"));
  EXPECT_THAT(error_with(0x10, 0xfff, 0x1000), HasSubstr("4096 bytes that asks for only 4095 bytes"));
}

}  // namespace
}  // namespace sc_memory::models
