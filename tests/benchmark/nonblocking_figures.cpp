// What the router costs traffic by the base protocol's four phases: the same generator on the same target, bound
// directly and through the router; and how much of it there is a second.
#include <deque>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"
#include "sc_memory/tlm/target_region.h"

#include "models/traffic/patterns.h"
#include "models/traffic/traffic_generator.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

using models::TrafficConfig;
using models::TrafficGenerator;

constexpr std::uint64_t kBytes = 64_KiB;

/// Four phases, each by a call of its own: a request is accepted after 10 ns and answered 10 ns later, as many at a
/// time as are sent, one response after the other. It answers as many as it is told to and keeps the rest, so that a
/// simulation has an end, and generators that are not measured rest.
class FourPhaseTarget : public sc_core::sc_module, private tlm::tlm_fw_transport_if<> {
 public:
  SC_HAS_PROCESS(FourPhaseTarget);
  explicit FourPhaseTarget(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    SC_METHOD(accept);
    dont_initialize();
    sensitive << accept_;
    SC_METHOD(respond);
    dont_initialize();
    sensitive << respond_;
  }

  /// Answers `count` more requests.
  void answer(std::uint64_t count) {
    left_ += count;
    respond_.notify(sc_core::SC_ZERO_TIME);
  }

  tlm::tlm_target_socket<> socket{"socket"};

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    if (phase == tlm::BEGIN_REQ) {
      payload.acquire();
      requested_ = &payload;
      accept_.notify(delay + kTime);
      return tlm::TLM_ACCEPTED;
    }
    end_response();
    return tlm::TLM_COMPLETED;
  }

  void accept() {
    ready_.push_back({requested_, sc_core::sc_time_stamp() + kTime});
    respond_.notify(kTime);
    call_back(*requested_, tlm::END_REQ);
  }
  void respond() {
    if (responding_ != nullptr || ready_.empty() || left_ == 0) return;
    const auto [payload, time] = ready_.front();
    if (time > sc_core::sc_time_stamp()) {
      respond_.notify(time - sc_core::sc_time_stamp());
      return;
    }
    --left_;
    ready_.pop_front();
    responding_ = payload;
    payload->set_response_status(tlm::TLM_OK_RESPONSE);
    if (call_back(*payload, tlm::BEGIN_RESP) == tlm::TLM_COMPLETED) end_response();
  }
  void end_response() {
    responding_->release();
    responding_ = nullptr;
    // Not from within the initiator's call.
    if (!ready_.empty()) respond_.notify(sc_core::SC_ZERO_TIME);
  }
  tlm::tlm_sync_enum call_back(tlm::tlm_generic_payload& payload, tlm::tlm_phase phase) {
    sc_core::sc_time delay;
    return socket->nb_transport_bw(payload, phase, delay);
  }

  struct Ready {
    tlm::tlm_generic_payload* payload;
    sc_core::sc_time time;
  };
  const sc_core::sc_time kTime{10, sc_core::SC_NS};
  tlm::tlm_generic_payload* requested_ = nullptr;
  std::deque<Ready> ready_;
  tlm::tlm_generic_payload* responding_ = nullptr;
  std::uint64_t left_ = 0;
  sc_core::sc_event accept_;
  sc_core::sc_event respond_;
};

std::unique_ptr<TrafficGenerator> generator(const std::string& name, unsigned outstanding, std::uint64_t seed = 1) {
  return std::make_unique<TrafficGenerator>(
      name.c_str(), std::make_unique<models::StreamPattern>(models::WindowTraffic{{0, kBytes - 1}, 4, 0, seed}),
      TrafficConfig().nonblocking(outstanding));
}

/// A generator on a target of its own, bound directly or through a router.
class Pair {
 public:
  Pair(const std::string& name, unsigned outstanding, bool routed)
      : generator_(generator(name + "_generator", outstanding)), target_((name + "_target").c_str()) {
    if (!routed) {
      generator_->socket.bind(target_.socket);
      return;
    }
    region_.bind(target_.socket);
    system_.add(0, region_);
    bus_ = std::make_unique<Router>((name + "_bus").c_str());
    bus_->initiator("generator", space_).bind(generator_->socket);
  }

  void run(std::uint64_t accesses) {
    target_.answer(accesses);
    sc_core::sc_start();
  }

 private:
  Container system_{"system"};
  TargetRegion region_{"target", kBytes};
  AddressSpace space_{"memory", system_};
  std::unique_ptr<Router> bus_;
  std::unique_ptr<TrafficGenerator> generator_;
  FourPhaseTarget target_;
};

/// Two generators that want the same target, which serves one of them at a time.
class Contended {
 public:
  static constexpr unsigned kOutstanding = 8;

  Contended() {
    region_.bind(target_.socket);
    system_.add(0, region_);
    bus_.timing(region_).latency({10, sc_core::SC_NS}).arbitration(Arbitration::round_robin);
    bus_.initiator("first", space_).bind(first_->socket);
    bus_.initiator("second", space_).bind(second_->socket);
  }

  void run(std::uint64_t accesses) {
    target_.answer(accesses);
    sc_core::sc_start();
  }

 private:
  Container system_{"system"};
  TargetRegion region_{"contended", kBytes};
  AddressSpace space_{"memory", system_};
  Router bus_{"contended_bus"};
  std::unique_ptr<TrafficGenerator> first_ = generator("first", kOutstanding, 1);
  std::unique_ptr<TrafficGenerator> second_ = generator("second", kOutstanding, 2);
  FourPhaseTarget target_{"contended_target"};
};

constexpr std::uint64_t kAccesses = 1000;

template <typename Bench>
Case accesses_of(const std::string& name, Bench& bench) {
  return {name,
          [&bench](benchmark::State& state) {
            for (auto _ : state) bench.run(kAccesses);
          },
          static_cast<double>(kAccesses)};
}

void measure_nonblocking(Record& record) {
  const unsigned kinds[] = {1, 8, 64};
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<Case> cases;
  for (const unsigned outstanding : kinds) {
    for (const bool routed : {false, true}) {
      const std::string name = fmt::format("at_{}_{}", outstanding, routed ? "routed" : "direct");
      pairs.push_back(std::make_unique<Pair>(name, outstanding, routed));
      cases.push_back(accesses_of(name, *pairs.back()));
    }
  }
  Contended contended;
  cases.push_back(accesses_of("at_contended", contended));
  // Until every generator waits for its target.
  sc_core::sc_start();
  const auto times = measure(cases, record.effort());
  record.add("at_1_over_direct", times.at("at_1_routed") / times.at("at_1_direct"));
  record.add("at_8_over_direct", times.at("at_8_routed") / times.at("at_8_direct"));
  record.add("at_per_s", 1e9 / times.at("at_64_routed"));
  record.add("at_contended_per_s", 1e9 / times.at("at_contended"));
}

}  // namespace

std::vector<Group> nonblocking_groups() {
  return {{{{"at_1_over_direct", "ratio", "<= 2.2"},
            {"at_8_over_direct", "ratio", "<= 2"},
            {"at_per_s", "1/s", ">= 1000000"},
            {"at_contended_per_s", "1/s", ">= 500000"}},
           measure_nonblocking}};
}

}  // namespace sc_memory::bench
