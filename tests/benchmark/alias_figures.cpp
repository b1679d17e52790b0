// One change that is seen in a thousand places, against a thousand changes of one place each.
#include <memory>
#include <vector>

#include "sc_memory/map/region_kinds.h"

#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

constexpr std::size_t kAliases = 1000;

/// A container with one leaf, seen through aliases only.
class AliasedLeaf {
 public:
  AliasedLeaf() {
    MapTransaction change;
    shared_.add(0, leaves_[0]);
    for (std::size_t i = 0; i < kAliases; ++i) {
      aliases_.push_back(std::make_unique<AliasRegion>("alias" + std::to_string(i), shared_, 0, Leaves::kBytes));
      system_.add(Leaves::address_of(i), *aliases_.back());
    }
  }

  void toggle() { leaves_[0].set_enabled(!leaves_[0].enabled()); }

 private:
  Leaves leaves_{1};
  Container shared_{"shared"};
  std::vector<std::unique_ptr<AliasRegion>> aliases_;
  Container system_{"system"};
  AddressSpace space_{"memory", system_};
};

void measure_alias(Record& record) {
  AliasedLeaf aliased;
  LeafMap single(kAliases);
  const auto toggle_all = [&single](bool enabled) {
    for (std::size_t i = 0; i < kAliases; ++i) single.leaves[i].set_enabled(enabled);
  };
  const auto times = measure({{"one_change_of_1000_places",
                               [&](benchmark::State& state) {
                                 for (auto _ : state) aliased.toggle();
                               }},
                              {"1000_changes_of_one_place",
                               [&](benchmark::State& state) {
                                 for (auto _ : state) {
                                   toggle_all(false);
                                   toggle_all(true);
                                 }
                               },
                               2}},
                             record.effort());
  record.add("change_alias_1000", times.at("one_change_of_1000_places") / times.at("1000_changes_of_one_place"));
}

}  // namespace

std::vector<Group> alias_groups() { return {{{{"change_alias_1000", "ratio", "<= 1"}}, measure_alias}}; }

}  // namespace sc_memory::bench
