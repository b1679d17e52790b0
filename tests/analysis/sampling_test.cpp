// Estimates and what they promise.
#include "sc_memory/analysis/sampling.h"

#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <vector>

#include "tests/analysis/collectors.h"
#include "tests/analysis/random_records.h"
#include "tests/support/seed.h"
#include "tests/tlm/at_bench.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::Collector;
using testing::ns;
using testing::RandomRecords;
using testing::ReportCounter;

TEST(Estimate, OfEverythingIsExact) {
  Sample sample;
  for (const double value : {3.0, 5.0, 10.0}) sample.add(value);
  const Estimate all = sample.total_of(3);
  EXPECT_DOUBLE_EQ(all.value, 18);
  EXPECT_DOUBLE_EQ(all.low, 18);
  EXPECT_DOUBLE_EQ(all.high, 18);
}

TEST(Estimate, FollowsStudent) {
  Sample sample;
  for (const double value : {3.0, 5.0, 10.0}) sample.add(value);
  // Mean 6, standard deviation sqrt(13), of 300; t(0.975, 2) = 4.303; correction sqrt(1 - 3 / 300).
  const Estimate many = sample.total_of(300);
  EXPECT_DOUBLE_EQ(many.value, 1800);
  EXPECT_NEAR(many.high - many.value, 4.303 * std::sqrt(13.0 / 3) * std::sqrt(0.99) * 300, 1e-6);
  EXPECT_NEAR(many.value - many.low, many.high - many.value, 1e-9);
}

TEST(Estimate, OfNearlyNothingSaysSo) {
  Sample sample;
  sample.add(7);
  EXPECT_EQ(sample.total_of(10).high, std::numeric_limits<double>::infinity());
  EXPECT_EQ(sample.total_of(10).low, 7);
  EXPECT_EQ(sample.total_of(1).high, 7);
}

TEST(TransactionSampler, PassesOneOfNAndKnowsTheSum) {
  RandomRecords source(testing::seed());
  const std::vector<TransactionRecord> records = source.next(4000);
  double bytes = 0;
  for (const TransactionRecord& record : records)
    bytes += record.response == tlm::TLM_OK_RESPONSE ? static_cast<double>(record.length) : 0;
  int right = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    TransactionSampler sampler(10, seed);
    Collector<TransactionRecord> passed;
    sampler.transactions_passed.bind(passed);
    for (const TransactionRecord& record : records) sampler.write(record);
    EXPECT_EQ(passed.records.size(), 400u);
    EXPECT_EQ(sampler.transactions(), 4000u);
    const Estimate estimate = sampler.bytes();
    EXPECT_EQ(estimate.samples, 400u);
    if (estimate.low <= bytes && bytes <= estimate.high) ++right;
  }
  EXPECT_GE(right, 30) << "of 40 intervals of 95 %";
}

/// Bursts of stores, with pauses.
struct Traffic {
  Traffic(Bench& bench, std::uint64_t seed) {
    sc_core::sc_spawn([this, &bench, seed] {
      std::mt19937_64 random(seed);
      for (;;) {
        const double pause = 1 + static_cast<double>(random() % 200);
        for (auto left = 1 + random() % 100; left > 0; --left) {
          bench.cpu.store<std::uint32_t>(4 * (random() % 64), 1);
          ++transactions;
          sc_core::wait(ns(pause));
        }
        sc_core::wait(ns(static_cast<double>(random() % 3000)));
      }
    });
  }
  std::uint64_t transactions = 0;
};

TEST(WindowSampler, IntervalsHoldTheTruth) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  const Traffic traffic(bench, testing::seed());
  std::vector<std::unique_ptr<WindowSampler>> samplers;
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    samplers.push_back(
        std::make_unique<WindowSampler>(bench.bus, ProbeScope(), WindowSampler::Plan{ns(2000), ns(20000), seed}));
  bench.run({5, sc_core::SC_MS});
  int right = 0;
  for (const auto& sampler : samplers) {
    const Estimate estimate = sampler->transactions();
    EXPECT_GE(estimate.samples, 248u);
    EXPECT_LT(estimate.high - estimate.low, 0.5 * estimate.value);
    const Estimate bytes = sampler->bytes();
    EXPECT_DOUBLE_EQ(bytes.value, 4 * estimate.value);
    const auto truth = static_cast<double>(traffic.transactions);
    if (estimate.low <= truth && truth <= estimate.high) ++right;
  }
  EXPECT_GE(right, 30) << "of 40 intervals of 95 %";
}

TEST(WindowSampler, GivesDirectAccessBackBetweenWindows) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  auto sampler = std::make_unique<WindowSampler>(bench.bus, ProbeScope(), WindowSampler::Plan{ns(100), ns(1000)});
  int looked = 0;
  int left_alone = 0;
  for (int i = 0; i < 500; ++i) {
    bench.run(ns(17));
    EXPECT_EQ(bench.cpu.ask_dmi(0, Direction::write).granted, !sampler->looking());
    ++(sampler->looking() ? looked : left_alone);
  }
  EXPECT_GT(looked, 0);
  EXPECT_GT(left_alone, 5 * looked);
  while (!sampler->looking()) bench.run(ns(17));
  sampler = nullptr;
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::write).granted);
  bench.run(ns(5000));
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::write).granted);
}

TEST(WindowSampler, APlanWithoutSenseIsAnError) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  const ReportCounter errors(kProbeMessage);
  const WindowSampler sampler(bench.bus, ProbeScope(), {ns(10), ns(5)});
  EXPECT_EQ(errors.count(), 1);
  EXPECT_EQ(ReportCounter::last_text(),
            "a window of 10 ns in each 5 ns: it must be longer than nothing, and not longer than the period");
  bench.run(ns(100));
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::write).granted);
}

}  // namespace
}  // namespace sc_memory
