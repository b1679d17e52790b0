// Building a map by adding one region after the other, each with a commit of its own.
#include <chrono>
#include <fmt/format.h>

#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

/// Times the adding alone: making regions and taking them out is not part of it.
void build(benchmark::State& state, std::size_t count) {
  for (auto _ : state) {
    Leaves leaves(count);
    Container system("system");
    const AddressSpace space("memory", system);
    const auto start = std::chrono::steady_clock::now();
    leaves.add_to(system);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(taken.count());
    // In one go, so that it does not cost more than what is measured.
    const MapTransaction end;
    for (std::size_t i = 0; i < count; ++i) system.remove(leaves[i]);
  }
}

void measure_build(Record& record, std::size_t count, const std::string& figure) {
  Effort effort = record.effort();
  // A large map needs no repetitions to average over.
  if (count > 10000) effort.repetitions = 1;
  const std::size_t limited = record.limited(count);
  const auto times = measure({{figure, [=](benchmark::State& state) { build(state, limited); },
                               static_cast<double>(limited), Case::Clock::manual}},
                             effort);
  record.add(figure, times.at(figure));
}

}  // namespace

std::vector<Group> build_groups() {
  const auto group = [](std::size_t count, const char* target) {
    const std::string figure = fmt::format("build_{}_ns_per_region", count);
    return Group{{{figure, "ns", target}}, [=](Record& record) { measure_build(record, count, figure); }};
  };
  return {group(1024, ""), group(65536, ""), group(1048576, "<= 3 x build_1024_ns_per_region")};
}

}  // namespace sc_memory::bench
