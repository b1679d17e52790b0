// Bytes are those that byte enables let through, and addresses those that streaming touches, wherever they are counted.
#include <gtest/gtest.h>
#include <numeric>
#include <random>

#include "sc_memory/analysis/probe.h"
#include "sc_memory/analysis/recorder.h"
#include "sc_memory/analysis/report/report.h"
#include "sc_memory/analysis/report/statistics_output.h"
#include "sc_memory/analysis/report/traffic_digest.h"
#include "sc_memory/analysis/sampling.h"
#include "sc_memory/analysis/traffic_counters.h"

#include "tests/analysis/collectors.h"
#include "tests/analysis/recordings.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/support/seed.h"
#include "tests/tlm/at_bench.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::AtBench;
using testing::Bench;
using testing::Collector;
using testing::TestTarget;
using Enables = std::vector<std::uint8_t>;

/// Memory of two regions side by side at 0, a target behind them at 0x4000.
struct BytesBench : Bench {
  BytesBench() {
    system.add(0, ram);
    system.add(0x2000, more);
    system.add(0x4000, device);
    device.bind(target.socket);
    probe.transactions.bind(seen);
    probe.transactions.bind(sampler);
    digest.listen_to(probe);
  }

  /// A transaction with byte enables and a streaming width; 0 stands for the length.
  tlm::tlm_response_status access(tlm::tlm_command command, Address address, unsigned length, Enables enables,
                                  unsigned width = 0) {
    std::vector<std::uint8_t> data(length);
    tlm::tlm_generic_payload payload;
    testing::prepare(payload, command, address, data.data(), length);
    if (width != 0) payload.set_streaming_width(width);
    if (!enables.empty()) {
      payload.set_byte_enable_ptr(enables.data());
      payload.set_byte_enable_length(static_cast<unsigned>(enables.size()));
    }
    return cpu.transport(payload);
  }
  std::uint64_t bandwidth() const {
    std::uint64_t sum = 0;
    for (const auto& series : digest.bandwidth().series())
      sum = std::accumulate(series.bytes.begin(), series.bytes.end(), sum);
    return sum;
  }

  RamRegion ram{"ram", 0x2000};
  RamRegion more{"more", 0x2000};
  TargetRegion device{"device", 0x2000};
  TestTarget<> target{"target", 0x2000};
  TrafficCounters counters{bus};
  Probe probe{bus};
  Collector<TransactionRecord> seen;
  TrafficDigest digest;
  TransactionSampler sampler{1};
};

TEST(Bytes, AStoreOfOneByteAsFourWithByteEnablesIsOne) {
  const models::test::TemporaryDirectory directory;
  const std::string database = directory.path("traffic.db");
  const std::string events = directory.path("traffic.json");
  const std::string waves = directory.path("traffic.vcd");
  BytesBench bench;
  {
    const Recording to_database(bench.bus, database);
    const Recording to_events(bench.bus, events);
    const Recording to_waves(bench.bus, waves);
    bench.start();
    for (const Address address : {0x1000u, 0x4000u})
      EXPECT_EQ(bench.access(tlm::TLM_WRITE_COMMAND, address, 4, {0, 0xff, 0, 0}), tlm::TLM_OK_RESPONSE);
    bench.run(testing::ns(10));
  }
  ASSERT_EQ(bench.seen.records.size(), 2u);
  for (const TransactionRecord& record : bench.seen.records) {
    EXPECT_EQ(record.length, 4u) << "of the data, as a bus carries it";
    EXPECT_EQ(record.bytes(), 1u);
    EXPECT_EQ(record.bytes_moved(), 1u);
  }
  EXPECT_EQ(bench.counters.total().bytes, 2u);
  EXPECT_EQ(bench.digest.statistics().total().bytes_written, 2u);
  EXPECT_EQ(bench.bandwidth(), 2u);
  EXPECT_EQ(bench.sampler.bytes().value, 2);
  const RunFacts facts;
  EXPECT_EQ(nlohmann::json::parse(statistics_json(bench.digest, facts)).at("total").at("bytes_written"), 2);
  EXPECT_NE(report_page({bench.digest, facts, {&bench.space}, nullptr}).find(R"("bytes_written":1)"),
            std::string::npos);
  EXPECT_EQ(testing::query(database, "SELECT sum(bytes) FROM totals"), (std::vector<std::string>{"2"}));
  EXPECT_EQ(testing::query(database, "SELECT sum(bytes) FROM hot_pages"), (std::vector<std::string>{"2"}));
  EXPECT_EQ(testing::query(database, "SELECT sum(bytes) FROM bandwidth"), (std::vector<std::string>{"2"}));
  EXPECT_EQ(testing::query(database, "SELECT length, bytes FROM transactions LIMIT 1"),
            (std::vector<std::string>{"4 1"}));
  for (const nlohmann::json& event : testing::read_trace_events(events)) {
    if (event.at("ph") != "X") continue;
    EXPECT_EQ(event.at("args").at("bytes"), 1);
  }
  EXPECT_EQ(testing::bytes_of_file(waves).find("b100 "), testing::bytes_of_file(waves).rfind("b100 "))
      << "of the length alone, in both";
}

