// Binding anybody's targets and initiators, of any width and kind of socket.
#include "sc_memory/tlm/target_region.h"

#include <gtest/gtest.h>

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sc_memory/map/map_error.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/target_map.h"

#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::ReportCounter;
using testing::TargetBench;
using testing::TestTarget;

struct SimpleTarget : sc_core::sc_module {
  explicit SimpleTarget(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(this, &SimpleTarget::transport);
  }
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    std::fill_n(payload.get_data_ptr(), payload.get_data_length(), std::uint8_t{0x51});
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  tlm_utils::simple_target_socket<SimpleTarget> socket{"socket"};
};

struct MultiTarget : sc_core::sc_module {
  explicit MultiTarget(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(this, &MultiTarget::transport);
    socket.register_get_direct_mem_ptr(this, &MultiTarget::dmi);
  }
  void transport(int id, tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    std::fill_n(payload.get_data_ptr(), payload.get_data_length(), static_cast<std::uint8_t>(0xa0 + id));
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  bool dmi(int, tlm::tlm_generic_payload&, tlm::tlm_dmi& answer) {
    answer.set_start_address(0);
    answer.set_end_address(0xff);
    answer.set_dmi_ptr(memory);
    answer.allow_read_write();
    return true;
  }
  std::uint8_t memory[0x100] = {};
  tlm_utils::multi_passthrough_target_socket<MultiTarget> socket{"socket"};
};

TEST(TargetRegion, BindsEveryWidth) {
  Bench bench;
  TestTarget<32> t32("t32", 0x100);
  TestTarget<64> t64("t64", 0x100);
  TestTarget<128> t128("t128", 0x100);
  TestTarget<256> t256("t256", 0x100);
  TestTarget<512> t512("t512", 0x100);
  TargetRegion regions[5] = {{"r32", 0x100}, {"r64", 0x100}, {"r128", 0x100}, {"r256", 0x100}, {"r512", 0x100}};
  regions[0].bind(t32.socket);
  regions[1].bind(t64.socket);
  regions[2].bind(t128.socket);
  regions[3].bind(t256.socket);
  regions[4].bind(t512.socket);
  std::vector<std::uint8_t>* memories[5] = {&t32.memory, &t64.memory, &t128.memory, &t256.memory, &t512.memory};
  for (unsigned i = 0; i < 5; ++i) bench.system.add(0x1000 * i, regions[i]);
  bench.start();
  for (unsigned i = 0; i < 5; ++i) {
    EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x1000 * i + 4, 0x77 + i), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ((*memories[i])[4], 0x77 + i);
  }
}

TEST(TargetRegion, BindsUtilitySocketsOfTargets) {
  Bench bench;
  SimpleTarget simple("simple");
  MultiTarget multi("multi");
  TargetRegion first("first", 0x100);
  TargetRegion second("second", 0x100);
  TargetRegion third("third", 0x100);
  first.bind(simple.socket);
  second.bind(multi.socket);
  third.bind(multi.socket);
  bench.system.add(0x1000, first);
  bench.system.add(0x2000, second);
  bench.system.add(0x3000, third);
  bench.start();
  EXPECT_EQ(bench.cpu.load<std::uint8_t>(0x1000), 0x51);
  EXPECT_EQ(bench.cpu.load<std::uint8_t>(0x2000), 0xa0);
  EXPECT_EQ(bench.cpu.load<std::uint8_t>(0x3000), 0xa1);
  ASSERT_TRUE(bench.cpu.ask_dmi(0x2000, Direction::read).granted);
  ASSERT_TRUE(bench.cpu.ask_dmi(0x3000, Direction::read).granted);
  multi.socket[1]->invalidate_direct_mem_ptr(0, 0xff);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x3000, 0x30ff}}));
  EXPECT_FALSE(bench.cpu.ask_dmi(0x1000, Direction::read).granted) << "no DMI function is registered";
}

struct SimpleInitiator : sc_core::sc_module {
  explicit SimpleInitiator(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &SimpleInitiator::invalidate);
  }
  void invalidate(sc_dt::uint64, sc_dt::uint64) { ++invalidations; }
  int invalidations = 0;
  tlm_utils::simple_initiator_socket<SimpleInitiator, 64> socket{"socket"};
};

struct MultiInitiator : sc_core::sc_module {
  explicit MultiInitiator(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &MultiInitiator::invalidate);
  }
  void invalidate(int id, sc_dt::uint64, sc_dt::uint64) { last_id = id; }
  int last_id = -1;
  tlm_utils::multi_passthrough_initiator_socket<MultiInitiator, 128> socket{"socket"};
};

template <typename Interface>
std::uint8_t* ask(Interface& forward, Address address) {
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_READ_COMMAND, address, nullptr, 0);
  tlm::tlm_dmi dmi;
  return forward.get_direct_mem_ptr(payload, dmi) ? dmi.get_dmi_ptr() : nullptr;
}

