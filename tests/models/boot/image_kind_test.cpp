// Tests of telling files apart.
#include "models/boot/image_kind.h"

#include <gtest/gtest.h>

namespace sc_memory::models {
namespace {

TEST(IdentifyImage, KnowsTheMagicNumbers) {
  EXPECT_EQ(identify_image({0x7f, 'E', 'L', 'F', 1}), ImageKind::elf);
  EXPECT_EQ(identify_image({0xd0, 0x0d, 0xfe, 0xed}), ImageKind::device_tree);
  Bytes linux_image(0x3c);
  linux_image[0x38] = 'R';
  linux_image[0x39] = 'S';
  linux_image[0x3a] = 'C';
  linux_image[0x3b] = 5;
  EXPECT_EQ(identify_image(linux_image), ImageKind::linux_image);
}

TEST(IdentifyImage, AnythingElseIsRaw) {
  EXPECT_EQ(identify_image({}), ImageKind::raw);
  EXPECT_EQ(identify_image({0x7f, 'E', 'L'}), ImageKind::raw);
  EXPECT_EQ(identify_image(Bytes(0x3b)), ImageKind::raw);
  EXPECT_EQ(identify_image({'M', 'Z'}), ImageKind::raw);
}

TEST(IdentifyImage, KnowsDebiansFiles) {
  EXPECT_EQ(identify_image(read_whole_file("/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin", "U-Boot")), ImageKind::raw);
  EXPECT_EQ(identify_image(read_whole_file("/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf", "U-Boot")), ImageKind::elf);
}

TEST(DescribeImageKind, ReadsAsPartOfASentence) {
  EXPECT_STREQ(describe(ImageKind::elf), "an ELF file");
  EXPECT_STREQ(describe(ImageKind::linux_image), "a RISC-V Linux image");
  EXPECT_STREQ(describe(ImageKind::device_tree), "a device tree");
  EXPECT_STREQ(describe(ImageKind::raw), "a raw binary");
}

}  // namespace
}  // namespace sc_memory::models
