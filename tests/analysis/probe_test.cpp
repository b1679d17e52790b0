// Probes: what they see, what they take back, what they give back.
#include "sc_memory/analysis/probe.h"

#include <gtest/gtest.h>

#include "sc_memory/tlm/coherence_checker.h"

#include "tests/analysis/collectors.h"
#include "tests/map/test_device.h"
#include "tests/tlm/at_bench.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::AtBench;
using testing::Bench;
using testing::Collector;
using testing::ns;
using testing::ReportCounter;
using testing::TestInitiator;
using testing::TestTarget;
using Ranges = std::vector<AddressRange>;

/// Two initiators, two memories, and a device of a TLM target at 0x5000.
struct ProbeBench : Bench {
  ProbeBench() {
    system.add(0x1000, ram);
    system.add(0x3000, other);
    system.add(0x5000, device);
    device.bind(target.socket);
    dma_port.bind(dma.socket);
  }

  RamRegion ram{"ram", 0x1000};
  RamRegion other{"other", 0x1000};
  TargetRegion device{"device", 0x100};
  TestTarget<> target{"target", 0x100};
  TestInitiator dma{"dma"};
  InitiatorPort& dma_port = bus.initiator("dma", space);
  Collector<TransactionRecord> seen;
};

TEST(Probe, SeesEverythingOfATransaction) {
  ProbeBench bench;
  bench.start();
  Probe probe(bench.bus);
  probe.transactions.bind(bench.seen);
  bench.target.on_transport = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    bench.target.serve(payload);
    delay += ns(30);
  };
  tlm::tlm_generic_payload payload;
  std::uint32_t word = 7;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0x5010, &word, 4);
  sc_core::sc_time delay = ns(10);
  bench.dma.socket->b_transport(payload, delay);
  ASSERT_EQ(bench.seen.records.size(), 1u);
  const TransactionRecord& record = bench.seen.last();
  EXPECT_EQ(record.initiator.text(), "dma");
  EXPECT_EQ(record.region.text(), "device");
  EXPECT_EQ(record.path, TransactionPath::transport);
  EXPECT_EQ(record.command, tlm::TLM_WRITE_COMMAND);
  EXPECT_EQ(record.response, tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(record.address, 0x5010u);
  EXPECT_EQ(record.offset, 0x10u);
  EXPECT_EQ(record.length, 4u);
  EXPECT_EQ(record.start, ns(10));
  EXPECT_EQ(record.end, ns(40));
  EXPECT_EQ(record.latency(), ns(30));
}

