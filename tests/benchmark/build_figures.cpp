// Building a map by adding one region after the other, each with a commit of its own.
#include <ctime>
#include <fmt/format.h>

#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

/// So that a run ends, should a map not be made for so many regions.
constexpr double kLongest = 10;

/// Of the processor, as for the other figures: so many additions last long enough for other programs to take their
/// turns.
double seconds_now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Adds leaves until all are there, or for as long as may be. Returns how many it were.
std::size_t add_some(Leaves& leaves, Container& system) {
  constexpr std::size_t kBetweenLooks = 64;
  const double end = seconds_now() + kLongest;
  for (std::size_t i = 0; i < leaves.count(); ++i) {
    if (i % kBetweenLooks == 0 && seconds_now() > end) return i;
    system.add(Leaves::address_of(i), leaves[i]);
  }
  return leaves.count();
}

/// Times the adding of one region, on the average. Making regions and taking them out is not part of it.
void build(benchmark::State& state, std::size_t count) {
  for (auto _ : state) {
    Leaves leaves(count);
    Container system("system");
    const AddressSpace space("memory", system);
    const double start = seconds_now();
    const std::size_t added = add_some(leaves, system);
    const double taken = seconds_now() - start;
    state.SetIterationTime(taken / static_cast<double>(added));
    if (added < count) {
      fmt::print(stderr, "   only {} of {} regions were added in {} s: all of them would take longer each\n", added,
                 count, kLongest);
    }
    // In one go, so that it does not cost more than what is measured.
    const MapTransaction end;
    for (std::size_t i = 0; i < added; ++i) system.remove(leaves[i]);
  }
}

void measure_build(Record& record, std::size_t count, const std::string& figure) {
  Effort effort = record.effort();
  // A large map needs no repetitions to average over. The time of an iteration is that of one region.
  if (count > 10000) effort.repetitions = 1;
  effort.seconds_a_repetition = 1e-9;
  const std::size_t limited = record.limited(count);
  const auto times =
      measure({{figure, [=](benchmark::State& state) { build(state, limited); }, 1, Case::Clock::manual}}, effort);
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
