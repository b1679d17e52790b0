// A function's BARs as regions of a map: sized, moved, switched on and off by writes to configuration space, each of
// which is one change of the map.
#include "models/pci/function.h"

#include <gmock/gmock.h>
#include <random>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/memory_listener.h"

#include "tests/support/seed.h"

namespace sc_memory::models::pci {
namespace {

constexpr std::uint32_t kOn = command::kMemorySpace | command::kIoSpace;

/// Counts published changes.
class ChangeCounter final : public MemoryListener {
 public:
  explicit ChangeCounter(AddressSpace& space) { listen_to(space); }
  int changes = 0;

 private:
  void view_changed(const ViewChange&) override { ++changes; }
};

class PciFunctionTest : public ::testing::Test {
 protected:
  PciFunctionTest() {
    function_.add_bar(0, BarKind::memory32, small_);
    function_.add_bar(1, BarKind::io, ports_);
    function_.add_bar(2, BarKind::memory64_prefetchable, large_);
    function_.connect({&memory_root_, &io_root_});
  }
  void write(unsigned offset, std::uint32_t value) { function_.write_config(offset, value, 4); }
  void set_command(std::uint32_t value) { function_.write_config(reg::kCommand, value, 2); }
  static IoOps device() {
    return io_ops().read([](Address, unsigned) { return 0x42; });
  }