TEST(Probe, SeesErrorsAndHolesAndPieces) {
  ProbeBench bench;
  bench.start();
  Probe probe(bench.bus);
  probe.transactions.bind(bench.seen);
  bench.cpu.load<std::uint32_t>(0x9000);
  ASSERT_EQ(bench.seen.records.size(), 1u);
  EXPECT_EQ(bench.seen.last().region.text(), "(unmapped)");
  EXPECT_EQ(bench.seen.last().response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  std::uint64_t both = 0;
  bench.cpu.write(0x1ffc, &both, 8);
  ASSERT_EQ(bench.seen.records.size(), 3u);
  EXPECT_EQ(bench.seen.records[1].region.text(), "ram");
  EXPECT_EQ(bench.seen.records[1].offset, 0xffcu);
  EXPECT_EQ(bench.seen.records[1].length, 4u);
  EXPECT_EQ(bench.seen.records[2].region.text(), "(unmapped)");
  EXPECT_EQ(bench.seen.records[2].address, 0x2000u);
}

TEST(Probe, ScopesAreWhatTheySay) {
  ProbeBench bench;
  bench.start();
  struct Case {
    ProbeScope scope;
    std::size_t count;
  };
  const InitiatorPort& dma = bench.dma_port;
  Case cases[] = {
      {ProbeScope(), 8},
      {ProbeScope().port(dma), 4},
      {ProbeScope().region(bench.ram), 4},
      {ProbeScope().region(bench.ram).port(dma).only(WatchFor::reads), 1},
      {ProbeScope().range(bench.space, {0x1004, 0x1004}), 4},
      {ProbeScope().range(bench.space, {0x1000, 0x1003}), 0},
      {ProbeScope().only(WatchFor::writes), 4},
  };
  for (Case& one : cases) {
    bench.seen.records.clear();
    Probe probe(bench.bus, one.scope);
    probe.transactions.bind(bench.seen);
    for (TestInitiator* initiator : {&bench.cpu, &bench.dma}) {
      for (const Address address : {0x1004, 0x3004}) {
        initiator->load<std::uint32_t>(address);
        initiator->store<std::uint32_t>(address, 1);
      }
    }
    EXPECT_EQ(bench.seen.records.size(), one.count) << "case " << &one - cases;
  }
  EXPECT_FALSE(bench.seen.records.empty());
}

TEST(Probe, DebugIsSeenOnlyWhereAskedFor) {
  ProbeBench bench;
  bench.start();
  std::uint32_t word = 0;
  Collector<TransactionRecord> with_debug;
  Probe plain(bench.bus);
  Probe curious(bench.bus, ProbeScope().with_debug());
  plain.transactions.bind(bench.seen);
  curious.transactions.bind(with_debug);
  bench.cpu.debug_read(0x1000, &word, 4);
  EXPECT_TRUE(bench.seen.records.empty());
  ASSERT_EQ(with_debug.records.size(), 1u);
  EXPECT_EQ(with_debug.last().path, TransactionPath::debug);
  EXPECT_EQ(with_debug.last().length, 4u);
}

TEST(Probe, SeesThePhasesOfANonblockingTransaction) {
  AtBench bench;
  Probe probe(bench.bus);
  Collector<TransactionRecord> seen;
  probe.transactions.bind(seen);
  bench.run(0);
  std::uint32_t word = 1;
  tlm::tlm_generic_payload& payload = bench.write(0x1010, word);
  bench.first_target.on_forward = [&](tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;
    bench.first_target.serve(trans);
    phase = tlm::END_REQ;
    delay = ns(20);
    return tlm::TLM_UPDATED;
  };
  bench.cpu.on_backward = [](tlm::tlm_generic_payload&, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    phase = tlm::END_RESP;
    delay = ns(5);
    return tlm::TLM_UPDATED;
  };
  bench.cpu.begin(payload, ns(10));
  bench.run(50);
  EXPECT_TRUE(seen.records.empty()) << "it has not ended";
  bench.first_target.send(payload, tlm::BEGIN_RESP, ns(50));
  bench.run(200);
  ASSERT_EQ(seen.records.size(), 1u);
  const TransactionRecord& record = seen.last();
  EXPECT_EQ(record.path, TransactionPath::nonblocking);
  EXPECT_EQ(record.offset, 0x10u);
  EXPECT_EQ(record.start, ns(10));
  EXPECT_EQ(record.end_request, ns(30));
  EXPECT_EQ(record.begin_response, ns(100));
  EXPECT_EQ(record.end, ns(105));
  payload.release();
}

TEST(Probe, TakesBackExactlyWhatItMustSee) {
  ProbeBench bench;
  bench.start();
  bench.cpu.ask_dmi(0x1000, Direction::write);
  bench.cpu.ask_dmi(0x3000, Direction::write);
  bench.dma.ask_dmi(0x1000, Direction::write);
  {
    const Probe probe(bench.bus, ProbeScope().port(bench.port()).range(bench.space, {0x1100, 0x11ff}));
    EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1100, 0x11ff}}));
    EXPECT_TRUE(bench.dma.taken_invalidations().empty()) << "another initiator";
    EXPECT_FALSE(bench.cpu.ask_dmi(0x1180, Direction::read).granted);
    EXPECT_EQ(bench.cpu.ask_dmi(0x1180, Direction::read).range(), (AddressRange{0x1100, 0x11ff}));
    EXPECT_EQ(bench.cpu.ask_dmi(0x1200, Direction::read).range(), (AddressRange{0x1200, 0x1fff}));
    bench.cpu.load<std::uint32_t>(0x1100);
    EXPECT_FALSE(bench.cpu.hint);
    bench.cpu.load<std::uint32_t>(0x1200);
    EXPECT_TRUE(bench.cpu.hint);
  }
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x1100, 0x11ff}})) << "the refusal no longer holds";
  EXPECT_TRUE(bench.cpu.ask_dmi(0x1180, Direction::read).granted);
}