TEST(InitiatorPortBinding, BindsUtilitySocketsOfInitiatorsOfSeveralWidths) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  SimpleInitiator simple("simple");
  MultiInitiator multi("multi");
  bench.bus.initiator("simple", bench.space).bind(simple.socket);
  bench.bus.initiator("multi-0", bench.space).bind(multi.socket);
  bench.bus.initiator("multi-1", bench.space).bind(multi.socket);
  bench.start();
  EXPECT_EQ(ask(*simple.socket.operator->(), 0), ram.memory().data);
  EXPECT_EQ(ask(*multi.socket[1], 0), ram.memory().data);
  ram.set_enabled(false);
  EXPECT_EQ(simple.invalidations, 1);
  EXPECT_EQ(multi.last_id, 1);
  EXPECT_TRUE(bench.cpu.invalidations.empty());
}

TEST(InitiatorPortBinding, ASecondInitiatorOnAPortIsAnErrorReport) {
  Bench bench;
  testing::TestInitiator other("other");
  EXPECT_THROW(bench.port().bind(other.socket), sc_core::sc_report);
}

TEST(InitiatorPortBinding, PortNamesAreUnique) {
  Bench bench;
  EXPECT_THROW(bench.bus.initiator("cpu", bench.space), sc_core::sc_report);
}

TEST(TargetRegion, ASecondTargetIsAnErrorReport) {
  testing::OpenModule platform;
  TestTarget<> first("first", 0x10);
  TestTarget<> second("second", 0x10);
  TargetRegion region("region", 0x10);
  region.bind(first.socket);
  EXPECT_THROW(region.bind(second.socket), sc_core::sc_report);
}

TEST(TargetRegion, ServesAccessesThatComeWithoutARouter) {
  TargetBench bench(0x1000, 0x100);
  bench.start();
  const std::uint8_t out[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  EXPECT_EQ(bench.space.write(0x1001, out, 11), AccessResult::ok);
  EXPECT_EQ(std::memcmp(&bench.target.memory[1], out, 11), 0);
  for (const auto& transaction : bench.target.seen) EXPECT_EQ(transaction.address % transaction.length, 0u);
  std::uint8_t in[11] = {};
  EXPECT_EQ(bench.space.read(0x1001, in, 11), AccessResult::ok);
  EXPECT_EQ(std::memcmp(in, out, 11), 0);
}

TEST(TargetRegion, MisbehaviourOnPlainAccessesIsAnErrorToo) {
  TargetBench bench(0x1000, 0x100);
  bench.start();
  ReportCounter reports(kProtocolMessage);
  bench.target.on_transport = [](auto&, auto&) { throw std::runtime_error("broken"); };
  std::uint32_t word = 0;
  EXPECT_EQ(bench.space.read(0x1000, &word, 4), AccessResult::device_error);
  bench.target.on_transport = [](auto&, auto&) {};
  EXPECT_EQ(bench.space.read(0x1000, &word, 4), AccessResult::device_error);
  EXPECT_EQ(reports.count(), 1);
}

TEST(TargetMap, ATargetMayLieOverAnotherIfItIsSaid) {
  Bench bench;
  TestTarget<> below("below", 0x1000);
  TestTarget<> above("above", 0x1000);
  TestTarget<> plain("plain", 0x1000);
  TestTarget<> stray("stray", 0x1000);
  TargetMap map(bench.system);
  map.add(0x1000, 0x1000, "below", below.socket, Priority{0});
  TargetRegion& region = map.add(0x1800, 0x100, "above", above.socket, Priority{1});
  map.add(0x7000, 0x1000, "plain", plain.socket);
  EXPECT_THROW(map.add(0x7800, 0x1000, "stray", stray.socket), MapError);
  map.add(0x8000, 0x1000, "stray", stray.socket);
  bench.start();
  bench.cpu.store<std::uint32_t>(0x1804, 1);
  EXPECT_EQ(above.memory[4], 1);
  region.set_enabled(false);
  bench.cpu.store<std::uint32_t>(0x1804, 2);
  EXPECT_EQ(below.memory[0x804], 2);
  bench.cpu.store<std::uint32_t>(0x8004, 3);
  EXPECT_EQ(stray.memory[4], 3);
}

TEST(TargetRegion, MayOutliveTheMap) {
  auto region = std::make_unique<TargetRegion>("region", 0x100);
  {
    Bench bench;
    TestTarget<> target("target", 0x100);
    region->bind(target.socket);
    bench.system.add(0, *region);
    bench.start();
    EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::read).granted);
  }
  EXPECT_EQ(region->parent(), nullptr);
  region.reset();
}

}  // namespace
}  // namespace sc_memory
