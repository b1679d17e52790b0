// The generated device tree, read with libfdt: it states what is on the map, at the map's addresses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libfdt.h>

#include "platforms/riscv_virt/riscv_virt.h"

namespace sc_memory::platforms {
namespace {

class TreeReader {
 public:
  explicit TreeReader(const models::DeviceTree& tree) : bytes_(tree.bytes()) {
    EXPECT_EQ(fdt_check_full(bytes_.data(), bytes_.size()), 0);
  }

  bool has(const char* path) const { return fdt_path_offset(bytes_.data(), path) >= 0; }

  /// The cells of a property, each of 32 bits; empty if there is none.
  std::vector<std::uint32_t> cells(const char* path, const char* name) const {
    int length = 0;
    const void* value = fdt_getprop(bytes_.data(), fdt_path_offset(bytes_.data(), path), name, &length);
    std::vector<std::uint32_t> cells;
    for (int at = 0; value != nullptr && at + 4 <= length; at += 4)
      cells.push_back(fdt32_ld(reinterpret_cast<const fdt32_t*>(static_cast<const char*>(value) + at)));
    return cells;
  }
  std::string text(const char* path, const char* name) const {
    const void* value = fdt_getprop(bytes_.data(), fdt_path_offset(bytes_.data(), path), name, nullptr);
    return value != nullptr ? static_cast<const char*>(value) : "";
  }