  Container system_{"system"};
  RamRegion ram_{"ram", 0x10000};
  IoRegion small_{"small", 0x1000, device()};
  IoRegion ports_{"ports", 0x20, device()};
  RamRegion large_{"large", 0x4000};
  Container memory_root_{"memory"};
  Container io_root_{"io", 0x10000};
  AddressSpace memory_{"memory", memory_root_};
  Function function_{"function", {0x1234, 0x5678, 0x020304, 7, 0x9abc, 0xdef0}, system_};
};

TEST_F(PciFunctionTest, SaysWhatItIs) {
  EXPECT_EQ(function_.read_config(0, 4), 0x56781234U);
  EXPECT_EQ(function_.read_config(8, 4), 0x02030407U);
  EXPECT_EQ(function_.read_config(reg::kSubsystemVendor, 4), 0xdef09abcU);
  EXPECT_EQ(function_.read_config(reg::kInterruptPin, 1), 1U);
  write(0, 0xffffffff);
  EXPECT_EQ(function_.read_config(0, 4), 0x56781234U);
}

TEST_F(PciFunctionTest, BarsTellTheirKindAndSize) {
  EXPECT_EQ(function_.read_config(0x10, 4), 0U);
  EXPECT_EQ(function_.read_config(0x14, 4), 1U);
  EXPECT_EQ(function_.read_config(0x18, 4), 0xcU);
  for (unsigned bar = 0; bar < Function::bar_count; ++bar) write(0x10 + 4 * bar, 0xffffffff);
  EXPECT_EQ(function_.read_config(0x10, 4), 0xfffff000U);
  EXPECT_EQ(function_.read_config(0x14, 4), 0xffffffe1U);
  EXPECT_EQ(function_.read_config(0x18, 4), 0xffffc00cU);
  EXPECT_EQ(function_.read_config(0x1c, 4), 0xffffffffU);
  EXPECT_EQ(function_.read_config(0x20, 4), 0U);
}

TEST_F(PciFunctionTest, ABarIsMappedWhileItsSpaceIsDecoded) {
  write(0x10, 0x4000'1000);
  EXPECT_FALSE(function_.bar_range(0));
  set_command(command::kMemorySpace);
  EXPECT_EQ(function_.bar_range(0), (AddressRange{0x4000'1000, 0x4000'1fff}));
  EXPECT_EQ(memory_.find(0x4000'1000, 1).region, &small_);
  set_command(command::kIoSpace);
  EXPECT_FALSE(function_.bar_range(0));
  EXPECT_EQ(memory_.find(0x4000'1000, 1).region, nullptr);
}

TEST_F(PciFunctionTest, ABarOfSixtyFourBitsReachesHighAddresses) {
  write(0x18, 0x0000'8000);
  write(0x1c, 0x4);
  set_command(kOn);
  EXPECT_EQ(function_.bar_range(2), (AddressRange{0x4'0000'8000, 0x4'0000'bfff}));
}

TEST_F(PciFunctionTest, PortsLieInTheirOwnSpace) {
  write(0x14, 0x1000);
  set_command(kOn);
  EXPECT_EQ(function_.bar_range(1), (AddressRange{0x1000, 0x101f}));
  EXPECT_EQ(ports_.parent(), &io_root_);
  write(0x14, 0x1'0000);  // Beyond the 64 KiB.
  EXPECT_FALSE(function_.bar_range(1));
}

TEST_F(PciFunctionTest, AddressesThatAreNoneUnmap) {
  set_command(kOn);
  for (const std::uint32_t none : {0U, 0xffff'ffffU, 0xffff'f000U}) {
    write(0x10, 0x4000'0000);
    ASSERT_TRUE(function_.bar_range(0));
    write(0x10, none);
    EXPECT_FALSE(function_.bar_range(0)) << std::hex << none;
  }
  write(0x18, 0xffff'ffff);
  write(0x1c, 0xffff'ffff);
  EXPECT_FALSE(function_.bar_range(2));
}

TEST_F(PciFunctionTest, EachWriteIsOneChangeOfTheMap) {
  write(0x10, 0x4000'0000);
  write(0x18, 0x5000'0000);
  const ChangeCounter counter(memory_);
  const int before = counter.changes;
  set_command(kOn);  // Both appear at once.
  EXPECT_EQ(counter.changes, before + 1);
  write(0x10, 0x4100'0000);  // Gone here, there again.
  EXPECT_EQ(counter.changes, before + 2);
  write(0x10, 0x4100'0000);  // Nothing new.
  write(reg::kInterruptLine, 5);
  EXPECT_EQ(counter.changes, before + 2);
  set_command(0);
  EXPECT_EQ(counter.changes, before + 3);
}

TEST_F(PciFunctionTest, BarsUponEachOtherHideOneAnother) {
  set_command(kOn);
  write(0x18, 0x4000'0000);
  write(0x10, 0x4000'1000);
  EXPECT_EQ(memory_.find(0x4000'0000, 1).region, &large_);
  EXPECT_EQ(memory_.find(0x4000'1000, 1).region, &small_);
  EXPECT_EQ(memory_.find(0x4000'2000, 1).region, &large_);
  write(0x10, 0x4800'0000);
  EXPECT_EQ(memory_.find(0x4000'1000, 1).region, &large_);
}

TEST_F(PciFunctionTest, DmaReachesMemoryOnlyAsBusMaster) {
  system_.add(0x8000'0000, ram_);
  std::uint32_t value = 0x11223344;
  EXPECT_EQ(function_.dma_space().write(0x8000'0000, &value, 4), AccessResult::unmapped);
  set_command(command::kBusMaster);
  EXPECT_EQ(function_.dma_space().write(0x8000'0000, &value, 4), AccessResult::ok);
  EXPECT_EQ(ram_.memory().data[3], 0x11);
  set_command(0);
  EXPECT_EQ(function_.dma_space().read(0x8000'0000, &value, 4), AccessResult::unmapped);
}

TEST_F(PciFunctionTest, TheInterruptCanBeDisabledAndShowsInTheStatus) {
  function_.set_interrupt(true);
  EXPECT_TRUE(function_.interrupt().level());
  EXPECT_NE(function_.read_config(reg::kStatus, 2) & status::kInterrupt, 0U);
  set_command(command::kInterruptDisable);
  EXPECT_FALSE(function_.interrupt().level());
  EXPECT_NE(function_.read_config(reg::kStatus, 2) & status::kInterrupt, 0U);
  set_command(0);
  EXPECT_TRUE(function_.interrupt().level());
  function_.set_interrupt(false);
  EXPECT_FALSE(function_.interrupt().level());
  EXPECT_EQ(function_.read_config(reg::kStatus, 2) & status::kInterrupt, 0U);
}

TEST_F(PciFunctionTest, BarsThatCannotBeAreRefused) {
  IoRegion odd("odd", 0x1800, device());
  IoRegion tiny("tiny", 8, device());
  IoRegion fine("fine", 0x1000, device());
  EXPECT_THROW(function_.add_bar(4, BarKind::memory32, odd), MapError);
  EXPECT_THROW(function_.add_bar(4, BarKind::memory32, tiny), MapError);
  EXPECT_THROW(function_.add_bar(0, BarKind::memory32, fine), MapError);
  EXPECT_THROW(function_.add_bar(3, BarKind::memory32, fine), MapError);  // The upper half of 2.
  EXPECT_THROW(function_.add_bar(5, BarKind::memory64, fine), MapError);
  function_.add_bar(4, BarKind::memory64, fine);
}

TEST_F(PciFunctionTest, RandomWritesLeaveTheMapAsTheRegistersSay) {
  std::mt19937 random(static_cast<std::uint32_t>(sc_memory::testing::seed()));
  for (int i = sc_memory::testing::steps(20000); i > 0; --i) {
    const unsigned bytes = 1U << (random() % 3);
    const unsigned offset = (random() % 4 == 0 ? random() % ConfigSpace::size : random() % 0x28) & ~(bytes - 1);
    std::uint32_t value = random();
    if (random() % 2 == 0) value = 0x4000'0000 | (value & 0xffff);
    if (random() % 8 == 0) value = 0xffff'ffff;
    function_.write_config(offset, value, bytes);
    if (random() % 4 == 0) set_command(random() % 8);

    const bool decoded = (function_.read_config(reg::kCommand, 2) & command::kMemorySpace) != 0;
    const Address low = function_.read_config(0x10, 4) & ~0xfU;
    const bool mapped = decoded && low != 0 && low < 0xffff'f000;
    ASSERT_EQ(function_.bar_range(0).has_value(), mapped);
    if (mapped) {
      ASSERT_EQ(function_.bar_range(0)->first, low);
      ASSERT_NE(memory_.find(low, 1).region, nullptr);
    }
  }
}

}  // namespace
}  // namespace sc_memory::models::pci
