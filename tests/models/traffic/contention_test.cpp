// Two initiators on one memory: what queueing theory predicts is what the simulator measures, within 2 %. The
// predictions are derived in docs/analysis-timing.md.
#include <cmath>
#include <gtest/gtest.h>

#include "tests/models/traffic/traffic_bench.h"

namespace sc_memory::models::test {
namespace {

using Style = TrafficConfig::Style;

constexpr double kTolerance = 0.02;
constexpr std::uint64_t kAccesses = 200'000;

void expect_near(double measured, double predicted) {
  EXPECT_NEAR(measured, predicted, kTolerance * predicted) << 100 * (measured / predicted - 1) << " % off";
}

/// Reads of 64 bytes take 20 ns + 64 B / 1.6 GB/s = 60 ns; of 256 bytes 180 ns.
class Contention : public ::testing::Test {
 protected:
  Contention() { bench.timing().latency(ns(20)).bandwidth(1.6e9).arbitration(Arbitration::round_robin); }

  TrafficGenerator& reader(const std::string& name, unsigned length, TrafficConfig config, Style style) {
    config.style = style;
    return bench.add(name, std::make_unique<RandomPattern>(in_ram(length)), config);
  }
  static double bytes_per_second(const TrafficGenerator& generator) {
    return static_cast<double>(generator.totals().bytes) / generator.totals().last_end.to_seconds();
  }

  TrafficBench bench;
};

class ClosedLoop : public Contention, public ::testing::WithParamInterface<Style> {};
INSTANTIATE_TEST_SUITE_P(Styles, ClosedLoop, ::testing::Values(Style::blocking, Style::nonblocking), style_name);

TEST_P(ClosedLoop, SaturatedMemoryIsSharedByTurns) {
  // One turn of each takes 60 + 180 ns.
  auto& cpu = reader("cpu", 64, TrafficConfig().accesses(1000), GetParam());
  auto& dma = reader("dma", 256, TrafficConfig().accesses(1000), GetParam());
  bench.run();
  expect_near(bytes_per_second(cpu), 64 / 240e-9);
  expect_near(bytes_per_second(dma), 256 / 240e-9);
  expect_near(cpu.totals().mean_latency().to_seconds(), 240e-9);
  expect_near(dma.totals().mean_latency().to_seconds(), 240e-9);
}

TEST_P(ClosedLoop, RandomPausesWaitAsTwoMachinesForOneRepairman) {
  constexpr double kService = 60e-9;
  constexpr double kPause = 90e-9;
  auto& cpu = reader("cpu", 64, TrafficConfig().pause(ns(90)).drawn(1).accesses(kAccesses), GetParam());
  auto& dma = reader("dma", 64, TrafficConfig().pause(ns(90)).drawn(2).accesses(kAccesses), GetParam());
  bench.run();
  const double cycle = kService + std::exp(-kService / kPause) * kPause / 2;
  const double latency = 2 * cycle - kPause;
  expect_near(bytes_per_second(cpu) + bytes_per_second(dma), 64 / cycle);
  expect_near(cpu.totals().mean_latency().to_seconds(), latency);
  expect_near(dma.totals().mean_latency().to_seconds(), latency);
}

TEST_F(Contention, RandomArrivalsWaitAsInAQueueWithOneServer) {
  // M/D/1: each sends every 200 ns, so that the memory is busy for 0.6 of the time.
  constexpr double kService = 60e-9;
  constexpr double kLoad = 0.6;
  auto& cpu = reader("cpu", 64, TrafficConfig().nonblocking(64).interval(ns(200)).drawn(1).accesses(kAccesses),
                     Style::nonblocking);
  auto& dma = reader("dma", 64, TrafficConfig().nonblocking(64).interval(ns(200)).drawn(2).accesses(kAccesses),
                     Style::nonblocking);
  bench.run();
  const double latency = kService * (1 + kLoad / (2 * (1 - kLoad)));
  expect_near((cpu.totals().mean_latency().to_seconds() + dma.totals().mean_latency().to_seconds()) / 2, latency);
  expect_near(bytes_per_second(cpu) + bytes_per_second(dma), 64 / 100e-9);
  EXPECT_EQ(bench.complaints(), 0u);
}

}  // namespace
}  // namespace sc_memory::models::test
