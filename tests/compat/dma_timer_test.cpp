// A device model written for the 2013 API on a machine of this library: registers, ports, banks, interrupts, DMA.
#include "tests/compat/dma_timer.h"

#include <gtest/gtest.h>
#include <memory>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/coalesced_writes.h"

namespace {

class DmaTimer : public ::testing::Test {
 protected:
  static constexpr hwaddr kBase = 0x10000000;
  static constexpr hwaddr kPort = 0x300;

  DmaTimer() {
    memory_region_init(&system_memory, "system", UINT64_MAX);
    memory_region_init(&system_io, "io", 0x10000);
    memory_region_init_ram(&ram, "ram", 0x100000);
    memory_region_add_subregion(&system_memory, 0, &ram);
    address_space_init(&memory, &system_memory);
    address_space_init(&io, &system_io);
    dma_timer_init(
        timer.get(), &memory, [](void* level, int now) { *static_cast<int*>(level) = now; }, &irq);
    dma_timer_map(timer.get(), &system_memory, kBase, &system_io, kPort);
  }

  void write32(hwaddr reg, uint32_t value) {
    address_space_write(&memory, kBase + reg, reinterpret_cast<uint8_t*>(&value), 4);
  }
  void write64(hwaddr reg, uint64_t value) {
    address_space_write(&memory, kBase + reg, reinterpret_cast<uint8_t*>(&value), 8);
  }
  uint64_t read(hwaddr reg, int size) {
    uint64_t value = 0;
    address_space_read(&memory, kBase + reg, reinterpret_cast<uint8_t*>(&value), size);
    return value;
  }
  void out(hwaddr port, uint16_t value, int size) {
    address_space_write(&io, kPort + port, reinterpret_cast<uint8_t*>(&value), size);
  }
  uint16_t in(hwaddr port, int size) {
    uint16_t value = 0;
    address_space_read(&io, kPort + port, reinterpret_cast<uint8_t*>(&value), size);
    return value;
  }
  uint8_t* ram_bytes() { return static_cast<uint8_t*>(memory_region_get_ram_ptr(&ram)); }

  MemoryRegion system_memory;
  MemoryRegion system_io;
  MemoryRegion ram;
  AddressSpace memory;
  AddressSpace io;
  int irq = 0;
  std::unique_ptr<DMATimerState> timer = std::make_unique<DMATimerState>();
};

TEST_F(DmaTimer, CopiesAndInterruptsAtEachExpiry) {
  for (int i = 0; i < 256; ++i) ram_bytes()[0x2000 + i] = static_cast<uint8_t>(i);
  memory_region_reset_dirty(&ram, 0, 0x100000, DIRTY_MEMORY_MIGRATION);
  write64(DMA_TIMER_REG_SOURCE, 0x2000);
  write64(DMA_TIMER_REG_TARGET, 0x5080);
  write32(DMA_TIMER_REG_LENGTH, 256);
  write32(DMA_TIMER_REG_PERIOD, 3);
  write32(DMA_TIMER_REG_CONTROL, 3);
  dma_timer_tick(timer.get());
  dma_timer_tick(timer.get());
  EXPECT_EQ(irq, 0);
  EXPECT_EQ(read(DMA_TIMER_REG_COUNT, 4), 1u);
  dma_timer_tick(timer.get());
  EXPECT_EQ(irq, 1);
  EXPECT_EQ(ram_bytes()[0x5080 + 77], 77);
  EXPECT_TRUE(memory_region_get_dirty(&ram, 0x5080, 256, DIRTY_MEMORY_MIGRATION));
  EXPECT_FALSE(memory_region_get_dirty(&ram, 0, 0x5000, DIRTY_MEMORY_MIGRATION));
  write32(DMA_TIMER_REG_STATUS, 1);
  EXPECT_EQ(irq, 0);
}

TEST_F(DmaTimer, RegistersTakeEightBytesInTwoPieces) {
  write64(DMA_TIMER_REG_TARGET, 0x1122334455667788);
  EXPECT_EQ(timer->target, 0x1122334455667788u);
  EXPECT_EQ(read(DMA_TIMER_REG_TARGET, 8), 0x1122334455667788u);
}

TEST_F(DmaTimer, NarrowAndUnacceptedAccessesDoNotReachIt) {
  write32(DMA_TIMER_REG_PERIOD, 0x1234);
  EXPECT_EQ(read(DMA_TIMER_REG_PERIOD, 2), 0u);
  EXPECT_EQ(memory.space()->read(kBase + DMA_TIMER_REG_PALETTE, &irq, 4), sc_memory::AccessResult::rejected);
}

TEST_F(DmaTimer, DmaReachesItsOwnBankThroughTheBus) {
  ram_bytes()[0x100] = 0x5a;
  out(2, 1, 2);
  write64(DMA_TIMER_REG_SOURCE, 0x100);
  write64(DMA_TIMER_REG_TARGET, kBase + 0x4010);
  write32(DMA_TIMER_REG_LENGTH, 1);
  write32(DMA_TIMER_REG_PERIOD, 1);
  write32(DMA_TIMER_REG_CONTROL, 1);
  dma_timer_tick(timer.get());
  EXPECT_EQ(irq, 0) << "the interrupt is not enabled";
  EXPECT_EQ(read(0x4010, 1), 0x5au);
  out(2, 0, 2);
  EXPECT_EQ(read(0x4010, 1), 0u) << "the other bank";
  out(2, 0xff, 2);
  EXPECT_EQ(memory_region_find(&system_memory, kBase + 0x4000, 1).mr, nullptr) << "none";
}

TEST_F(DmaTimer, PortsHaveTheirSizes) {
  out(0, 0x21, 1);
  out(1, 0x99, 1);
  EXPECT_EQ(in(1, 1), 0x99);
  EXPECT_EQ(in(0, 2), 0x9921) << "two bytes by two";
  EXPECT_EQ(in(2, 2), 0xffff) << "nobody reads the bank";
}

TEST_F(DmaTimer, TheDoorbellIsAnEvent) {
  write32(DMA_TIMER_REG_PERIOD, 1000);
  write32(DMA_TIMER_REG_CONTROL, 3);
  write32(DMA_TIMER_REG_DOORBELL, 1);
  dma_timer_tick(timer.get());
  EXPECT_EQ(irq, 1);
}

TEST_F(DmaTimer, ThePaletteIsWrittenLater) {
  for (uint32_t i = 0; i < 8; ++i) write32(DMA_TIMER_REG_PALETTE + 4 * i, 0x100 + i);
  EXPECT_EQ(timer->palette_writes, 0u);
  read(DMA_TIMER_REG_STATUS, 4);
  EXPECT_EQ(timer->palette_writes, 8u);
  EXPECT_EQ(timer->palette[7], 0x107u);
}

TEST_F(DmaTimer, LeavesAsItCame) {
  dma_timer_exit(timer.get(), &system_memory, &system_io);
  EXPECT_EQ(memory_region_find(&system_memory, kBase, 0x10000).mr, nullptr);
  EXPECT_EQ(timer->mmio.region(), nullptr);
  dma_timer_init(
      timer.get(), &memory, [](void*, int) {}, nullptr);
  dma_timer_map(timer.get(), &system_memory, kBase, &system_io, kPort);
  EXPECT_EQ(memory_region_find(&system_memory, kBase, 0x10000).mr, &timer->mmio);
}

}  // namespace
