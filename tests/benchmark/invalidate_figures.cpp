// A target that takes back its own pointers, in maps with few and with many mappings.
#include <chrono>
#include <memory>
#include <vector>

#include "sc_memory/tlm/target_region.h"

#include "tests/benchmark/dmi_holder.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"
#include "tests/benchmark/taking_back.h"

namespace sc_memory::bench {

namespace {

/// `count` targets on a router, and an initiator that holds a pointer into each.
class ManyMappings {
 public:
  explicit ManyMappings(const std::string& name, std::size_t count)
      : bus_((name + "_bus").c_str()), holder_((name + "_holder").c_str()) {
    MapTransaction change;
    for (std::size_t i = 0; i < count; ++i) {
      targets_.push_back(std::make_unique<TakingBack>(sc_core::sc_gen_unique_name("target")));
      regions_.push_back(std::make_unique<TargetRegion>(name + std::to_string(i), kBytes));
      regions_.back()->bind(targets_.back()->socket);
      system_.add(i * kBytes, *regions_.back());
    }
    bus_.initiator("holder", space_).bind(holder_.socket);
  }

  /// Once the platform is elaborated.
  void hold() {
    for (std::size_t i = 0; i < targets_.size(); ++i) holder_.ask(i * kBytes);
  }

  /// Times one target taking its pointer back piece by piece, while everything else stays.
  void take_back(benchmark::State& state) {
    const std::size_t affected = targets_.size() / 2;
    for (auto _ : state) {
      holder_.ask(affected * kBytes);
      const auto start = std::chrono::steady_clock::now();
      for (std::size_t page = 0; page < TakingBack::kPages; ++page) targets_[affected]->take_back(page);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      state.SetIterationTime(taken.count());
    }
  }

 private:
  static constexpr std::uint64_t kBytes = TakingBack::kBytes;

  // The space goes before the regions, which then need not be taken out of its view one by one.
  Container system_{"system"};
  std::vector<std::unique_ptr<TakingBack>> targets_;
  std::vector<std::unique_ptr<TargetRegion>> regions_;
  AddressSpace space_{"memory", system_};
  Router bus_;
  DmiHolder holder_;
};

void measure_invalidate(Record& record) {
  ManyMappings few("few", 16);
  ManyMappings many("many", record.limited(1024));
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  few.hold();
  many.hold();
  const auto one = [](const char* name, ManyMappings& mappings) {
    return Case{name, [&](benchmark::State& state) { mappings.take_back(state); }, TakingBack::kPages,
                Case::Clock::manual};
  };
  const auto times = measure({one("invalidate_16", few), one("invalidate_1024", many)}, record.effort());
  record.add("invalidate_1024_over_16", times.at("invalidate_1024") / times.at("invalidate_16"));
}

}  // namespace

std::vector<Group> invalidate_groups() {
  return {{{{"invalidate_1024_over_16", "ratio", "<= 1.5"}}, measure_invalidate}};
}

}  // namespace sc_memory::bench
