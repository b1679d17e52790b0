// The code of docs/analysis.md, compiled and run. What stands between `// guide: <name>` and `// guide: end` is in the
// document word for word; guide_text_test.cpp compares the two.
#include <gtest/gtest.h>
#include <iostream>
#include <sc_memory/analysis/analysis.h>
#include <sc_memory/sc_memory.h>
#include <sstream>

#include "tests/models/boot/temporary_directory.h"
#include "tests/tlm/test_bench.h"

namespace {

using namespace sc_memory;
using namespace sc_memory::literals;
using sc_memory::testing::TestInitiator;

/// An initiator that looks at RAM and at a second memory, for the sections to look at.
struct Platform {
  Container system{"system"};
  RamRegion ram{"ram", 64_KiB};
  RamRegion buffer{"buffer", 4_KiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  TestInitiator cpu{"cpu"};
  InitiatorPort& port = bus.initiator("cpu", memory);

  Platform() {
    system.add(0x8000'0000, ram);
    system.add(0x9000'0000, buffer);
    port.bind(cpu.socket);
  }
  void elaborate() { sc_core::sc_start(sc_core::SC_ZERO_TIME); }
};

// guide: subscriber
/// Any subscriber of the standard's analysis interface will do.
struct SlowAccesses : tlm::tlm_analysis_if<TransactionRecord> {
  void write(const TransactionRecord& record) override {
    if (record.latency() < limit) return;
    std::cout << record.start << ": " << record.initiator.text()
              << (record.command == tlm::TLM_READ_COMMAND ? " reads " : " writes ") << record.length << " bytes of "
              << record.region.text() << " at +0x" << std::hex << record.offset << std::dec << ", which takes "
              << record.latency() << "\n";
    ++count;
  }

  sc_core::sc_time limit{100, sc_core::SC_NS};
  int count = 0;
};
// guide: end

TEST(AnalysisGuide, AProbeAndASubscriberOfOnesOwn) {
  Platform platform;
  Router& bus = platform.bus;
  RamRegion& ram = platform.ram;
  bus.timing(ram).latency({150, sc_core::SC_NS});
  platform.elaborate();
  ASSERT_TRUE(platform.cpu.ask_dmi(0x8000'0000, Direction::write).granted);
  std::ostringstream printed;
  std::streambuf* const console = std::cout.rdbuf(printed.rdbuf());
  // guide: attach
  SlowAccesses slow;
  Probe probe(bus, ProbeScope().region(ram).only(WatchFor::writes));
  probe.transactions.bind(slow);
  // guide: end
  EXPECT_EQ(platform.cpu.invalidations.size(), 1u);
  platform.cpu.store<std::uint32_t>(0x8000'0010, 1);
  platform.cpu.store<std::uint32_t>(0x9000'0010, 1);
  // guide: detach
  probe.detach();
  // guide: end
  platform.cpu.store<std::uint32_t>(0x8000'0010, 1);
  std::cout.rdbuf(console);
  EXPECT_EQ(printed.str(), "0 s: cpu writes 4 bytes of ram at +0x10, which takes 150 ns\n");
  EXPECT_TRUE(platform.cpu.ask_dmi(0x8000'0000, Direction::write).granted);
}

TEST(AnalysisGuide, ReadyMade) {
  Platform platform;
  Router& bus = platform.bus;
  platform.elaborate();
  std::ostringstream printed;
  std::streambuf* const console = std::cout.rdbuf(printed.rdbuf());
  // guide: statistics
  Probe probe(bus, ProbeScope().direct(DirectAccess::allowed));
  TrafficStatistics statistics;
  BandwidthTimeline bandwidth;
  HotPages pages;
  DmiTimeline dmi;
  probe.transactions.bind(statistics);
  probe.transactions.bind(bandwidth);
  probe.transactions.bind(pages);
  probe.dmi.bind(dmi);
  // guide: end
  platform.cpu.store<std::uint64_t>(0x8000'0010, 1);
  platform.cpu.load<std::uint32_t>(0x9000'0000);
  // guide: rows
  for (const TrafficStatistics::Row& row : statistics.rows())
    std::cout << row.initiator.text() << " -> " << row.region.text() << ": " << row.reads << " reads, " << row.writes
              << " writes, " << row.bytes() << " bytes; half of the reads within " << row.read_latency.quantile(0.5)
              << "\n";
  // guide: end
  std::cout.rdbuf(console);
  EXPECT_EQ(printed.str(),
            "cpu -> ram: 0 reads, 1 writes, 8 bytes; half of the reads within 0 s\n"
            "cpu -> buffer: 1 reads, 0 writes, 4 bytes; half of the reads within 0 s\n");
}

TEST(AnalysisGuide, Windows) {
  Platform platform;
  Router& bus = platform.bus;
  RamRegion& ram = platform.ram;
  // guide: windows
  const WindowSampler sampler(bus, ProbeScope().region(ram), {{10, sc_core::SC_US}, {1, sc_core::SC_MS}});
  // guide: end
  sc_core::sc_start({10, sc_core::SC_MS});
  // guide: estimate
  const Estimate bytes = sampler.bytes();
  std::cout << bytes.value << " bytes, between " << bytes.low << " and " << bytes.high << " with 95 % confidence\n";
  // guide: end
  EXPECT_GE(bytes.samples, 9u);
}

TEST(AnalysisGuide, ARecording) {
  Platform platform;
  Router& bus = platform.bus;
  const models::test::TemporaryDirectory directory;
  const std::string path = directory.path("traffic.db");
  platform.elaborate();
  {
    // guide: recording
    const Recording recording(bus, path);
    // guide: end
    platform.cpu.store<std::uint64_t>(0x8000'0010, 1);
  }
  EXPECT_GT(std::filesystem::file_size(path), 0u);
}

}  // namespace
