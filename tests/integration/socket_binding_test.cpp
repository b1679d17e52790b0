// Sockets of other libraries, of every width, direct and through the sockets of parent modules, and routers in a row.
#include <gtest/gtest.h>
#include <memory>
#include <sc_memory/sc_memory.h>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "tests/tlm/test_bench.h"

namespace {

using namespace sc_memory;
using namespace sc_memory::literals;
using sc_memory::testing::prepare;
using sc_memory::testing::TestInitiator;
using sc_memory::testing::TestTarget;

using Ranges = std::vector<AddressRange>;

/// What a target of any library does here: 4 KiB of memory, DMI to it, and taking it back.
struct Memory {
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(4_KiB);

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    payload.set_response_status(debug(payload) == payload.get_data_length() ? tlm::TLM_OK_RESPONSE
                                                                            : tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  unsigned debug(tlm::tlm_generic_payload& payload) {
    if (payload.get_address() + payload.get_data_length() > bytes.size()) return 0;
    std::uint8_t* const at = bytes.data() + payload.get_address();
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), at, payload.get_data_length());
    if (payload.is_write()) std::memcpy(at, payload.get_data_ptr(), payload.get_data_length());
    return payload.get_data_length();
  }
  bool dmi(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0);
    dmi.set_end_address(bytes.size() - 1);
    dmi.set_dmi_ptr(bytes.data());
    dmi.allow_read_write();
    return true;
  }
};

template <typename Socket>
struct OneToOneTarget : sc_core::sc_module, Memory {
  explicit OneToOneTarget(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(static_cast<Memory*>(this), &Memory::b_transport);
    socket.register_transport_dbg(static_cast<Memory*>(this), &Memory::debug);
    socket.register_get_direct_mem_ptr(static_cast<Memory*>(this), &Memory::dmi);
  }
  void take_back(Address first, Address last) { socket->invalidate_direct_mem_ptr(first, last); }
  Socket socket{"socket"};
};
template <unsigned width>
using SimpleTarget = OneToOneTarget<tlm_utils::simple_target_socket<Memory, width>>;
using PassthroughTarget = OneToOneTarget<tlm_utils::passthrough_target_socket<Memory>>;

struct MultiTarget : sc_core::sc_module, Memory {
  explicit MultiTarget(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(this, &MultiTarget::tagged_transport);
    socket.register_transport_dbg(this, &MultiTarget::tagged_debug);
    socket.register_get_direct_mem_ptr(this, &MultiTarget::tagged_dmi);
  }
  void tagged_transport(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    b_transport(payload, delay);
  }
  unsigned tagged_debug(int, tlm::tlm_generic_payload& payload) { return debug(payload); }
  bool tagged_dmi(int, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& answer) { return dmi(payload, answer); }
  void take_back(Address first, Address last) {
    for (unsigned i = 0; i < socket.size(); ++i) socket[static_cast<int>(i)]->invalidate_direct_mem_ptr(first, last);
  }
  tlm_utils::multi_passthrough_target_socket<MultiTarget> socket{"socket"};
};

struct SimpleInitiator : sc_core::sc_module {
  explicit SimpleInitiator(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &SimpleInitiator::invalidate);
  }
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) { taken_back.push_back({first, last}); }
  tlm_utils::simple_initiator_socket<SimpleInitiator, 64> socket{"socket"};
  Ranges taken_back;
};

struct MultiInitiator : sc_core::sc_module {
  explicit MultiInitiator(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &MultiInitiator::invalidate);
  }
  void invalidate(int way, sc_dt::uint64 first, sc_dt::uint64 last) { taken_back.at(way).push_back({first, last}); }
  tlm_utils::multi_passthrough_initiator_socket<MultiInitiator> socket{"socket"};
  std::vector<Ranges> taken_back = std::vector<Ranges>(2);
};

tlm::tlm_response_status store(tlm::tlm_fw_transport_if<>& way, Address address, std::uint32_t value) {
  tlm::tlm_generic_payload payload;
  prepare(payload, tlm::TLM_WRITE_COMMAND, address, &value, sizeof value);
  sc_core::sc_time delay;
  way.b_transport(payload, delay);
  return payload.get_response_status();
}

