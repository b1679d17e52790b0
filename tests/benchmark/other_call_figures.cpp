// What the router costs debug transports and requests for direct pointers.
#include "tests/benchmark/groups.h"
#include "tests/benchmark/paired_cases.h"

namespace sc_memory::bench {

namespace {

constexpr std::size_t kTargets = 1024;
constexpr char kDebug[] = "debug_random_1024_over_direct";
constexpr char kDmi[] = "dmi_get_random_1024_over_direct";

void measure_other_calls(Record& record) {
  Interconnect bench(record.limited(kTargets));
  const Pattern pattern = random_targets(bench);
  std::vector<Case> cases;
  const auto debug = [](InitiatorSocket& socket, tlm::tlm_generic_payload& payload) {
    benchmark::DoNotOptimize(socket->transport_dbg(payload));
  };
  const auto request = [](InitiatorSocket& socket, tlm::tlm_generic_payload& payload) {
    tlm::tlm_dmi dmi;
    benchmark::DoNotOptimize(socket->get_direct_mem_ptr(payload, dmi));
    benchmark::DoNotOptimize(dmi);
  };
  if (record.wants(kDebug)) add_pair(cases, kDebug, bench, pattern, sizeof(std::uint32_t), debug);
  if (record.wants(kDmi)) add_pair(cases, kDmi, bench, pattern, sizeof(std::uint32_t), request);
  const auto times = measure(cases, record.effort());
  for (const char* const figure : {kDebug, kDmi}) {
    if (record.wants(figure)) record.add(figure, ratio_of(times, figure));
  }
}

}  // namespace

std::vector<Group> other_call_groups() {
  return {{{{kDebug, "ratio", "<= 2.2"}, {kDmi, "ratio", "<= 2.2"}}, measure_other_calls}};
}

}  // namespace sc_memory::bench