TEST(Bytes, OfNonblockingTransactionsToo) {
  AtBench bench;
  const TrafficCounters counters(bench.bus);
  Probe probe(bench.bus);
  Collector<TransactionRecord> seen;
  probe.transactions.bind(seen);
  std::uint32_t word = 0;
  Enables enables{0xff, 0, 0xff, 0};
  std::vector<tlm::tlm_generic_payload*> payloads{&bench.write(0x1000, word), &bench.write(0x8000, word)};
  for (tlm::tlm_generic_payload* payload : payloads) {
    payload->set_byte_enable_ptr(enables.data());
    payload->set_byte_enable_length(4);
    bench.cpu.begin(*payload);
    bench.run(50);
  }
  ASSERT_EQ(seen.records.size(), 2u);
  for (const TransactionRecord& record : seen.records) EXPECT_EQ(record.bytes_moved(), 2u) << record.region.text();
  EXPECT_EQ(counters.total().bytes, 4u);
  for (tlm::tlm_generic_payload* payload : payloads) payload->release();
}

TEST(Bytes, OfWhatFailsIsIgnoredOrIsAllDisabledAreNone) {
  BytesBench bench;
  bench.start();
  EXPECT_EQ(bench.access(tlm::TLM_READ_COMMAND, 0x9000, 4, {}), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.access(tlm::TLM_IGNORE_COMMAND, 0x1000, 4, {}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.access(tlm::TLM_WRITE_COMMAND, 0x1000, 4, {0, 0}), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.counters.total().bytes, 4u) << "counters tell what was asked of a hole";
  EXPECT_EQ(bench.counters.total().reads, 1u);
  EXPECT_EQ(bench.counters.total().writes, 1u);
  EXPECT_EQ(bench.digest.statistics().total().bytes(), 0u);
  EXPECT_EQ(bench.bandwidth(), 0u);
}

/// A FIFO that is filled through one register is no traffic to the pages behind it.
TEST(Bytes, StreamingMovesAllOfThemAtFewAddresses) {
  BytesBench bench;
  Probe behind(bench.bus, ProbeScope().range(bench.space, {0x4008, 0x5fff}));
  Collector<TransactionRecord> none;
  behind.transactions.bind(none);
  bench.start();
  EXPECT_EQ(bench.access(tlm::TLM_WRITE_COMMAND, 0x4004, 0x1800, {}, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.digest.statistics().total().bytes_written, 0x1800u);
  EXPECT_EQ(bench.digest.hot_pages().total(), 1u);
  EXPECT_TRUE(none.records.empty());
}

/// Against the bytes that change in memory.
TEST(Bytes, AreThoseThatMemorySeesChange) {
  std::mt19937_64 random(testing::seed());
  BytesBench bench;
  bench.start();
  std::uint64_t expected = 0;
  for (int i = 0; i < 500; ++i) {
    const unsigned length = 1 + static_cast<unsigned>(random() % 40);
    const Address address = 0x2000 - 20 + random() % 40;  // Often in both regions.
    Enables enables(1 + random() % (length + 4));
    for (std::uint8_t& enable : enables) enable = random() % 3 != 0 ? TLM_BYTE_ENABLED : TLM_BYTE_DISABLED;
    std::memset(bench.ram.memory().data, 0xff, 0x2000);
    std::memset(bench.more.memory().data, 0xff, 0x2000);
    ASSERT_EQ(bench.access(tlm::TLM_WRITE_COMMAND, address, length, enables), tlm::TLM_OK_RESPONSE);
    for (const RamRegion* region : {&bench.ram, &bench.more})
      expected += static_cast<std::uint64_t>(
          std::count(region->memory().data, region->memory().data + 0x2000, std::uint8_t{0}));
    ASSERT_EQ(bench.counters.total().bytes, expected);
    ASSERT_EQ(bench.digest.statistics().total().bytes_written, expected);
    ASSERT_EQ(bench.bandwidth(), expected);
  }
}

}  // namespace
}  // namespace sc_memory
