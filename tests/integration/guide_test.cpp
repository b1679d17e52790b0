// The code of docs/integrating.md, compiled and run. What stands between `// guide: <name>` and `// guide: end` is in
// the guide word for word; guide_text_test.cpp compares the two.
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <sc_memory/sc_memory.h>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "tests/tlm/test_bench.h"

namespace {

using namespace sc_memory;
using namespace sc_memory::literals;
using sc_memory::testing::TestInitiator;
using sc_memory::testing::TestTarget;

void elaborate() { sc_core::sc_start(sc_core::SC_ZERO_TIME); }

/// What most sections start from: an initiator that looks at RAM.
struct Platform {
  Container system{"system"};
  RamRegion ram{"ram", 64_KiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  TestInitiator cpu{"cpu"};
  InitiatorPort& port = bus.initiator("cpu", memory);

  Platform() {
    system.add(0x8000'0000, ram);
    port.bind(cpu.socket);
  }
};

/// Ten models of any making.
struct Devices : sc_core::sc_module {
  explicit Devices(sc_core::sc_module_name name) : sc_module(name) {}
  TestTarget<> test{"test", 0x1000}, rtc{"rtc", 0x1000}, clint{"clint", 0x1000}, plic{"plic", 0x1000};
  TestTarget<> uart{"uart", 0x1000}, dma{"dma", 0x1000}, timer{"timer", 0x1000}, gpio{"gpio", 0x1000};
  TestTarget<8> flash{"flash", 0x1000};
  TestTarget<64> dram{"dram", 0x1000};
};

TEST(Guide, TenTargets) {
  Devices soc{"soc"};
  TestInitiator cpu{"cpu"};
  // clang-format off
  // guide: ten targets
  Container system{"system"};
  TargetMap devices{system};
  devices.add(0x0010'0000,   4_KiB, "test",  soc.test.socket);
  devices.add(0x0010'1000,   4_KiB, "rtc",   soc.rtc.socket);
  devices.add(0x0200'0000,  64_KiB, "clint", soc.clint.socket);
  devices.add(0x0c00'0000,   4_MiB, "plic",  soc.plic.socket);
  devices.add(0x1000'0000,   256,   "uart",  soc.uart.socket);
  devices.add(0x1000'1000,   4_KiB, "dma",   soc.dma.socket);
  devices.add(0x1000'2000,   4_KiB, "timer", soc.timer.socket);
  devices.add(0x1000'3000,   4_KiB, "gpio",  soc.gpio.socket);
  devices.add(0x2000'0000,  64_MiB, "flash", soc.flash.socket);
  devices.add(0x8000'0000, 256_MiB, "dram",  soc.dram.socket);
  // guide: end
  // clang-format on
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  bus.initiator("cpu", memory).bind(cpu.socket);
  elaborate();
  for (const FlatRange& range : memory.view().ranges())
    EXPECT_EQ(cpu.store<std::uint32_t>(range.range.first + 0x10, 7), tlm::TLM_OK_RESPONSE) << range.region->name();
  EXPECT_EQ(memory.view().ranges().size(), 10u);
  EXPECT_EQ(soc.gpio.memory[0x10], 7);
  EXPECT_EQ(soc.flash.memory[0x10], 7);
  EXPECT_EQ(soc.dram.memory[0x10], 7);
}

/// A router of another making: a table of windows, and a way out for each.
struct OldRouter : sc_core::sc_module {
  struct Window {
    Address first;
    Address size;
    std::string name;
  };

  explicit OldRouter(sc_core::sc_module_name name) : sc_module(name) {
    from_cpu.register_b_transport(this, &OldRouter::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      const Address offset = payload.get_address() - table[i].first;
      if (offset >= table[i].size) continue;
      payload.set_address(offset);
      to_targets[static_cast<int>(i)]->b_transport(payload, delay);
      payload.set_address(table[i].first + offset);
      return;
    }
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }

  tlm_utils::simple_target_socket<OldRouter> from_cpu{"from_cpu"};
  tlm_utils::multi_passthrough_initiator_socket<OldRouter> to_targets{"to_targets"};
  std::vector<Window> table;
};

TEST(Guide, OurRouterBeforeTheirs) {
  OldRouter old_router("old_router");
  TestTarget<> timer("timer", 0x1000);
  old_router.table = {{0x4000'0000, 0x1000, "timer"}};
  old_router.to_targets.bind(timer.socket);
  TestInitiator cpu("cpu");
  // guide: in front
  Container system{"system"};
  RamRegion ram{"ram", 64_MiB};
  TargetRegion everything_else{"old-router", kWholeSpace};  // their router, with the addresses that it knows
  AddressSpace memory{"memory", system};
  Router bus{"bus"};

  system.add(0, everything_else, Priority{-1});
  system.add(0x8000'0000, ram);
  everything_else.bind(old_router.from_cpu);
  bus.initiator("cpu", memory).bind(cpu.socket);
  // guide: end
  elaborate();
  EXPECT_EQ(cpu.store<std::uint32_t>(0x4000'0010, 7), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(timer.memory[0x10], 7);
  EXPECT_EQ(cpu.store<std::uint32_t>(0x8000'0010, 8), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(ram.memory().data[0x10], 8);
  EXPECT_EQ(cpu.store<std::uint32_t>(0x5000'0000, 9), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(Guide, OurRouterBehindTheirs) {
  OldRouter old_router("old_router");
  TestInitiator cpu("cpu");
  // guide: behind
  Container subsystem{"subsystem"};
  RamRegion ram{"ram", 1_MiB};
  AddressSpace memory{"memory", subsystem};
  Router bus{"bus"};

  subsystem.add(0, ram);
  old_router.table.push_back({0x6000'0000, 256_MiB, "subsystem"});
  bus.initiator("old-router", memory).bind(old_router.to_targets);  // one more way out of theirs
  // guide: end
  cpu.socket.bind(old_router.from_cpu);
  elaborate();
  EXPECT_EQ(cpu.store<std::uint32_t>(0x6000'0010, 7), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(ram.memory().data[0x10], 7);
}

TEST(Guide, TheirTableAsAMap) {
  const std::vector<OldRouter::Window> table{{0x4000'0000, 0x1000, "timer"}, {0x4000'1000, 0x1000, "uart"}};
  TestTarget<> timer("timer", 0x1000);
  TestTarget<> uart("uart", 0x1000);
  std::map<std::string, tlm::tlm_target_socket<>*> socket_of{{"timer", &timer.socket}, {"uart", &uart.socket}};
  TestInitiator cpu("cpu");
  // guide: table
  Container system{"system"};
  TargetMap targets{system};
  for (const auto& window : table) targets.add(window.first, window.size, window.name, *socket_of.at(window.name));
  // guide: end
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  bus.initiator("cpu", memory).bind(cpu.socket);
  elaborate();
  cpu.store<std::uint32_t>(0x4000'1010, 7);
  EXPECT_EQ(uart.memory[0x10], 7);
}

TEST(Guide, Rows) {
  Platform platform;
  auto& system = platform.system;
  TestInitiator dma("dma");
  // guide: rows
  TargetRegion window{"io-bus", 1_MiB};
  Container io{"io"};
  RamRegion buffer{"buffer", 4_KiB};
  AddressSpace io_space{"io", io};
  Router io_bus{"io_bus"};

  io.add(0x1000, buffer);
  system.add(0x2000'0000, window);
  window.bind(io_bus.initiator("system", io_space));  // the io bus's 0 is 0x2000'0000 here
  io_bus.initiator("dma", io_space).bind(dma.socket);
  // guide: end
  elaborate();
  EXPECT_EQ(platform.cpu.store<std::uint32_t>(0x2000'1000, 7), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(dma.load<std::uint32_t>(0x1000), 7u);
}

TEST(Guide, PciBar) {
  Platform platform;
  auto& system = platform.system;
  // guide: bar
  std::uint32_t scratch = 0;
  IoRegion bar{"bar0", 4_KiB,
               io_ops().read32([&](Address) { return scratch; }).write32([&](Address, std::uint32_t value) {
                 scratch = value;
               })};
  bar.set_enabled(false);
  system.add(0, bar, Priority{1});

  const auto guest_writes_bar = [&](std::uint32_t address, bool memory_enabled) {
    MapTransaction change;  // one change: initiators never see a half of it
    bar.set_enabled(false);
    bar.set_address(address & ~0xfffU);
    bar.set_enabled(memory_enabled);
  };
  // guide: end
  elaborate();
  std::uint32_t word = 0;
  EXPECT_EQ(platform.cpu.read(0xe000'0000, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  guest_writes_bar(0xe000'0008, true);
  EXPECT_EQ(platform.cpu.store<std::uint32_t>(0xe000'0000, 7), tlm::TLM_OK_RESPONSE);
  guest_writes_bar(0xf000'0008, true);
  EXPECT_EQ(platform.cpu.load<std::uint32_t>(0xf000'0000), 7u);
  EXPECT_EQ(platform.cpu.read(0xe000'0000, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(Guide, Watchpoints) {
  Platform platform;
  auto& memory = platform.memory;
  elaborate();
  ASSERT_TRUE(platform.cpu.ask_dmi(0x8000'0000, Direction::write).granted);
  // guide: watch
  std::vector<Address> writes;
  const Watchpoint stack_end(memory, {0x8000'1000, 0x8000'1003}, WatchFor::writes,
                             [&](const WatchHit& hit) { writes.push_back(hit.address); });
  // guide: end
  EXPECT_FALSE(platform.cpu.ask_dmi(0x8000'1000, Direction::write).granted);
  EXPECT_TRUE(platform.cpu.ask_dmi(0x8000'1004, Direction::write).granted);
  platform.cpu.store<std::uint32_t>(0x8000'1000, 1);
  platform.cpu.store<std::uint32_t>(0x8000'1004, 1);
  EXPECT_EQ(writes, std::vector<Address>{0x8000'1000});
}

TEST(Guide, Policies) {
  Platform platform;
  auto& memory = platform.memory;
  // guide: policy
  memory.policy().unmapped = AccessPolicy::Unmapped::ignore;  // or error, the default; or warn_once
  memory.policy().unmapped_byte = 0xff;
  memory.policy().ignore_rom_writes = true;
  // guide: end
  elaborate();
  EXPECT_EQ(platform.cpu.load<std::uint32_t>(0x1234), 0xffff'ffffu);
  platform.ram.set_readonly(true);
  EXPECT_EQ(platform.cpu.store<std::uint32_t>(0x8000'0000, 5), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(platform.ram.memory().data[0], 0);
}

TEST(Guide, ADefaultTarget) {
  Platform platform;
  auto& system = platform.system;
  TestTarget<> bus_error_unit("bus_error_unit", 0x1000);
  // guide: default target
  TargetRegion unclaimed{"unclaimed", kWholeSpace};
  system.add(0, unclaimed, Priority{-1000});  // below everything else
  unclaimed.bind(bus_error_unit.socket);
  // guide: end
  elaborate();
  platform.cpu.store<std::uint32_t>(0x40, 5);
  platform.cpu.store<std::uint32_t>(0x8000'0040, 6);
  EXPECT_EQ(bus_error_unit.memory[0x40], 5);
  EXPECT_EQ(platform.ram.memory().data[0x40], 6);
}

TEST(Guide, SecureAndNot) {
  Platform platform;
  auto& system = platform.system;
  auto& port = platform.port;
  // guide: secure
  Container secure_map{"secure"};
  AliasRegion everyone{"everyone", system, 0, kWholeSpace};  // the secure world sees all of the other one
  RamRegion keys{"keys", 4_KiB};
  AddressSpace secure{"secure", secure_map};

  secure_map.add(0, everyone, Priority{0});
  secure_map.add(0x1000'0000, keys, Priority{1});
  port.secure_space(secure);
  // guide: end
  elaborate();
  std::uint32_t word = 0x5ec;
  EXPECT_EQ(platform.cpu.write(0x1000'0000, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  tlm::tlm_generic_payload payload;
  sc_memory::testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0x1000'0000, &word, 4);
  // guide: secure access
  AttributesExtension origin;
  origin.attributes.secure = true;
  origin.attributes.requester = 3;
  payload.set_extension(&origin);
  // guide: end
  EXPECT_EQ(platform.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  payload.clear_extension(&origin);
  EXPECT_EQ(keys.memory().data[0], 0xec);
}

TEST(Guide, PrivateOverlays) {
  Platform platform;
  auto& system = platform.system;
  auto& bus = platform.bus;
  TestInitiator second("second");
  // guide: overlay
  Container view_of_second{"view-of-second"};
  AliasRegion shared{"shared", system, 0, kWholeSpace};
  RamRegion local_ram{"local-ram", 4_KiB};
  AddressSpace memory_of_second{"memory-of-second", view_of_second};

  view_of_second.add(0, shared, Priority{0});
  view_of_second.add(0x8000'0000, local_ram, Priority{1});  // hides the first page of the shared RAM, from it alone
  bus.initiator("second", memory_of_second).bind(second.socket);
  // guide: end
  elaborate();
  second.store<std::uint32_t>(0x8000'0000, 1);
  second.store<std::uint32_t>(0x8000'1000, 2);
  EXPECT_EQ(platform.ram.memory().data[0], 0);
  EXPECT_EQ(local_ram.memory().data[0], 1);
  EXPECT_EQ(platform.cpu.load<std::uint32_t>(0x8000'1000), 2u);
}

// guide: iommu
struct PageTable : Translator {
  explicit PageTable(AddressSpace& target) : memory(target) {}

  Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
    const auto page = pages.find(offset >> 12);
    return page == pages.end() ? Translation::fault(offset, 4_KiB)
                               : Translation::page(offset, 4_KiB, memory, page->second << 12, true, true);
  }
  void unmap(Address page) {
    pages.erase(page);
    region.notify_unmapped({page << 12, (page << 12) | 0xfff});  // takes back every pointer that came through
  }

  AddressSpace& memory;
  std::map<Address, Address> pages;
  IommuRegion region{"iommu", 4_GiB, *this};
};
// guide: end

TEST(Guide, Iommu) {
  Platform platform;
  auto& memory = platform.memory;
  auto& bus = platform.bus;
  TestInitiator device("device");
  // guide: behind an iommu
  PageTable iommu{memory};
  AddressSpace device_space{"device", iommu.region};
  bus.initiator("device", device_space).bind(device.socket);
  // guide: end
  elaborate();
  iommu.pages[5] = 0x80001;
  device.store<std::uint32_t>(0x5010, 7);
  EXPECT_EQ(platform.ram.memory().data[0x1010], 7);
  ASSERT_TRUE(device.ask_dmi(0x5000, Direction::read).granted);
  iommu.unmap(5);
  EXPECT_EQ(device.taken_invalidations(), (std::vector<AddressRange>{{0x5000, 0x5fff}}));
}

TEST(Guide, SwitchesOfDmi) {
  Platform platform;
  auto& ram = platform.ram;
  auto& port = platform.port;
  elaborate();
  // guide: no dmi
  ram.allow_direct_access(false);  // nobody gets a pointer into this region
  port.allow_dmi(false);           // this initiator gets none at all
  // guide: end
  EXPECT_FALSE(platform.cpu.ask_dmi(0x8000'0000, Direction::read).granted);
  port.allow_dmi(true);
  EXPECT_FALSE(platform.cpu.ask_dmi(0x8000'0000, Direction::read).granted);
  ram.allow_direct_access(true);
  EXPECT_TRUE(platform.cpu.ask_dmi(0x8000'0000, Direction::read).granted);
}

TEST(Guide, Checkers) {
  Platform platform;
  auto& memory = platform.memory;
  auto& bus = platform.bus;
  auto& ram = platform.ram;
  TestInitiator dma("dma");
  // guide: checkers
  ProtocolChecker<> protocol{"protocol"};     // either side breaks a rule of the base protocol
  CoherenceChecker<> coherence{"coherence"};  // a direct pointer is not what a transaction would do

  dma.socket.bind(protocol.target);
  protocol.initiator.bind(coherence.target);
  bus.initiator("dma", memory).bind(coherence.initiator);
  // guide: end
  elaborate();
  ASSERT_TRUE(dma.ask_dmi(0x8000'0000, Direction::write).granted);
  EXPECT_EQ(dma.store<std::uint32_t>(0x8000'0000, 1), tlm::TLM_OK_RESPONSE);
  ram.set_readonly(true);
  EXPECT_EQ(dma.taken_invalidations().size(), 1u);
  // guide: checked
  coherence.check();  // all pointers that are held, now; or check_every(period)
  const bool clean = protocol.count() == 0 && protocol.in_flight() == 0 && coherence.count() == 0;
  // guide: end
  EXPECT_TRUE(clean);
  // guide: stop at the first
  sc_core::sc_report_handler::set_actions(kProtocolMessage, sc_core::SC_WARNING,
                                          sc_core::SC_DISPLAY | sc_core::SC_THROW);
  // guide: end
  tlm::tlm_generic_payload payload;
  payload.set_read();
  EXPECT_THROW(dma.transport(payload), sc_core::sc_report) << "without data";
}

// guide: between
/// Between any two sockets: counts what passes, and lets the rest through as it is.
struct Counting : PassThrough {
  using PassThrough::PassThrough;
  unsigned transports = 0;

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    ++transports;
    PassThrough::b_transport(payload, delay);
  }
};
// guide: end

TEST(Guide, PassThrough) {
  Platform platform;
  auto& memory = platform.memory;
  auto& bus = platform.bus;
  TestInitiator dma("dma");
  // guide: counting
  BetweenSockets<Counting> counting{"counting"};
  dma.socket.bind(counting.target);
  bus.initiator("dma", memory).bind(counting.initiator);
  // guide: end
  elaborate();
  dma.store<std::uint32_t>(0x8000'0000, 1);
  EXPECT_TRUE(dma.ask_dmi(0x8000'0000, Direction::write).granted);
  EXPECT_EQ(counting.transports, 1u);
}

TEST(Guide, AbsoluteAddresses) {
  Platform platform;
  auto& system = platform.system;
  TestTarget<> old_device("old_device", 0x1000);
  Address seen = 0;
  old_device.on_transport = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    seen = payload.get_address();
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  old_device.on_dmi = [&](tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0x4000'0000);
    dmi.set_end_address(0x4000'0fff);
    dmi.set_dmi_ptr(old_device.memory.data());
    dmi.allow_read_write();
    return true;
  };
  // guide: absolute
  TargetRegion absolute{"old-device", kWholeSpace};  // what is an offset here is an address there
  AliasRegion window{"old-device-window", absolute, 0x4000'0000, 64_KiB};
  absolute.bind(old_device.socket);
  system.add(0x4000'0000, window);  // only this much of it shows, where it always was
  // guide: end
  elaborate();
  EXPECT_EQ(platform.cpu.store<std::uint32_t>(0x4000'0010, 1), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(seen, 0x4000'0010u);
  EXPECT_EQ(platform.cpu.ask_dmi(0x4000'0010, Direction::read).range(), (AddressRange{0x4000'0000, 0x4000'0fff}));
  EXPECT_EQ(platform.cpu.store<std::uint32_t>(0x4001'0000, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(Guide, WhoIsThere) {
  Platform platform;
  auto& memory = platform.memory;
  elaborate();
  // guide: who is there
  const FlatRange* const there = memory.view().find(0x8000'0010);
  std::cout << (there != nullptr ? describe(*there->region) : "nothing") << "\n";  // of one address
  std::cout << flat_text(memory);                                                  // of all of them
  // guide: end
  EXPECT_EQ(there->region, &platform.ram);
}

TEST(Guide, Reports) {
  // guide: reports
  sc_core::sc_report_handler::set_actions(kProtocolMessage, sc_core::SC_LOG | sc_core::SC_DISPLAY);
  sc_core::sc_report_handler::set_actions(kAccessMessage, sc_core::SC_DO_NOTHING);
  // guide: end
  Platform platform;
  platform.memory.policy().unmapped = AccessPolicy::Unmapped::warn_once;
  elaborate();
  std::uint32_t word = 0;
  EXPECT_EQ(platform.cpu.read(0x40, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(sc_core::sc_report_handler::get_count(kAccessMessage), 1);
}

}  // namespace
