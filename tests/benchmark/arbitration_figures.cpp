// What arbitration costs initiators that run ahead of simulated time: each access finds its place among those that were
// booked by others, of which there are the more, the longer the quantum is.
#include <memory>
#include <string>

#include <systemc>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"

#include "models/traffic/patterns.h"
#include "models/traffic/traffic_generator.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

constexpr unsigned kServiceNs = 10;

/// Two blocking initiators that pause for twice as long as an access takes, on a memory that serves one at a time: the
/// second one finds room between what the first one has booked.
class TwoAhead {
 public:
  TwoAhead() {
    system_.add(0, ram_);
    bus_.timing(ram_).latency({kServiceNs, sc_core::SC_NS}).arbitration(Arbitration::round_robin);
    bus_.initiator("first", space_).bind(first_.socket);
    bus_.initiator("second", space_).bind(second_.socket);
  }

  /// As many accesses as take that time.
  static void run(const sc_core::sc_time& time) { sc_core::sc_start(time); }

 private:
  static std::unique_ptr<models::AccessPattern> reads() {
    return std::make_unique<models::StreamPattern>(models::WindowTraffic{{0, 64_KiB - 1}, 4, 0, 1});
  }

  Container system_{"system"};
  RamRegion ram_{"ram", 64_KiB};
  AddressSpace space_{"memory", system_};
  Router bus_{"bus"};
  models::TrafficGenerator first_{"first", reads(), models::TrafficConfig().pause({2 * kServiceNs, sc_core::SC_NS})};
  models::TrafficGenerator second_{"second", reads(), models::TrafficConfig().pause({2 * kServiceNs, sc_core::SC_NS})};
};

/// With a global quantum, which a process has one of: that of 1 us after that of 1 ms, in the same process.
double nanoseconds_an_access(const sc_core::sc_time& quantum, const Effort& effort) {
  tlm_utils::tlm_quantumkeeper::set_global_quantum(quantum);
  const sc_core::sc_time stretch{1, sc_core::SC_MS};
  const double accesses = 2 * (stretch / sc_core::sc_time{3 * kServiceNs, sc_core::SC_NS});
  // Until both have come to the new quantum.
  TwoAhead::run(stretch * 2);
  const auto times = measure({{"arbitrated_" + quantum.to_string(),
                               [&](benchmark::State& state) {
                                 for (auto _ : state) TwoAhead::run(stretch);
                               },
                               accesses}},
                             effort);
  return times.begin()->second;
}

void measure_arbitration(Record& record) {
  TwoAhead initiators;
  const double long_quantum = nanoseconds_an_access({1, sc_core::SC_MS}, record.effort());
  const double short_quantum = nanoseconds_an_access({1, sc_core::SC_US}, record.effort());
  record.add("arbitrated_quantum_1us_per_s", 1e9 / short_quantum);
  record.add("arbitrated_quantum_1ms_per_s", 1e9 / long_quantum);
  record.add("arbitrated_quantum_1ms_over_1us", long_quantum / short_quantum);
}

}  // namespace

std::vector<Group> arbitration_groups() {
  return {{{{"arbitrated_quantum_1us_per_s", "1/s", ">= 1000000"},
            {"arbitrated_quantum_1ms_per_s", "1/s", ">= 1000000"},
            {"arbitrated_quantum_1ms_over_1us", "ratio", "<= 2"}},
           measure_arbitration}};
}

}  // namespace sc_memory::bench
