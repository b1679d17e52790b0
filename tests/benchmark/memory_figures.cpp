// Reads of RAM by b_transport, over a memory that is bound directly and only copies.
#include <algorithm>
#include <fmt/format.h>

#include "tests/benchmark/groups.h"
#include "tests/benchmark/paired_cases.h"

namespace sc_memory::bench {

namespace {

constexpr unsigned kLengths[] = {4, 64, 4096};
constexpr char kWorst[] = "ram_b_transport_over_memcpy_target";

std::string figure_name(unsigned length) { return fmt::format("ram_b_transport_{}_over_memcpy_target", length); }

/// The same cache lines again and again: it is the way there that is measured, not the host's memory.
Pattern same_memory(const Interconnect& bench) {
  return make_pattern(bench, [&] {
    return Visit{static_cast<std::uint32_t>(bench.count()), 0x1000, Interconnect::kMemory + 0x1000};
  });
}

void measure_memory(Record& record) {
  Interconnect bench(16);
  const Pattern pattern = same_memory(bench);
  std::vector<Case> cases;
  for (const unsigned length : kLengths)
    add_pair(cases, figure_name(length), bench, pattern, length, kBlockingTransport);
  const auto times = measure(cases, record.effort());
  double worst = 0;
  for (const unsigned length : kLengths) {
    const double ratio = ratio_of(times, figure_name(length));
    record.add(figure_name(length), ratio);
    worst = std::max(worst, ratio);
  }
  record.add(kWorst, worst);
}

}  // namespace

std::vector<Group> memory_groups() {
  Group group{{}, measure_memory};
  for (const unsigned length : kLengths) group.figures.push_back({figure_name(length), "ratio", "<= 1.5"});
  group.figures.push_back({kWorst, "ratio", "<= 1.5, the worst of the three"});
  return {group};
}

}  // namespace sc_memory::bench
