// The machine as a whole: where everything lies, and what its wires do.
#include "platforms/riscv_virt/riscv_virt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/boot/temporary_directory.h"
#include "tests/platforms/riscv_virt/at_start.h"

namespace sc_memory::platforms {
namespace {

RiscvVirtConfig with_harts(unsigned harts) {
  RiscvVirtConfig config;
  config.harts = harts;
  return config;
}

TEST(RiscvVirt, EverythingLiesWhereFirmwareForQemusVirtLooksForIt) {
  RiscvVirt machine("machine", {});
  struct Place {
    Address first;
    std::uint64_t size;
  };
  const std::vector<Place> places = {
      {0x1000, 0xf000},           {0x10'0000, 0x1000},    {0x200'0000, 0x4000},      {0x200'4000, 0x8000},
      {0xc00'0000, 0x60'0000},    {0x1000'0000, 8},       {0x2000'0000, 0x200'0000}, {0x2200'0000, 0x200'0000},
      {0x8000'0000, 0x1000'0000}, {0x300'0000, 0x1'0000}, {0x1000'1000, 0x200},      {0x1000'8000, 0x200},
      {0x3000'0000, 0x1000'0000},
  };
  for (const Place& place : places) {
    SCOPED_TRACE(testing::Message() << std::hex << place.first);
    const Section section = machine.memory().find(place.first, place.size);
    ASSERT_TRUE(section);
    EXPECT_EQ(section.range, *AddressRange::sized(place.first, place.size));
    EXPECT_EQ(section.offset, 0U);
  }
  EXPECT_EQ(machine.memory().find(0x9000'0000, 0x1000).region, nullptr);
}

TEST(RiscvVirt, ThePciWindowsShowTheBusAtItsOwnAddresses) {
  RiscvVirt machine("machine", {});
  for (const AddressRange& window : {riscv_virt::kPcieMemory, riscv_virt::pcie_memory_high(256_MiB)}) {
    const Section section = machine.memory().find(window.first, window.size());
    ASSERT_TRUE(section);
    EXPECT_EQ(section.range, window);
    EXPECT_EQ(section.region, &machine.pci().memory_space());
    EXPECT_EQ(section.offset, window.first);
  }
}

TEST(RiscvVirt, DevicesOnThePciBusAreWhereTheConfigurationPutsThem) {
  const models::test::TemporaryDirectory directory;
  RiscvVirtConfig config;
  config.pci_disks = {{directory.file("disk", models::Bytes(512)), models::ImageMode::readonly}};
  config.dma_test_device = true;
  RiscvVirt machine("machine", config);
  const auto id = [&](unsigned slot) {
    std::uint32_t value = 0;
    machine.memory().read(riscv_virt::kPcieEcam + (Address{slot} << 15), &value, sizeof value);
    return value;
  };
  EXPECT_EQ(id(0), 0x00081b36U);
  EXPECT_EQ(id(1), 0x10421af4U);
  EXPECT_EQ(id(2), 0x0d3a1234U);
  EXPECT_EQ(id(3), 0xffff'ffffU);
}

TEST(RiscvVirt, AsManyDisksAsThereAreSlots) {
  const models::test::TemporaryDirectory directory;
  RiscvVirtConfig config;
  for (unsigned i = 0; i < riscv_virt::kVirtioMmioSlots; ++i)
    config.disks.push_back({directory.file(std::to_string(i), models::Bytes(512 * (i + 1))), {}});
  {
    RiscvVirt machine("machine", config);
    for (unsigned i = 0; i < riscv_virt::kVirtioMmioSlots; ++i) {
      std::uint64_t sectors = 0;
      machine.memory().read(riscv_virt::kVirtioMmio + i * riscv_virt::kVirtioMmioStride + 0x100, &sectors,
                            sizeof sectors);
      EXPECT_EQ(sectors, i + 1);
    }
  }
  config.disks.push_back({directory.file("more", models::Bytes(512)), {}});
  EXPECT_THROW(RiscvVirt("more", config), std::invalid_argument);
}

TEST(RiscvVirt, RamIsAsLargeAsAsked) {
  RiscvVirtConfig config;
  config.memory_bytes = 3_MiB;
  RiscvVirt machine("machine", config);
  EXPECT_EQ(machine.ram_range(), (AddressRange{0x8000'0000, 0x802f'ffff}));
  EXPECT_EQ(machine.memory().find(0x8000'0000, 1_GiB).range, machine.ram_range());
}

TEST(RiscvVirt, TheUpperPciWindowIsBehindTheRam) {
  const std::pair<std::uint64_t, Address> places[] = {
      {14_GiB, 16_GiB}, {14_GiB + 4_KiB, 32_GiB}, {15_GiB, 32_GiB}, {40_GiB, 48_GiB}, {1024_GiB, 1040_GiB}};
  for (const auto& [memory, window] : places) {
    RiscvVirtConfig config;
    config.memory_bytes = memory;
    RiscvVirt machine("machine", config);
    EXPECT_EQ(machine.pcie_memory_high(), (AddressRange{window, window + 16_GiB - 1}));
    EXPECT_EQ(machine.memory().find(window, 16_GiB).region, &machine.pci().memory_space());
    EXPECT_EQ(machine.memory().find(0x8000'0000, 2048_GiB).range, machine.ram_range());
  }
}

TEST(RiscvVirt, TheClockBeginsWhereToldTo) {
  RiscvVirtConfig config;
  config.clock_start = 12'345;
  RiscvVirt machine("machine", config);
  EXPECT_EQ(machine.rtc().time(), 12'345U);
}

TEST(RiscvVirt, RefusesMachinesThatCannotBe) {
  RiscvVirtConfig config;
  config.memory_bytes = riscv_virt::kMaxMemory + 1;
  EXPECT_THROW(RiscvVirt("large", config), std::invalid_argument);

  EXPECT_THROW(RiscvVirt("none", with_harts(0)), std::invalid_argument);
  EXPECT_THROW(RiscvVirt("many", with_harts(riscv_virt::kMaxHarts + 1)), std::invalid_argument);
}

TEST(RiscvVirt, EachHartHasAPortOfItsOwn) {
  RiscvVirt machine("machine", with_harts(3));
  std::vector<std::string> names;
  for (const auto& port : machine.bus().ports()) names.push_back(port->name());
  EXPECT_THAT(names, testing::UnorderedElementsAre("hart0", "hart1", "hart2", "loader"));
  EXPECT_EQ(machine.hart_count(), 3U);
}

TEST(RiscvVirt, TheTestFinisherTellsHowTheGuestEnded) {
  RiscvVirt machine("machine", {});
  std::vector<unsigned> codes;
  machine.on_outcome([&](RiscvVirt::Outcome outcome) { codes.push_back(outcome.code); });
  const std::uint32_t fails = 0x0007'3333;
  EXPECT_EQ(machine.memory().write(riscv_virt::kTest, &fails, 4), AccessResult::ok);
  EXPECT_EQ(codes, std::vector<unsigned>{7});
}

/// Gives the harts an endless loop at the start of RAM, interrupts off.
void keep_busy(RiscvVirt& machine) {
  machine.memory().write(riscv_virt::kRam, &test::kJumpToItself, sizeof test::kJumpToItself);
  machine.set_reset_vector(riscv_virt::kRam, 0, 0);
}

/// Whether a hart sees an interrupt: bits of its mip register.
constexpr unsigned kMip = 0x344;
bool is_pending(RiscvVirt& machine, unsigned hart, unsigned interrupt) {
  return ((*machine.hart(hart).csr(kMip) >> interrupt) & 1) != 0;
}

TEST(RiscvVirt, SoftwareInterruptsReachTheHartThatIsAddressed) {
  RiscvVirt machine("machine", with_harts(2));
  const test::AtStart load([&] { keep_busy(machine); });
  sc_core::sc_start(1, sc_core::SC_US);
  const std::uint32_t one = 1;
  EXPECT_EQ(machine.memory().write(riscv_virt::kClint + 4, &one, 4), AccessResult::ok);
  EXPECT_FALSE(is_pending(machine, 0, 3));
  EXPECT_TRUE(is_pending(machine, 1, 3));
}

TEST(RiscvVirt, TheUartInterruptsThroughThePlic) {
  RiscvVirt machine("machine", with_harts(2));
  const test::AtStart load([&] { keep_busy(machine); });
  sc_core::sc_start(1, sc_core::SC_US);
  const auto write = [&](Address address, std::uint32_t value, std::size_t size) {
    EXPECT_EQ(machine.memory().write(address, &value, size), AccessResult::ok);
  };
  // Context 2 is hart 1 in machine mode: SiFive's PLIC manual lays priorities, enables and thresholds out like this.
  write(riscv_virt::kPlic + 4 * riscv_virt::kUartInterrupt, 1, 4);
  write(riscv_virt::kPlic + 0x2000 + 2 * 0x80, 1U << riscv_virt::kUartInterrupt, 4);
  write(riscv_virt::kPlic + 0x20'0000 + 2 * 0x1000, 0, 4);
  write(riscv_virt::kUart + 1, 1, 1);
  EXPECT_FALSE(is_pending(machine, 1, 11));
  EXPECT_TRUE(machine.uart().receive('x'));
  sc_core::sc_start(1, sc_core::SC_US);
  EXPECT_TRUE(is_pending(machine, 1, 11));
  EXPECT_FALSE(is_pending(machine, 0, 11));
}

}  // namespace
}  // namespace sc_memory::platforms
