// The DMA engine on a router: what it copies, what it reports, and that it sees the map as it is.
#include "models/pci/dma_test_device.h"

#include <gtest/gtest.h>
#include <numeric>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"

namespace sc_memory::models::pci {
namespace {

constexpr Address kRam = 0x8000'0000;
constexpr Address kBar = 0x4000'0000;

class DmaTestDeviceTest : public ::testing::Test {
 protected:
  DmaTestDeviceTest() {
    system_.add(kRam, ram_);
    system_.add(kRom, rom_);
    dma_.function().connect({&system_, nullptr});
    bus_.initiator("dma", dma_.function().dma_space()).bind(dma_.socket);
    dma_.function().write_config(reg::kBar0, kBar, 4);
    set_command(command::kMemorySpace | command::kBusMaster);
    std::iota(ram_.memory().data, ram_.memory().data + 0x1000, std::uint8_t{1});
  }
  void set_command(std::uint16_t bits) { dma_.function().write_config(reg::kCommand, bits, 2); }
  std::uint32_t reg(Address offset) {
    std::uint32_t value = 0;
    EXPECT_EQ(memory_.read(kBar + offset, &value, 4), AccessResult::ok);
    return value;
  }
  void set_reg(Address offset, std::uint32_t value) {
    EXPECT_EQ(memory_.write(kBar + offset, &value, 4), AccessResult::ok);
  }
  void program(Address source, Address target, std::uint32_t length) {
    set_reg(0x00, static_cast<std::uint32_t>(source));
    set_reg(0x04, static_cast<std::uint32_t>(source >> 32));
    set_reg(0x08, static_cast<std::uint32_t>(target));
    set_reg(0x0c, static_cast<std::uint32_t>(target >> 32));
    set_reg(0x10, length);
  }
  void run() {
    set_reg(0x14, 1);
    sc_core::sc_start(1, sc_core::SC_MS);
  }

  static constexpr Address kRom = 0x1000;
  Container system_{"system"};
  RamRegion ram_{"ram", 0x10000};
  RomRegion rom_{"rom", 0x1000};
  AddressSpace memory_{"memory", system_};
  Router bus_{"bus"};
  DmaTestDevice dma_{"dma", system_};
};

TEST_F(DmaTestDeviceTest, CopiesMemoryAndInterrupts) {
  program(kRam, kRam + 0x8001, 1000);
  set_reg(0x1c, 1);
  set_reg(0x14, 1);
  EXPECT_EQ(reg(0x18), 1U);
  EXPECT_FALSE(dma_.function().interrupt().level());
  sc_core::sc_start(1, sc_core::SC_MS);
  EXPECT_EQ(reg(0x18), 2U);
  EXPECT_EQ(reg(0x20), 1000U);
  EXPECT_TRUE(dma_.function().interrupt().level());
  EXPECT_TRUE(std::equal(ram_.memory().data, ram_.memory().data + 1000, ram_.memory().data + 0x8001));
  EXPECT_EQ(ram_.memory().data[0x8001 + 1000], 0);
  set_reg(0x18, 2);
  EXPECT_EQ(reg(0x18), 0U);
  EXPECT_FALSE(dma_.function().interrupt().level());
}

TEST_F(DmaTestDeviceTest, ATransferTakesTime) {
  program(kRam, kRam + 0x8000, 2 * DmaTestDevice::piece_bytes);
  set_reg(0x14, 1);
  sc_core::sc_start(DmaTestDevice::piece_time() * 1.5);
  EXPECT_EQ(reg(0x18), 1U);
  EXPECT_EQ(reg(0x20), DmaTestDevice::piece_bytes);
  set_reg(0x14, 1);  // One at a time.
  sc_core::sc_start(1, sc_core::SC_MS);
  EXPECT_EQ(reg(0x18), 2U);
}

TEST_F(DmaTestDeviceTest, WhatCannotBeReadIsAnError) {
  program(0x5000'0000, kRam, 16);
  run();
  EXPECT_EQ(reg(0x18), 4U);
  EXPECT_EQ(reg(0x20), 0U);
}

TEST_F(DmaTestDeviceTest, WhatCannotBeWrittenIsAnError) {
  program(kRam, kRom, 16);
  run();
  EXPECT_EQ(reg(0x18), 8U);
  program(kRam, kRam + 0xff80, 0x200);  // Over the end of RAM, in its first piece.
  run();
  EXPECT_EQ(reg(0x18), 8U);
  program(kRam, ~UINT64_C(0) - 3, 16);
  run();
  EXPECT_EQ(reg(0x18), 8U);
}

TEST_F(DmaTestDeviceTest, WithoutBusMasterNothingIsReached) {
  set_command(command::kMemorySpace);
  program(kRam, kRam + 0x8000, 16);
  run();
  EXPECT_EQ(reg(0x18), 4U);
}

TEST_F(DmaTestDeviceTest, TheMapMayChangeOnTheWay) {
  program(kRam, kRam + 0x8000, 4 * DmaTestDevice::piece_bytes);
  set_reg(0x14, 1);
  sc_core::sc_start(DmaTestDevice::piece_time() * 2.5);
  ram_.set_address(0x9000'0000);
  sc_core::sc_start(1, sc_core::SC_MS);
  EXPECT_EQ(reg(0x18), 4U);
  EXPECT_EQ(reg(0x20), 2 * DmaTestDevice::piece_bytes);
}

TEST_F(DmaTestDeviceTest, AnEmptyTransferIsDoneAtOnce) {
  program(0x5000'0000, 0x5000'0000, 0);
  run();
  EXPECT_EQ(reg(0x18), 2U);
}

}  // namespace
}  // namespace sc_memory::models::pci
