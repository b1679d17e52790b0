// Configuration space: what software may write, and the list of capabilities.
#include "models/pci/config_space.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace sc_memory::models::pci {
namespace {

TEST(PciConfigSpace, ReadsAnyWidthAtAnyPlace) {
  ConfigSpace space;
  space.set(0x40, 0x44332211, 4);
  EXPECT_EQ(space.read(0x40, 4), 0x44332211U);
  EXPECT_EQ(space.read(0x41, 1), 0x22U);
  EXPECT_EQ(space.read(0x41, 2), 0x3322U);
  EXPECT_EQ(space.read(0x43, 4), 0x44U);
  EXPECT_EQ(space.read(ConfigSpace::size - 4, 4), 0U);
}

TEST(PciConfigSpace, OnlyBitsThatMayBeWrittenChange) {
  ConfigSpace space;
  space.set(0x10, 0x0000000c, 4);
  space.allow_writes(0x10, 0xfffff000, 4);
  space.write(0x10, 0xffffffff, 4);
  EXPECT_EQ(space.read(0x10, 4), 0xfffff00cU);
  space.write(0x11, 0, 1);
  EXPECT_EQ(space.read(0x10, 4), 0xffff000cU);
  space.write(0x12, 0x1234, 2);
  EXPECT_EQ(space.read(0x10, 4), 0x1234000cU);
  space.write(0x14, 0xffffffff, 4);
  EXPECT_EQ(space.read(0x14, 4), 0U);
}

TEST(PciConfigSpace, CapabilitiesMakeAList) {
  ConfigSpace space;
  EXPECT_EQ(space.read(reg::kStatus, 2) & status::kCapabilities, 0U);
  const unsigned first = space.add_capability(0x09, 17);
  const unsigned second = space.add_capability(0x05, 4);
  EXPECT_NE(space.read(reg::kStatus, 2) & status::kCapabilities, 0U);
  EXPECT_EQ(space.read(reg::kCapabilities, 1), first);
  EXPECT_EQ(space.read(first, 1), 0x09U);
  EXPECT_EQ(space.read(first + 1, 1), second);
  EXPECT_EQ(second, first + 20);
  EXPECT_EQ(space.read(second, 1), 0x05U);
  EXPECT_EQ(space.read(second + 1, 1), 0U);
}

TEST(PciConfigSpace, ThereIsRoomFor192BytesOfCapabilities) {
  ConfigSpace space;
  space.add_capability(1, 192);
  EXPECT_THROW(space.add_capability(1, 1), std::length_error);
}

}  // namespace
}  // namespace sc_memory::models::pci