TEST(Probe, OfWritesLeavesReadsDirect) {
  ProbeBench bench;
  bench.start();
  const Probe probe(bench.bus, ProbeScope().region(bench.ram).only(WatchFor::writes));
  EXPECT_TRUE(bench.cpu.ask_dmi(0x1000, Direction::read).granted);
  EXPECT_FALSE(bench.cpu.ask_dmi(0x1000, Direction::write).granted);
  EXPECT_TRUE(bench.cpu.ask_dmi(0x3000, Direction::write).granted) << "another region";
}

TEST(Probe, OfARegionFollowsItThroughTheMap) {
  ProbeBench bench;
  AliasRegion window("window", bench.ram, 0x800, 0x100);
  bench.system.add(0x8000, window);
  bench.start();
  const Probe probe(bench.bus, ProbeScope().region(bench.ram));
  EXPECT_FALSE(bench.cpu.ask_dmi(0x8000, Direction::read).granted);
  bench.ram.set_address(0x10000);
  EXPECT_FALSE(bench.cpu.ask_dmi(0x10000, Direction::read).granted);
}

TEST(Probe, OfATargetHoldsItsPointersBack) {
  ProbeBench bench;
  bench.start();
  ASSERT_TRUE(bench.cpu.ask_dmi(0x5000, Direction::write).granted);
  Probe probe(bench.bus, ProbeScope().region(bench.device));
  EXPECT_EQ(bench.cpu.taken_invalidations(), (Ranges{{0x5000, 0x50ff}}));
  EXPECT_FALSE(bench.cpu.ask_dmi(0x5000, Direction::write).granted);
  bench.cpu.load<std::uint32_t>(0x5000);
  EXPECT_FALSE(bench.cpu.hint);
  probe.detach();
  EXPECT_TRUE(bench.cpu.ask_dmi(0x5000, Direction::write).granted);
}

TEST(Probe, MayLeaveDirectAccessAlone) {
  ProbeBench bench;
  bench.start();
  bench.cpu.ask_dmi(0x1000, Direction::write);
  Probe probe(bench.bus, ProbeScope().direct(DirectAccess::allowed));
  probe.transactions.bind(bench.seen);
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty());
  bench.cpu.load<std::uint32_t>(0x1000);
  EXPECT_EQ(bench.seen.records.size(), 1u);
}

TEST(Probe, TellsOfDirectAccessAndWhyItEnds) {
  ProbeBench bench;
  bench.start();
  Probe probe(bench.bus, ProbeScope().direct(DirectAccess::allowed));
  Collector<DmiRecord> dmi;
  probe.dmi.bind(dmi);
  bench.cpu.ask_dmi(0x1000, Direction::write);
  ASSERT_EQ(dmi.records.size(), 1u);
  EXPECT_EQ(dmi.last().event, DmiRecord::Event::granted);
  EXPECT_EQ(dmi.last().region.text(), "ram");
  EXPECT_EQ(dmi.last().range, (AddressRange{0x1000, 0x1fff}));
  EXPECT_EQ(reason_of(dmi.last()), "");

  const auto reason_after = [&](auto&& change) {
    bench.cpu.ask_dmi(0x1000, Direction::write);
    dmi.records.clear();
    change();
    return dmi.records.empty() ? std::string("nothing") : reason_of(dmi.records.front());
  };
  RomRegion rom("rom", 0x1000);
  EXPECT_EQ(reason_after([&] { bench.system.add(0x1000, rom, Priority{1}); }),
            "the map: 'rom' is there instead of 'ram'");
  bench.system.remove(rom);
  EXPECT_EQ(reason_after([&] { bench.ram.set_readonly(true); }), "the map: 'ram' is served otherwise");
  bench.ram.set_readonly(false);
  EXPECT_EQ(reason_after([&] { bench.ram.allow_direct_access(false); }), "direct access of the region: of 'ram'");
  bench.ram.allow_direct_access(true);
  EXPECT_EQ(reason_after([&] { bench.port().allow_dmi(false); }), "direct access of the port: of 'ram'");
  bench.port().allow_dmi(true);
  EXPECT_EQ(reason_after([&] { bench.bus.timing(bench.ram).latency(ns(3)); }), "the latency: of 'ram'");
  EXPECT_EQ(reason_after([&] {
              const Watchpoint watch(bench.space, {0x1000, 0x1003}, WatchFor::writes, {});
            }),
            "a watchpoint: of 'ram'");
  EXPECT_EQ(reason_after([&] { const Probe other(bench.bus); }), "a probe: of 'ram'");
  bench.ram.set_log(DirtyClient::vga, true);
  EXPECT_EQ(reason_after([&] { bench.ram.reset_dirty({0, 0xfff}, DirtyClient::vga); }), "the dirty log: of 'ram'");
  bench.cpu.ask_dmi(0x5000, Direction::write);
  dmi.records.clear();
  bench.target.socket->invalidate_direct_mem_ptr(0, 0xff);
  ASSERT_EQ(dmi.records.size(), 1u);
  EXPECT_EQ(dmi.last().event, DmiRecord::Event::grant_taken_back);
  EXPECT_EQ(reason_of(dmi.last()), "the target: of 'device'");
}

