// Invalidations while the simulation does not run: initiators that are there hear of them, through any hierarchy of
// sockets, and those that are being taken apart do not.
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <vector>

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "sc_memory/tlm/coherence_checker.h"
#include "sc_memory/tlm/dmi_cache.h"

#include "tests/tlm/test_bench.h"

namespace sc_memory::testing {
namespace {

constexpr AddressRange kRam{0x1000, 0x1fff};

/// Remembers what it hears, by the sockets of tlm_utils.
struct HearingCpu : sc_core::sc_module {
  explicit HearingCpu(const sc_core::sc_module_name& name) : sc_module(name) {}
  void hear(int, sc_dt::uint64 first, sc_dt::uint64 last) { heard.push_back({first, last}); }
  void hear_simple(sc_dt::uint64 first, sc_dt::uint64 last) { heard.push_back({first, last}); }
  std::vector<AddressRange> heard;
};

struct MultiCpu : HearingCpu {
  explicit MultiCpu(const sc_core::sc_module_name& name) : HearingCpu(name) {
    socket.register_invalidate_direct_mem_ptr(this, &HearingCpu::hear);
  }
  tlm_utils::multi_passthrough_initiator_socket<HearingCpu> socket{"socket"};
  tlm::tlm_fw_transport_if<>& out() { return *socket[0]; }
};

struct SimpleCpu : HearingCpu {
  explicit SimpleCpu(const sc_core::sc_module_name& name) : HearingCpu(name) {
    socket.register_invalidate_direct_mem_ptr(this, &HearingCpu::hear_simple);
  }
  tlm_utils::simple_initiator_socket<HearingCpu> socket{"socket"};
  tlm::tlm_fw_transport_if<>& out() { return *socket.operator->(); }
};

struct PlainCpu : TestInitiator {
  explicit PlainCpu(const sc_core::sc_module_name& name) : TestInitiator(sc_core::sc_module_name(name)) {}
  tlm::tlm_fw_transport_if<>& out() { return *socket.operator->(); }
  const std::vector<AddressRange>& heard = invalidations;
};

/// An initiator within modules, each of which has a socket of its own for it.
template <typename Cpu, typename Outer>
struct Cluster : sc_core::sc_module {
  explicit Cluster(const sc_core::sc_module_name& name) : sc_module(name) { cpu.socket.bind(socket); }
  Cpu cpu{"cpu"};
  Outer socket{"socket"};
  tlm::tlm_fw_transport_if<>& out() { return cpu.out(); }
};

/// A router within modules, each of which has a target socket of its own.
struct Bus : sc_core::sc_module {
  Bus(const sc_core::sc_module_name& name, AddressSpace& space) : sc_module(name) {
    router.initiator("port", space).bind(socket);
  }
  Router router{"router"};
  tlm::tlm_target_socket<> socket{"socket"};
};
struct Subsystem : sc_core::sc_module {
  Subsystem(const sc_core::sc_module_name& name, AddressSpace& space) : sc_module(name), bus("bus", space) {
    socket.bind(bus.socket);
  }
  Bus bus;
  tlm::tlm_target_socket<> socket{"socket"};
};

tlm::tlm_dmi ask(tlm::tlm_fw_transport_if<>& out) {
  tlm::tlm_generic_payload payload;
  prepare(payload, tlm::TLM_READ_COMMAND, kRam.first, nullptr, 0);
  tlm::tlm_dmi dmi;
  EXPECT_TRUE(out.get_direct_mem_ptr(payload, dmi));
  return dmi;
}

/// Takes pointers back between two sc_start(), and after sc_stop().
template <typename Side, typename Cpu>
void expect_heard_while_paused(Side& side, const Cpu& cpu, RamRegion& ram) {
  ask(side.out());
  EXPECT_TRUE(cpu.heard.empty());
  ram.set_enabled(false);
  EXPECT_EQ(cpu.heard, (std::vector<AddressRange>{kRam})) << "paused";
  ram.set_enabled(true);
  sc_core::sc_start(1, sc_core::SC_NS);
  ask(side.out());
  sc_core::sc_stop();
  const std::size_t before = cpu.heard.size();
  ram.set_enabled(false);
  EXPECT_EQ(cpu.heard.size(), before + 1) << "stopped";
}

template <typename Cpu>
struct Platform {
  Platform() { system.add(kRam.first, ram); }
  Container system{"system"};
  RamRegion ram{"ram", kRam.size()};
  AddressSpace space{"memory", system};
};

template <typename Cpu, typename Target>
void check_directly() {
  OpenModule top;
  {
    Platform<Cpu> platform;
    Target target("target", platform.space);
    Cpu cpu("cpu");
    cpu.socket.bind(target.socket);
    top.close();
    sc_core::sc_start(1, sc_core::SC_NS);
    expect_heard_while_paused(cpu, cpu, platform.ram);
  }
}

template <typename Cpu, typename Outer, typename Target>
void check_in_cluster() {
  OpenModule top;
  Platform<Cpu> platform;
  Target target("target", platform.space);
  Cluster<Cpu, Outer> cluster("cluster");
  cluster.socket.bind(target.socket);
  top.close();
  sc_core::sc_start(1, sc_core::SC_NS);
  expect_heard_while_paused(cluster, cluster.cpu, platform.ram);
}

using MultiOuter = tlm_utils::multi_passthrough_initiator_socket<sc_core::sc_module>;

TEST(PausedInvalidation, ReachesAMultiSocketThroughATargetSocket) { check_directly<MultiCpu, Bus>(); }
TEST(PausedInvalidation, ReachesAMultiSocketThroughTwoTargetSockets) { check_directly<MultiCpu, Subsystem>(); }
TEST(PausedInvalidation, ReachesASimpleSocketThroughATargetSocket) { check_directly<SimpleCpu, Bus>(); }
TEST(PausedInvalidation, ReachesASimpleSocketThroughTwoTargetSockets) { check_directly<SimpleCpu, Subsystem>(); }
TEST(PausedInvalidation, ReachesAPlainSocketThroughATargetSocket) { check_directly<PlainCpu, Bus>(); }
TEST(PausedInvalidation, ReachesAPlainSocketThroughTwoTargetSockets) { check_directly<PlainCpu, Subsystem>(); }
TEST(PausedInvalidation, ReachesAPlainSocketInAModule) {
  check_in_cluster<PlainCpu, tlm::tlm_initiator_socket<>, Subsystem>();
}
TEST(PausedInvalidation, ReachesASimpleSocketInAModule) {
  check_in_cluster<SimpleCpu, tlm::tlm_initiator_socket<>, Subsystem>();
}

TEST(PausedInvalidation, IsNotForAnInitiatorThatIsGone) {
  OpenModule top;
  Platform<MultiCpu> platform;
  Subsystem target("target", platform.space);
  auto cpu = std::make_unique<MultiCpu>("cpu");
  cpu->socket.bind(target.socket);
  top.close();
  sc_core::sc_start(1, sc_core::SC_NS);
  ask(cpu->out());
  cpu.reset();
  platform.ram.set_enabled(false);
}

/// An initiator with memory of its own, which goes after what it knows of it.
struct TightlyCoupled : sc_core::sc_module, tlm::tlm_bw_transport_if<> {
  TightlyCoupled(const sc_core::sc_module_name& name, Container& system, int& told)
      : sc_module(name), told_(told), cache(std::in_place, socket) {
    socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    system.add(kRam.first, tcm);
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
    ++told_;
    ASSERT_TRUE(cache.has_value()) << "the cache is gone";
    cache->invalidate({first, last});
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_COMPLETED;
  }
  int& told_;
  tlm::tlm_initiator_socket<> socket{"socket"};
  RamRegion tcm{"tcm", kRam.size()};
  std::optional<DmiCache> cache;
};

TEST(Teardown, AnInitiatorIsNotToldOnceItsCacheIsGone) {
  int told = 0;
  OpenModule top;
  Container system("system");
  AddressSpace space("memory", system);
  Router router("router");
  auto cpu = std::make_unique<TightlyCoupled>("cpu", system, told);
  router.initiator("cpu", space).bind(cpu->socket);
  top.close();
  sc_core::sc_start(1, sc_core::SC_NS);
  EXPECT_NE(cpu->cache->request(kRam.first, Direction::read).data, nullptr);
  cpu.reset();
  EXPECT_EQ(told, 0);
}

TEST(Teardown, AnInitiatorBehindACheckerIsNotToldOnceItsCacheIsGone) {
  int told = 0;
  OpenModule top;
  Container system("system");
  AddressSpace space("memory", system);
  Router router("router");
  CoherenceChecker<> checker("checker");
  auto cpu = std::make_unique<TightlyCoupled>("cpu", system, told);
  cpu->socket.bind(checker.target);
  router.initiator("cpu", space).bind(checker.initiator);
  top.close();
  sc_core::sc_start(1, sc_core::SC_NS);
  EXPECT_NE(cpu->cache->request(kRam.first, Direction::read).data, nullptr);
  cpu.reset();
  EXPECT_EQ(told, 0);
}

TEST(Teardown, AnInitiatorThatReplacesItsCacheIsTold) {
  int told = 0;
  OpenModule top;
  Container system("system");
  AddressSpace space("memory", system);
  Router router("router");
  TightlyCoupled cpu("cpu", system, told);
  router.initiator("cpu", space).bind(cpu.socket);
  top.close();
  sc_core::sc_start(1, sc_core::SC_NS);
  cpu.cache.emplace(cpu.socket);
  EXPECT_NE(cpu.cache->request(kRam.first, Direction::read).data, nullptr);
  cpu.tcm.set_enabled(false);
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace sc_memory::testing
