// What a change of one leaf costs in maps of different sizes, and compared with rendering the whole map.
#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/map/memory_listener.h"
#include "sc_memory/map/render.h"

#include "tests/benchmark/dmi_holder.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

constexpr std::size_t kAverages = 100000;

class CountingListener final : public MemoryListener {
 public:
  void view_changed(const ViewChange& change) override { changes_ += change.changed.size(); }

 private:
  std::size_t changes_ = 0;
};

/// A map with one listener, and an initiator that holds 64 grants elsewhere.
class ChangingMap {
 public:
  static constexpr double kChanges = 4;

  explicit ChangingMap(std::size_t count) : map_(count) { listener_.listen_to(map_.space); }

  /// Once the platform is elaborated.
  void start() { grants_.hold(); }

  /// Disables, enables, moves and moves back one leaf, each with a commit of its own.
  void change_four_times() {
    const std::size_t i = scatter_.below(map_.leaves.count());
    IoRegion& leaf = map_.leaves[i];
    leaf.set_enabled(false);
    leaf.set_enabled(true);
    const Address home = leaf.address();
    leaf.set_address(home + Leaves::kBytes);
    leaf.set_address(home);
  }

  Container& root() { return map_.system; }

 private:
  LeafMap map_;
  HeldGrants grants_{map_.system, map_.space};
  CountingListener listener_;
  Scatter scatter_;
};

Case change_case(const std::string& name, ChangingMap& map) {
  return {name,
          [&map](benchmark::State& state) {
            for (auto _ : state) map.change_four_times();
          },
          ChangingMap::kChanges};
}

void measure_change(Record& record, std::size_t count, const std::string& over_16, const std::string& over_full) {
  ChangingMap small(16);
  ChangingMap large(record.limited(count));
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  small.start();
  large.start();
  Effort effort = record.effort();
  // A change of a very large map is an average by itself.
  if (count > kAverages) effort.repetitions = std::min(effort.repetitions, 3);
  const auto times = measure({change_case("change_16", small), change_case("change", large)}, effort);
  record.add(over_16, times.at("change") / times.at("change_16"));
  if (over_full.empty() || !record.wants(over_full)) return;
  const auto full = measure({{"full",
                              [&large](benchmark::State& state) {
                                for (auto _ : state) benchmark::DoNotOptimize(render(&large.root()));
                              }}},
                            record.effort());
  record.add(over_full, times.at("change") / full.at("full"));
}

}  // namespace

std::vector<Group> change_groups() {
  const auto group = [](std::size_t count, const std::string& over_full) {
    const std::string over_16 = fmt::format("change_{}_over_change_16", count);
    Group made{{{over_16, "ratio", "<= 3"}},
               [=](Record& record) { measure_change(record, count, over_16, over_full); }};
    if (!over_full.empty()) made.figures.push_back({over_full, "ratio", "<= 0.001"});
    return made;
  };
  return {group(1024, ""), group(65536, "change_65536_over_full"), group(1048576, "")};
}

}  // namespace sc_memory::bench
