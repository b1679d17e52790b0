// Generators: paces, styles, errors, and data that is checked.
#include "models/traffic/traffic_generator.h"

#include <gmock/gmock.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/io_region.h"

#include "models/traffic/traffic_error.h"
#include "tests/models/traffic/traffic_bench.h"
#include "tests/support/seed.h"

namespace sc_memory::models::test {
namespace {

using ::testing::ElementsAre;

/// Does what a list says, and writes down when reads ended.
class ListPattern final : public AccessPattern {
 public:
  explicit ListPattern(std::vector<Access> accesses) : accesses_(std::move(accesses)) {}
  std::optional<Access> next() override {
    if (next_ == accesses_.size()) return std::nullopt;
    return accesses_[next_++];
  }

 private:
  std::vector<Access> accesses_;
  std::size_t next_ = 0;
};

class TrafficGeneratorTest : public ::testing::Test {
 protected:
  TrafficBench bench;
};

TEST_F(TrafficGeneratorTest, BlockingAccessesFollowEachOtherWithAPause) {
  bench.timing().latency(ns(10)).bandwidth(1e9);
  auto& cpu = bench.add("cpu", std::make_unique<StreamPattern>(in_ram(16)), TrafficConfig().pause(ns(5)).accesses(4));
  bench.run();
  EXPECT_TRUE(cpu.finished());
  EXPECT_EQ(cpu.totals().reads, 4u);
  EXPECT_EQ(cpu.totals().bytes, 64u);
  EXPECT_EQ(cpu.totals().mean_latency(), ns(26));
  EXPECT_EQ(cpu.totals().last_end, ns(4 * 26 + 3 * 5));
  EXPECT_EQ(bench.complaints(), 0u);
}

TEST_F(TrafficGeneratorTest, AnIntervalThatIsTooShortMakesAccessesLate) {
  bench.timing().latency(ns(10));
  auto& cpu = bench.add("cpu", std::make_unique<StreamPattern>(in_ram(4)), TrafficConfig().interval(ns(4)).accesses(3));
  bench.run();
  // Due at 0, 4, 8; ended at 10, 20, 30.
  EXPECT_EQ(cpu.totals().latency, ns(10 + 16 + 22));
  EXPECT_EQ(cpu.totals().greatest_latency, ns(22));
}

TEST_F(TrafficGeneratorTest, OutstandingAccessesOverlap) {
  bench.timing().latency(ns(10));
  auto& dma = bench.add("dma", std::make_unique<StreamPattern>(in_ram(4)),
                        TrafficConfig().nonblocking(3).interval(ns(4)).accesses(6));
  bench.run();
  EXPECT_EQ(dma.totals().mean_latency(), ns(10));
  EXPECT_EQ(dma.totals().last_end, ns(5 * 4 + 10));
  EXPECT_EQ(bench.complaints(), 0u);
}

TEST_F(TrafficGeneratorTest, ARegionThatServesOneAtATimeIsQueuedFor) {
  bench.timing().latency(ns(10)).arbitration(Arbitration::round_robin);
  auto& dma = bench.add("dma", std::make_unique<StreamPattern>(in_ram(4)), TrafficConfig().nonblocking(4).accesses(8));
  bench.run();
  EXPECT_EQ(dma.totals().last_end, ns(80));
  EXPECT_EQ(dma.totals().greatest_latency, ns(40));
  EXPECT_EQ(bench.complaints(), 0u);
}

TEST_F(TrafficGeneratorTest, AccessesWithTimesOfTheirOwnAreMadeThen) {
  std::vector<Access> accesses{{tlm::TLM_READ_COMMAND, 0x1'0000, 4, ns(50)},
                               {tlm::TLM_READ_COMMAND, 0x1'0004, 4, ns(70)}};
  TrafficConfig config;
  config.start = ns(100);
  bench.timing().latency(ns(1));
  auto& cpu = bench.add("cpu", std::make_unique<ListPattern>(accesses), config);
  bench.run();
  EXPECT_EQ(cpu.totals().last_end, ns(171));
  EXPECT_EQ(cpu.totals().mean_latency(), ns(1));
}

/// A target that begins no response before the last one was ended, and writes down how that was.
class FourPhaseTarget : public sc_core::sc_module, private tlm::tlm_fw_transport_if<> {
 public:
  explicit FourPhaseTarget(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    sc_core::sc_spawn([this] { respond(); });
  }

  tlm::tlm_target_socket<> socket{"socket"};
  unsigned end_responses = 0;
  unsigned completed = 0;

 private:
  void respond() {
    for (;; ended_ = false) {
      while (waiting_.empty()) sc_core::wait(requested_);
      tlm::tlm_generic_payload& payload = *waiting_.front();
      waiting_.erase(waiting_.begin());
      payload.set_response_status(tlm::TLM_OK_RESPONSE);
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_core::sc_time delay = ns(3);
      if (socket->nb_transport_bw(payload, phase, delay) == tlm::TLM_COMPLETED) {
        ++completed;
        continue;
      }
      while (!ended_) sc_core::wait(end_);
    }
  }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time&) override {
    if (phase == tlm::END_RESP) {
      ++end_responses;
      ended_ = true;
      end_.notify(sc_core::SC_ZERO_TIME);
      return tlm::TLM_COMPLETED;
    }
    waiting_.push_back(&payload);
    requested_.notify(ns(2));
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  void b_transport(tlm::tlm_generic_payload&, sc_core::sc_time&) override {}
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }

  std::vector<tlm::tlm_generic_payload*> waiting_;
  bool ended_ = false;
  sc_core::sc_event requested_;
  sc_core::sc_event end_;
};

TEST(TrafficGeneratorPhases, AResponseIsEndedByACall) {
  FourPhaseTarget target("target");
  TrafficGenerator dma("dma", std::make_unique<StreamPattern>(in_ram(4)), TrafficConfig().nonblocking(3).accesses(9));
  ProtocolChecker<> checker("checker");
  dma.socket.bind(checker.target);
  checker.initiator.bind(target.socket);
  sc_core::sc_start();
  EXPECT_TRUE(dma.finished());
  EXPECT_EQ(target.end_responses, 9u);
  EXPECT_EQ(target.completed, 0u);
  EXPECT_EQ(checker.count() + checker.in_flight(), 0u);
}

TEST(TrafficGeneratorPhases, TheShortFormCompletesAtTheResponse) {
  FourPhaseTarget target("target");
  TrafficGenerator dma("dma", std::make_unique<StreamPattern>(in_ram(4)),
                       TrafficConfig().nonblocking(3).without_end_response().accesses(9));
  dma.socket.bind(target.socket);
  sc_core::sc_start();
  EXPECT_TRUE(dma.finished());
  EXPECT_EQ(target.end_responses, 0u);
  EXPECT_EQ(target.completed, 9u);
}

class EveryStyle : public TrafficGeneratorTest, public ::testing::WithParamInterface<TrafficConfig::Style> {
 protected:
  TrafficConfig config() const {
    TrafficConfig config;
    config.style = GetParam();
    config.outstanding = 4;
    config.check = true;
    return config;
  }
};
INSTANTIATE_TEST_SUITE_P(Styles, EveryStyle,
                         ::testing::Values(TrafficConfig::Style::blocking, TrafficConfig::Style::direct,
                                           TrafficConfig::Style::nonblocking),
                         style_name);

TEST_P(EveryStyle, ACopyIsACopy) {
  bench.timing().latency(ns(7)).bandwidth(1e9);
  for (std::size_t i = 0; i < 0x4000; ++i) bench.ram.memory().data[i] = static_cast<std::uint8_t>(i * 11 + i / 256);
  auto& dma = bench.add("dma", std::make_unique<CopyPattern>(Copy{0x1'0000, 0x1'8000, 0x3f81, 64, 4}), config());
  bench.run();
  EXPECT_TRUE(std::equal(bench.ram.memory().data, bench.ram.memory().data + 0x3f81, bench.ram.memory().data + 0x8000));
  EXPECT_EQ(bench.ram.memory().data[0x8000 + 0x3f81], 0);
  EXPECT_EQ(dma.totals().errors, 0u);
  EXPECT_EQ(dma.totals().wrong_bytes, 0u);
  EXPECT_EQ(bench.complaints(), 0u);
}

TEST_P(EveryStyle, DataThatIsRightIsFoundRight) {
  bench.timing().latency(ns(7)).arbitration(Arbitration::round_robin);
  auto& cpu = bench.add("cpu", std::make_unique<RandomPattern>(in_ram(32, 0.5, testing::seed())),
                        config().accesses(testing::steps(20000)));
  bench.run();
  EXPECT_EQ(cpu.totals().wrong_bytes, 0u);
  EXPECT_EQ(cpu.totals().errors, 0u);
  EXPECT_EQ(bench.complaints(), 0u);
}

TEST_P(EveryStyle, DataThatIsWrongIsFound) {
  bench.timing().latency(ns(7));
  auto& cpu = bench.add("cpu", std::make_unique<StreamPattern>(WindowTraffic{{0x1'0000, 0x1'00ff}, 64, 0.5, 1}),
                        config().pause(ns(10)).accesses(2000));
  sc_core::sc_start(ns(3000));
  EXPECT_EQ(cpu.totals().wrong_bytes, 0u);
  for (int i = 0; i < 0x100; ++i) bench.ram.memory().data[i] ^= 1;
  bench.run();
  EXPECT_GT(cpu.totals().wrong_bytes, 0u);
}

TEST_P(EveryStyle, ErrorsAreCountedAndTrafficGoesOn) {
  auto& cpu = bench.add("cpu", std::make_unique<StreamPattern>(WindowTraffic{{0x1'fff0, 0x2'000f}, 16, 0, 1}),
                        config().accesses(10));
  bench.run();
  EXPECT_EQ(cpu.totals().errors, 5u);
  EXPECT_EQ(cpu.totals().reads, 5u);
  EXPECT_EQ(bench.complaints(), 0u);
}

TEST_P(EveryStyle, ADeviceIsReachedToo) {
  std::uint32_t sum = 0;
  IoRegion device("device", 0x100, io_ops().write32([&](Address, std::uint32_t value) { sum += value != 0 ? 1 : 0; }));
  bench.system.add(0x100, device);
  auto& cpu =
      bench.add("cpu", std::make_unique<StreamPattern>(WindowTraffic{{0x100, 0x1ff}, 4, 1, 1}), config().accesses(32));
  bench.run();
  EXPECT_EQ(sum, 32u);
  EXPECT_EQ(cpu.totals().writes, 32u);
}

TEST_F(TrafficGeneratorTest, DirectAccessesPayTheLatencyAndFollowTheMap) {
  bench.timing().latency(ns(10));
  auto& cpu = bench.add("cpu", std::make_unique<StreamPattern>(in_ram(4)), [] {
    TrafficConfig config;
    config.style = TrafficConfig::Style::direct;
    return config.accesses(100);
  }());
  sc_core::sc_start(ns(500));
  EXPECT_EQ(cpu.totals().reads, 50u);
  bench.ram.set_enabled(false);
  bench.run();
  EXPECT_EQ(cpu.totals().mean_latency() * 100, ns(500));
  EXPECT_EQ(cpu.totals().errors, 50u);
}

TEST_F(TrafficGeneratorTest, ItIsSaidOnceWhenAllIsDone) {
  bench.timing().latency(ns(10));
  auto& dma = bench.add("dma", std::make_unique<StreamPattern>(in_ram(4)), TrafficConfig().nonblocking(4).accesses(8));
  std::vector<std::string> said;
  dma.on_finished([&] { said.push_back(sc_core::sc_time_stamp().to_string()); });
  EXPECT_FALSE(dma.finished());
  bench.run();
  EXPECT_THAT(said, ElementsAre("20 ns"));
}

TEST_F(TrafficGeneratorTest, APatternThatFailsEndsItsTrafficOnly) {
  struct Broken final : AccessPattern {
    int left = 3;
    std::optional<Access> next() override {
      if (left-- == 0) throw TrafficError("trace.csv:5: nonsense");
      return Access{tlm::TLM_READ_COMMAND, 0x1'0000, 4};
    }
  };
  bench.timing().latency(ns(10));
  auto& replay = bench.add("replay", std::make_unique<Broken>(), TrafficConfig().nonblocking(2));
  auto& cpu = bench.add("cpu", std::make_unique<StreamPattern>(in_ram(4)), TrafficConfig().accesses(100));
  bench.run();
  EXPECT_TRUE(replay.finished());
  EXPECT_EQ(replay.totals().reads, 3u);
  EXPECT_EQ(replay.error(), "trace.csv:5: nonsense");
  EXPECT_EQ(cpu.totals().reads, 100u);
}

}  // namespace
}  // namespace sc_memory::models::test