TEST(Probe, ARangeOverNothingIsSaidAndSeesWhatComes) {
  ProbeBench bench;
  bench.start();
  const ReportCounter warnings(kProbeMessage);
  Probe probe(bench.bus, ProbeScope().range(bench.space, {0x20000, 0x20fff}));
  EXPECT_EQ(warnings.count(), 1);
  EXPECT_EQ(ReportCounter::last_text(),
            "the range [0x20000, 0x20fff] of a probe shows nothing of address space 'memory'; a range is given by its "
            "first and its last address");
  probe.transactions.bind(bench.seen);
  RamRegion late("late", 0x1000);
  bench.system.add(0x20000, late);
  bench.cpu.load<std::uint32_t>(0x20000);
  EXPECT_EQ(bench.seen.records.size(), 1u);
  EXPECT_FALSE(bench.cpu.ask_dmi(0x20000, Direction::read).granted);
}

TEST(Probe, SubscribersMayDetachTheirProbe) {
  ProbeBench bench;
  bench.start();
  Probe probe(bench.bus);
  struct Once : tlm::tlm_analysis_if<TransactionRecord> {
    explicit Once(Probe& p) : owner(p) {}
    void write(const TransactionRecord&) override {
      ++count;
      owner.detach();
    }
    Probe& owner;
    int count = 0;
  } once(probe);
  probe.transactions.bind(once);
  bench.cpu.load<std::uint32_t>(0x1000);
  bench.cpu.load<std::uint32_t>(0x1000);
  EXPECT_EQ(once.count, 1);
  probe.attach();
  bench.cpu.load<std::uint32_t>(0x1000);
  EXPECT_EQ(once.count, 2);
}

TEST(Probe, OutlivesRegionsAndTellsOfTheOneThatWent) {
  ProbeBench bench;
  auto card = std::make_unique<TargetRegion>("card", 0x100);
  TestTarget<> card_target("card_target", 0x100);
  card->bind(card_target.socket);
  bench.system.add(0x6000, *card);
  bench.start();
  Probe probe(bench.bus, ProbeScope().range(bench.space, {0x6000, 0x60ff}));
  const Probe of_card(bench.bus, ProbeScope().region(*card));
  probe.transactions.bind(bench.seen);
  bench.cpu.load<std::uint32_t>(0x6000);
  EXPECT_EQ(bench.seen.last().region.text(), "card");
  card = nullptr;
  bench.cpu.load<std::uint32_t>(0x6000);
  EXPECT_EQ(bench.seen.last().region.text(), "(unmapped)");
  EXPECT_EQ(bench.seen.records.front().region.text(), "card");
}

}  // namespace
}  // namespace sc_memory