bool ask_dmi(tlm::tlm_fw_transport_if<>& way, Address address, tlm::tlm_dmi& dmi) {
  tlm::tlm_generic_payload payload;
  prepare(payload, tlm::TLM_READ_COMMAND, address, nullptr, 0);
  return way.get_direct_mem_ptr(payload, dmi);
}

std::uint32_t word_at(const std::vector<std::uint8_t>& bytes, std::size_t offset) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

void elaborate() { sc_core::sc_start(sc_core::SC_ZERO_TIME); }

/// The target is mapped at 0x10000; transactions, debug, DMI and what is taken back go through.
template <typename Target>
void check_target(Target& target, const std::vector<std::uint8_t>& bytes, std::function<void()> take_back) {
  Container system{"system"};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  TargetRegion region{"target", 4_KiB};
  TestInitiator cpu{"cpu"};
  system.add(0x1'0000, region);
  region.bind(target.socket);
  bus.initiator("cpu", memory).bind(cpu.socket);
  elaborate();

  EXPECT_EQ(cpu.store<std::uint32_t>(0x1'0008, 0xfeed'0001), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word_at(bytes, 8), 0xfeed'0001u);
  std::uint32_t word = 0;
  EXPECT_EQ(cpu.debug_read(0x1'0008, &word, 4), 4u);
  EXPECT_EQ(word, 0xfeed'0001u);
  const auto dmi = cpu.ask_dmi(0x1'0008, Direction::write);
  ASSERT_TRUE(dmi.granted);
  EXPECT_EQ(dmi.at(0x1'0008), bytes.data() + 8);
  take_back();
  EXPECT_EQ(cpu.taken_invalidations(), (Ranges{{0x1'0000, 0x1'0fff}}));
}

TEST(TargetSockets, Plain32) {
  TestTarget<32> target("target", 4_KiB);
  check_target(target, target.memory, [&] { target.socket->invalidate_direct_mem_ptr(0, 4_KiB - 1); });
}
TEST(TargetSockets, Plain512) {
  TestTarget<512> target("target", 4_KiB);
  check_target(target, target.memory, [&] { target.socket->invalidate_direct_mem_ptr(0, 4_KiB - 1); });
}
TEST(TargetSockets, Simple32) {
  SimpleTarget<32> target("target");
  check_target(target, target.bytes, [&] { target.take_back(0, 4_KiB - 1); });
}
TEST(TargetSockets, Simple8) {
  SimpleTarget<8> target("target");
  check_target(target, target.bytes, [&] { target.take_back(0, 4_KiB - 1); });
}

TEST(TargetSockets, Passthrough) {
  PassthroughTarget target("target");
  check_target(target, target.bytes, [&] { target.take_back(0, 4_KiB - 1); });
}
TEST(TargetSockets, MultiPassthrough) {
  MultiTarget target("target");
  check_target(target, target.bytes, [&] { target.take_back(0, 4_KiB - 1); });
}

/// A module whose socket is its child's.
struct TargetShell : sc_core::sc_module {
  explicit TargetShell(sc_core::sc_module_name name) : sc_module(name) { socket.bind(inner.socket); }
  SimpleTarget<32> inner{"inner"};
  tlm::tlm_target_socket<> socket{"socket"};
};
TEST(TargetSockets, OfAParentModule) {
  TargetShell shell("shell");
  check_target(shell, shell.inner.bytes, [&] { shell.inner.take_back(0, 4_KiB - 1); });
}

/// A target of several: two regions of a map lead to the same multi-socket, each by its own way.
TEST(TargetSockets, TwoRegionsShareAMultiSocket) {
  Container system{"system"};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  TargetRegion low{"low", 4_KiB};
  TargetRegion high{"high", 4_KiB};
  MultiTarget target("target");
  TestInitiator cpu{"cpu"};
  system.add(0x1'0000, low);
  system.add(0x8'0000, high);
  low.bind(target.socket);
  high.bind(target.socket);
  bus.initiator("cpu", memory).bind(cpu.socket);
  elaborate();
  ASSERT_EQ(target.socket.size(), 2u);
  cpu.store<std::uint32_t>(0x8'0010, 7);
  EXPECT_EQ(cpu.load<std::uint32_t>(0x1'0010), 7u);
  ASSERT_TRUE(cpu.ask_dmi(0x1'0000, Direction::read).granted);
  ASSERT_TRUE(cpu.ask_dmi(0x8'0000, Direction::read).granted);
  target.take_back(0x100, 0x1ff);
  EXPECT_EQ(cpu.taken_invalidations(), (Ranges{{0x1'0100, 0x1'01ff}, {0x8'0100, 0x8'01ff}}));
}

/// A map of one RAM and a router, for the initiators.
struct RamBench {
  Container system{"system"};
  RamRegion ram{"ram", 64_KiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  RamBench() { system.add(0x1'0000, ram); }
};

TEST(InitiatorSockets, SimpleOf64Bits) {
  RamBench bench;
  SimpleInitiator cpu("cpu");
  bench.bus.initiator("cpu", bench.memory).bind(cpu.socket);
  elaborate();
  EXPECT_EQ(store(*cpu.socket.operator->(), 0x1'0004, 5), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.ram.memory().data[4], 5);
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(ask_dmi(*cpu.socket.operator->(), 0x1'0000, dmi));
  bench.ram.set_enabled(false);
  EXPECT_EQ(cpu.taken_back, (Ranges{{0x1'0000, 0x1'ffff}}));
}

TEST(InitiatorSockets, AMultiSocketLooksAtTwoSpaces) {
  RamBench bench;
  Container other_root{"other"};
  RamRegion other_ram{"other-ram", 4_KiB};
  other_root.add(0, other_ram);
  AddressSpace other{"other", other_root};
  MultiInitiator cpu("cpu");
  bench.bus.initiator("cpu", bench.memory).bind(cpu.socket);
  bench.bus.initiator("cpu-other", other).bind(cpu.socket);
  elaborate();
  EXPECT_EQ(store(*cpu.socket[0], 0x1'0000, 1), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(store(*cpu.socket[1], 0, 2), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.ram.memory().data[0], 1);
  EXPECT_EQ(other_ram.memory().data[0], 2);
  tlm::tlm_dmi dmi;
  ASSERT_TRUE(ask_dmi(*cpu.socket[0], 0x1'0000, dmi));
  ASSERT_TRUE(ask_dmi(*cpu.socket[1], 0, dmi));
  other_ram.set_enabled(false);
  EXPECT_EQ(cpu.taken_back, (std::vector<Ranges>{{}, {{0, 4_KiB - 1}}}));
}

/// A module that exposes its child's initiator socket as its own.
struct InitiatorShell : sc_core::sc_module {
  explicit InitiatorShell(sc_core::sc_module_name name) : sc_module(name) { inner.socket.bind(socket); }
  TestInitiator inner{"inner"};
  tlm::tlm_initiator_socket<> socket{"socket"};
};
TEST(InitiatorSockets, OfAParentModule) {
  RamBench bench;
  InitiatorShell shell("shell");
  bench.bus.initiator("cpu", bench.memory).bind(shell.socket);
  elaborate();
  EXPECT_EQ(shell.inner.store<std::uint32_t>(0x1'0000, 9), tlm::TLM_OK_RESPONSE);
  ASSERT_TRUE(shell.inner.ask_dmi(0x1'0000, Direction::read).granted);
  bench.ram.set_enabled(false);
  EXPECT_EQ(shell.inner.taken_invalidations(), (Ranges{{0x1'0000, 0x1'ffff}}));
}

/// A subsystem with a map of its own: reached through its target socket, reaching out through its initiator socket.
struct Subsystem : sc_core::sc_module {
  tlm::tlm_target_socket<> from_outside{"from_outside"};
  tlm::tlm_initiator_socket<> to_outside{"to_outside"};
  Container system{"system"};
  RamRegion ram{"ram", 4_KiB};
  TargetRegion outside{"outside", 64_KiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};

  explicit Subsystem(sc_core::sc_module_name name) : sc_module(name) {
    system.add(0x0'0000, ram);
    system.add(0x1'0000, outside);
    outside.bind(to_outside);
    bus.initiator("outside", memory).bind(from_outside);
  }
};

TEST(Hierarchy, ASubsystemIsReachedByItsSocketsAlone) {
  auto subsystem = std::make_unique<Subsystem>("subsystem");
  TestTarget<32> target("target", 64_KiB);
  auto cpu = std::make_unique<TestInitiator>("cpu");
  cpu->socket.bind(subsystem->from_outside);
  subsystem->to_outside.bind(target.socket);
  elaborate();

  cpu->store<std::uint32_t>(0x10, 3);
  cpu->store<std::uint32_t>(0x1'0020, 4);
  EXPECT_EQ(subsystem->ram.memory().data[0x10], 3);
  EXPECT_EQ(word_at(target.memory, 0x20), 4u);
  ASSERT_TRUE(cpu->ask_dmi(0x0, Direction::read).granted);
  ASSERT_TRUE(cpu->ask_dmi(0x1'0000, Direction::read).granted);
  target.socket->invalidate_direct_mem_ptr(0x100, 0x1ff);
  subsystem->ram.set_enabled(false);
  EXPECT_EQ(cpu->taken_invalidations(), (Ranges{{0x1'0100, 0x1'01ff}, {0x0, 0xfff}}));

  // The initiator goes first, holding a pointer: nobody calls it when the rest follows.
  ASSERT_TRUE(cpu->ask_dmi(0x1'0800, Direction::read).granted);
  cpu.reset();
  subsystem.reset();
}

/// Two routers in a row, and a third: each has a map of its own.
struct ThreeBuses : sc_core::sc_module {
  TestInitiator cpu{"cpu"};
  TestTarget<64> device{"device", 4_KiB};

  Container leaf_map{"leaf"};
  TargetRegion device_region{"device", 4_KiB};
  RamRegion leaf_ram{"leaf-ram", 4_KiB};
  AddressSpace leaf_space{"leaf", leaf_map};
  Router leaf_bus{"leaf_bus"};

  Container io_map{"io"};
  TargetRegion to_leaf{"to-leaf", 64_KiB};
  AddressSpace io_space{"io", io_map};
  Router io_bus{"io_bus"};

  Container system{"system"};
  TargetRegion to_io{"to-io", 1_MiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};

  explicit ThreeBuses(sc_core::sc_module_name name) : sc_module(name) {
    leaf_map.add(0x0000, leaf_ram);
    leaf_map.add(0x4000, device_region);
    io_map.add(0x2'0000, to_leaf);
    system.add(0x1000'0000, to_io);
    device_region.bind(device.socket);
    to_leaf.bind(leaf_bus.initiator("io", leaf_space));
    to_io.bind(io_bus.initiator("system", io_space));
    bus.initiator("cpu", memory).bind(cpu.socket);
  }
};

TEST(RoutersInARow, AccessesDmiAndInvalidationsGoThroughAll) {
  ThreeBuses platform("platform");
  TestInitiator& cpu = platform.cpu;
  elaborate();
  constexpr Address leaf = 0x1002'0000;
  cpu.store<std::uint32_t>(leaf + 0x4010, 0xabcd);
  EXPECT_EQ(word_at(platform.device.memory, 0x10), 0xabcdu);
  EXPECT_EQ(cpu.address_after, leaf + 0x4010);
  EXPECT_EQ(cpu.load<std::uint32_t>(leaf + 0x4010), 0xabcdu);
  cpu.load<std::uint32_t>(leaf + 0x2000);
  EXPECT_EQ(cpu.last_response, tlm::TLM_ADDRESS_ERROR_RESPONSE);

  const auto ram = cpu.ask_dmi(leaf + 0x10, Direction::write);
  ASSERT_TRUE(ram.granted);
  EXPECT_EQ(ram.range(), (AddressRange{leaf, leaf + 0xfff}));
  EXPECT_EQ(ram.at(leaf), platform.leaf_ram.memory().data);
  platform.leaf_ram.set_enabled(false);
  EXPECT_EQ(cpu.taken_invalidations(), (Ranges{{leaf, leaf + 0xfff}}));
}

TEST(RoutersInARow, MovingTheOuterWindowTakesBackWhatCameThroughIt) {
  ThreeBuses platform("platform");
  TestInitiator& cpu = platform.cpu;
  elaborate();
  ASSERT_TRUE(cpu.ask_dmi(0x1002'0000, Direction::read).granted);
  platform.to_io.set_address(0x2000'0000);
  EXPECT_EQ(cpu.taken_invalidations(), (Ranges{{0x1002'0000, 0x1002'0fff}}));
  EXPECT_TRUE(cpu.ask_dmi(0x2002'0000, Direction::read).granted);
}

}  // namespace
