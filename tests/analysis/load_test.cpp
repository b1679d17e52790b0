// Contention and outstanding transactions of two initiators that load a memory and a target as they like, against what
// the records of the same transactions say.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>

#include "sc_memory/analysis/contention.h"
#include "sc_memory/analysis/outstanding.h"
#include "sc_memory/analysis/probe.h"

#include "tests/analysis/collectors.h"
#include "tests/support/seed.h"
#include "tests/tlm/at_bench.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using sc_core::sc_time;
using testing::AtBench;
using testing::AtInitiator;
using testing::Bench;
using testing::Collector;
using testing::ns;
using testing::TestInitiator;

constexpr double kTargetTime = 30;

/// Sends requests at random times, each when the one before was accepted.
class Load {
 public:
  Load(AtBench& bench, AtInitiator& initiator, std::uint64_t seed, int count)
      : bench_(bench), initiator_(initiator), random_(seed) {
    initiator.on_backward = [this](tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_time&) {
      if (&payload == requesting_) {
        requesting_ = nullptr;
        accepted_.notify();
      }
      if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
      payload.release();
      return tlm::TLM_COMPLETED;
    };
    sc_core::sc_spawn([this, count] {
      for (int i = 0; i < count; ++i) {
        sc_core::wait(ns(1 + static_cast<double>(random_() % 60)));
        const Address address = (random_() % 2 != 0 ? 0x1000 : 0x8000) + 4 * (random_() % 64);
        tlm::tlm_generic_payload& payload =
            random_() % 2 != 0 ? bench_.write(address, word_) : bench_.read(address, word_);
        requesting_ = &payload;
        initiator_.begin(payload, ns(static_cast<double>(random_() % 8)));
        sc_core::wait(accepted_);
      }
    });
  }

 private:
  AtBench& bench_;
  AtInitiator& initiator_;
  std::mt19937_64 random_;
  std::uint32_t word_ = 0;
  const tlm::tlm_generic_payload* requesting_ = nullptr;
  sc_core::sc_event accepted_;
};

/// Intervals as a naive analysis would look at them: at every border.
struct NaiveLevels {
  explicit NaiveLevels(const std::vector<TransactionRecord>& records, TrafficName initiator, std::uint64_t end) {
    std::map<std::uint64_t, int> steps{{end, 0}};
    for (const TransactionRecord& record : records) {
      if (record.initiator != initiator) continue;
      ++steps[record.start.value()];
      --steps[record.end.value()];
    }
    std::uint64_t since = 0;
    int level = 0;
    for (const auto& [time, step] : steps) {
      if (time > end) break;
      time_at[level] += time - since;
      weighted += static_cast<double>(level) * static_cast<double>(time - since);
      since = time;
      level += step;
      most = std::max(most, level);
    }
  }
  std::map<int, std::uint64_t> time_at;
  double weighted = 0;
  int most = 0;
};

TEST(Load, NonblockingWaitsAndNumbersAgreeWithTheRecords) {
  const std::uint64_t seed = testing::seed();
  AtBench bench;
  bench.bus.timing(bench.ram).latency(ns(20)).arbitration(Arbitration::round_robin);
  bench.first_target.on_forward = [&](tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) bench.first_target.serve(payload);
    delay += ns(kTargetTime);
    return tlm::TLM_COMPLETED;
  };
  Contention contention(bench.bus);
  OutstandingTransactions outstanding(bench.bus);
  Probe probe(bench.bus);
  Collector<TransactionRecord> seen;
  probe.transactions.bind(seen);
  const Load cpu(bench, bench.cpu, seed, 400);
  const Load dma(bench, bench.dma, seed + 1, 400);
  bench.run(60000);
  ASSERT_EQ(seen.records.size(), 800u);
  EXPECT_EQ(bench.complaints(), 0u);

  std::map<std::pair<std::string, std::string>, std::uint64_t> expected;
  for (const TransactionRecord& record : seen.records) {
    EXPECT_EQ(record.path, TransactionPath::nonblocking);
    const sc_time service = record.region.text() == "ram" ? ns(20) : ns(kTargetTime);
    expected[{record.region.text(), record.initiator.text()}] +=
        (record.begin_response - record.start - service).value();
  }
  std::map<std::pair<std::string, std::string>, std::uint64_t> waited;
  for (const Contention::Row& row : contention.rows()) {
    waited[{row.region.text(), row.waiter.text()}] += row.time.value();
    EXPECT_GT(row.waits, 0u);
  }
  EXPECT_EQ(waited, expected);
  EXPECT_GT(contention.total(), sc_core::SC_ZERO_TIME);

  const std::vector<OutstandingTransactions::Row> rows = outstanding.rows();
  ASSERT_EQ(rows.size(), 2u);
  const std::uint64_t end = sc_core::sc_time_stamp().value();
  for (const OutstandingTransactions::Row& row : rows) {
    const NaiveLevels naive(seen.records, row.initiator, end);
    EXPECT_EQ(row.now, 0u);
    EXPECT_EQ(row.most, static_cast<std::uint64_t>(naive.most));
    EXPECT_GT(row.most, 1u) << "requests are sent while others are served";
    EXPECT_NEAR(row.mean, naive.weighted / static_cast<double>(end), 1e-9);
    for (const auto& [level, time] : naive.time_at)
      EXPECT_EQ(row.time_at.at(static_cast<std::size_t>(level)).value(), time) << level;
  }
}

TEST(Load, BlockingWaitsAreTheDelaysBeyondTheService) {
  const std::uint64_t seed = testing::seed();
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  TestInitiator dma("dma");
  bench.bus.initiator("dma", bench.space).bind(dma.socket);
  bench.bus.timing(ram).latency(ns(20)).arbitration(Arbitration::fixed_priority);
  Contention contention(bench.bus);
  OutstandingTransactions outstanding(bench.bus);
  std::map<std::string, sc_time> beyond;
  const auto load = [&](TestInitiator& initiator, const char* name, std::uint64_t own_seed) {
    sc_core::sc_spawn([&, name, own_seed] {
      std::mt19937_64 random(own_seed);
      for (int i = 0; i < 300; ++i) {
        sc_core::wait(ns(1 + static_cast<double>(random() % 40)));
        std::uint32_t word = 0;
        tlm::tlm_generic_payload payload;
        testing::prepare(payload, tlm::TLM_READ_COMMAND, 4 * (random() % 64), &word, 4);
        sc_time delay;
        initiator.socket->b_transport(payload, delay);
        beyond[name] += delay - ns(20);
        sc_core::wait(delay);
      }
    });
  };
  load(bench.cpu, "cpu", seed);
  load(dma, "dma", seed + 1);
  bench.run(ns(100000));
  ASSERT_EQ(contention.rows().size(), 2u);
  for (const Contention::Row& row : contention.rows()) {
    EXPECT_EQ(row.time, beyond.at(row.waiter.text())) << row.waiter.text();
    EXPECT_NE(row.behind, row.waiter);
  }
  for (const OutstandingTransactions::Row& row : outstanding.rows()) {
    EXPECT_EQ(row.most, 1u);
    EXPECT_EQ(row.time_at[1], ns(300 * 20) + beyond.at(row.initiator.text()));
  }
}

}  // namespace
}  // namespace sc_memory
