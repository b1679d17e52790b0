// The host: configuration accesses find functions, interrupts find lines, and where nobody is there are all ones.
#include "models/pci/host.h"

#include <gtest/gtest.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory::models::pci {
namespace {

constexpr Address kEcam = 0x3000'0000;
constexpr Address kWindow = 0x4000'0000;
constexpr Address kPorts = 0x300'0000;

class PciHostTest : public ::testing::Test {
 protected:
  PciHostTest() {
    system_.add(kEcam, host_.ecam());
    system_.add(kWindow, window_);
    system_.add(kPorts, host_.io_space());
    function_.add_bar(0, BarKind::memory32, registers_);
    host_.plug(3, function_);
  }
  template <typename T>
  T load(Address address) {
    T value{};
    EXPECT_EQ(memory_.read(address, &value, sizeof value), AccessResult::ok);
    return value;
  }
  template <typename T>
  void store(Address address, T value) {
    EXPECT_EQ(memory_.write(address, &value, sizeof value), AccessResult::ok);
  }
  static Address config(unsigned bus, unsigned slot, unsigned function) {
    return kEcam + (Address{bus} << 20) + (Address{slot} << 15) + (Address{function} << 12);
  }

  Container system_{"system"};
  Host host_{system_};
  AliasRegion window_{"window", host_.memory_space(), kWindow, 0x4000'0000};
  AddressSpace memory_{"memory", system_};
  IoRegion registers_{"registers", 0x1000, io_ops().read([](Address offset, unsigned) { return offset; })};
  Function function_{"function", {0x1234, 0x5678, 0x010203, 0, 0, 0}, system_};
};

TEST_F(PciHostTest, TheBridgeIsAtTheBeginning) {
  EXPECT_EQ(load<std::uint32_t>(config(0, 0, 0)), 0x00081b36U);
  EXPECT_EQ(load<std::uint32_t>(config(0, 0, 0) + 8), 0x06000000U);
  EXPECT_EQ(load<std::uint8_t>(config(0, 0, 0) + 0xe), 0U);
}

TEST_F(PciHostTest, FunctionsAreFoundWhereTheyAreAndNowhereElse) {
  EXPECT_EQ(load<std::uint32_t>(config(0, 3, 0)), 0x56781234U);
  for (const Address absent : {config(0, 3, 1), config(0, 2, 0), config(0, 31, 7), config(1, 3, 0), config(255, 31, 7)})
    EXPECT_EQ(load<std::uint32_t>(absent), 0xffff'ffffU) << std::hex << absent;
  store<std::uint32_t>(config(1, 3, 0) + 4, 7);
  EXPECT_EQ(load<std::uint16_t>(config(0, 3, 0) + 4), 0U);
}

TEST_F(PciHostTest, ConfigurationTakesAnyWidth) {
  EXPECT_EQ(load<std::uint8_t>(config(0, 3, 0) + 1), 0x12U);
  EXPECT_EQ(load<std::uint16_t>(config(0, 3, 0) + 2), 0x5678U);
  EXPECT_EQ(load<std::uint64_t>(config(0, 3, 0)), 0x0000'0000'5678'1234U);
  store<std::uint8_t>(config(0, 3, 0) + 0x3c, 0x5a);
  EXPECT_EQ(load<std::uint8_t>(config(0, 3, 0) + 0x3c), 0x5aU);
  store<std::uint64_t>(config(0, 3, 0) + 0x10, 0x1111'1111'4000'0000);
  EXPECT_EQ(load<std::uint64_t>(config(0, 3, 0) + 0x10), 0x4000'0000U);
  EXPECT_EQ(load<std::uint32_t>(config(0, 3, 0) + 0xffc), 0U);
}

TEST_F(PciHostTest, ABarIsSeenThroughTheWindow) {
  EXPECT_EQ(load<std::uint32_t>(kWindow + 0x10'0008), 0xffff'ffffU);
  store<std::uint32_t>(config(0, 3, 0) + 0x10, kWindow + 0x10'0000);
  store<std::uint16_t>(config(0, 3, 0) + 4, command::kMemorySpace);
  EXPECT_EQ(load<std::uint32_t>(kWindow + 0x10'0008), 8U);
  EXPECT_EQ(load<std::uint32_t>(kWindow + 0x10'1000), 0xffff'ffffU);
  // On the bus, but outside the window: the guest does not see it.
  store<std::uint32_t>(config(0, 3, 0) + 0x10, 0x2000'0000);
  EXPECT_EQ(load<std::uint32_t>(kWindow + 0x10'0008), 0xffff'ffffU);
  EXPECT_EQ(memory_.find(0x2000'0000, 1).region, nullptr);
}

TEST_F(PciHostTest, WindowsWithoutABarReadAllOnesInAnyWidth) {
  EXPECT_EQ(load<std::uint8_t>(kWindow), 0xffU);
  EXPECT_EQ(load<std::uint16_t>(kWindow + 2), 0xffffU);
  EXPECT_EQ(load<std::uint64_t>(kWindow + 0x3fff'fff8), ~UINT64_C(0));
  EXPECT_EQ(load<std::uint32_t>(kWindow + 3), 0xffff'ffffU);
  store<std::uint32_t>(kWindow, 1);
  EXPECT_EQ(load<std::uint32_t>(kPorts + 0xfffc), 0xffff'ffffU);
  store<std::uint8_t>(kPorts, 1);
}

TEST_F(PciHostTest, InterruptsAreSwizzledOntoFourLines) {
  Function other("other", {1, 1, 0, 0, 0, 0}, system_);
  Host& host = host_;
  host.plug(7, other);
  function_.set_interrupt(true);
  for (unsigned line = 0; line < Host::interrupt_lines; ++line) EXPECT_EQ(host.interrupt(line).level(), line == 3);
  other.set_interrupt(true);
  function_.set_interrupt(false);
  EXPECT_TRUE(host.interrupt(3).level());
  other.set_interrupt(false);
  EXPECT_FALSE(host.interrupt(3).level());
}

TEST_F(PciHostTest, ASlotHoldsOneFunction) {
  Function other("other", {1, 1, 0, 0, 0, 0}, system_);
  EXPECT_THROW(host_.plug(0, other), MapError);
  EXPECT_THROW(host_.plug(3, other), MapError);
  EXPECT_THROW(host_.plug(32, other), MapError);
  EXPECT_EQ(host_.function(4), nullptr);
  EXPECT_EQ(host_.function(3), &function_);
}

TEST_F(PciHostTest, DebugWritesDoNothing) {
  Attributes debug;
  debug.debug = true;
  const std::uint16_t on = command::kMemorySpace;
  memory_.write(config(0, 3, 0) + 4, &on, sizeof on, debug);
  EXPECT_EQ(load<std::uint16_t>(config(0, 3, 0) + 4), 0U);
}

}  // namespace
}  // namespace sc_memory::models::pci