 private:
  models::Bytes bytes_;
};

TEST(RiscvVirtDeviceTree, EveryAddressIsOnTheMap) {
  RiscvVirt machine("machine", {});
  const TreeReader tree(machine.device_tree());
  for (const char* path : {"/memory@80000000", "/soc/test@100000", "/soc/rtc@101000", "/soc/clint@2000000",
                           "/soc/plic@c000000", "/soc/serial@10000000", "/flash@20000000", "/soc/virtio_mmio@10001000",
                           "/soc/virtio_mmio@10008000", "/soc/pci@30000000"}) {
    SCOPED_TRACE(path);
    const std::vector<std::uint32_t> reg = tree.cells(path, "reg");
    ASSERT_GE(reg.size(), 4U);
    for (std::size_t i = 0; i + 4 <= reg.size(); i += 4) {
      const Address first = (Address{reg[i]} << 32) | reg[i + 1];
      const std::uint64_t size = (std::uint64_t{reg[i + 2]} << 32) | reg[i + 3];
      const Section section = machine.memory().find(first, size);
      ASSERT_TRUE(section);
      EXPECT_EQ(section.range.first, first);
      EXPECT_LE(section.range.size(), size);
    }
  }
}

TEST(RiscvVirtDeviceTree, StatesTheMemoryAndTheHarts) {
  RiscvVirtConfig config;
  config.memory_bytes = 5_GiB;
  config.harts = 3;
  RiscvVirt machine("machine", config);
  const TreeReader tree(machine.device_tree());
  EXPECT_EQ(tree.cells("/memory@80000000", "reg"), (std::vector<std::uint32_t>{0, 0x8000'0000, 1, 0x4000'0000}));
  EXPECT_TRUE(tree.has("/cpus/cpu@2"));
  EXPECT_FALSE(tree.has("/cpus/cpu@3"));
  // Two interrupts a hart, each a handle and a number.
  EXPECT_EQ(tree.cells("/soc/clint@2000000", "interrupts-extended").size(), 3U * 2 * 2);
  EXPECT_EQ(tree.cells("/soc/plic@c000000", "interrupts-extended").size(), 3U * 2 * 2);
  EXPECT_EQ(tree.text("/cpus/cpu@1", "riscv,isa"), models::riscv::isa_string);
}

TEST(RiscvVirtDeviceTree, StatesThePciWindowBehindALargeMemory) {
  RiscvVirtConfig config;
  config.memory_bytes = 15_GiB;
  RiscvVirt machine("machine", config);
  const TreeReader tree(machine.device_tree());
  const std::vector<std::uint32_t> ranges = tree.cells("/soc/pci@30000000", "ranges");
  ASSERT_EQ(ranges.size(), 21U);
  EXPECT_EQ(std::vector<std::uint32_t>(ranges.begin() + 14, ranges.end()),
            (std::vector<std::uint32_t>{0x03000000, 8, 0, 8, 0, 4, 0}));
}

TEST(RiscvVirtDeviceTree, StatesTheWindowsAndInterruptsOfThePciHost) {
  RiscvVirt machine("machine", {});
  const TreeReader tree(machine.device_tree());
  constexpr char kPci[] = "/soc/pci@30000000";
  EXPECT_EQ(tree.text(kPci, "compatible"), "pci-host-ecam-generic");
  // Kind and bus address, the machine's address, the size: as on QEMU's virt.
  EXPECT_EQ(tree.cells(kPci, "ranges"),
            (std::vector<std::uint32_t>{0x01000000, 0, 0,          0, 0x3000000,  0, 0x10000,     //
                                        0x02000000, 0, 0x40000000, 0, 0x40000000, 0, 0x40000000,  //
                                        0x03000000, 4, 0,          4, 0,          4, 0}));
  EXPECT_EQ(tree.cells(kPci, "interrupt-map-mask"), (std::vector<std::uint32_t>{0x1800, 0, 0, 7}));
  const std::vector<std::uint32_t> map = tree.cells(kPci, "interrupt-map");
  ASSERT_EQ(map.size(), 16U * 6);
  const std::uint32_t plic = tree.cells("/soc/plic@c000000", "phandle").at(0);
  for (std::uint32_t slot = 0; slot < 4; ++slot) {
    for (std::uint32_t pin = 0; pin < 4; ++pin) {
      const auto entry = map.begin() + 6 * (4 * slot + pin);
      EXPECT_EQ(std::vector<std::uint32_t>(entry, entry + 6),
                (std::vector<std::uint32_t>{slot << 11, 0, 0, pin + 1, plic, 0x20 + (slot + pin) % 4}));
    }
  }
}

TEST(RiscvVirtDeviceTree, CarriesTheCommandLineAndTheRamDisk) {
  RiscvVirt machine("machine", {});
  const TreeReader plain(machine.device_tree());
  EXPECT_EQ(plain.text("/chosen", "bootargs"), "");
  EXPECT_EQ(plain.text("/chosen", "stdout-path"), "/soc/serial@10000000");
  EXPECT_TRUE(plain.cells("/chosen", "linux,initrd-start").empty());

  const TreeReader full(machine.device_tree("console=ttyS0 quiet", AddressRange{0x8800'0000, 0x88ff'ffff}));
  EXPECT_EQ(full.text("/chosen", "bootargs"), "console=ttyS0 quiet");
  EXPECT_EQ(full.cells("/chosen", "linux,initrd-start"), (std::vector<std::uint32_t>{0, 0x8800'0000}));
  EXPECT_EQ(full.cells("/chosen", "linux,initrd-end"), (std::vector<std::uint32_t>{0, 0x8900'0000}));
}

TEST(RiscvVirtDeviceTree, SaysHowTheMachineIsSwitchedOff) {
  RiscvVirt machine("machine", {});
  const TreeReader tree(machine.device_tree());
  EXPECT_EQ(tree.text("/poweroff", "compatible"), "syscon-poweroff");
  EXPECT_EQ(tree.cells("/poweroff", "value"), std::vector<std::uint32_t>{0x5555});
  EXPECT_EQ(tree.cells("/reboot", "value"), std::vector<std::uint32_t>{0x7777});
  EXPECT_EQ(tree.cells("/poweroff", "regmap"), tree.cells("/soc/test@100000", "phandle"));
}

}  // namespace
}  // namespace sc_memory::platforms
