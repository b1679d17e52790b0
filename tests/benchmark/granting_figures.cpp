// What a target's word costs that is given and taken back again and again, and what it costs to take back what nobody
// holds: through the router, and bound directly.
#include <fmt/format.h>
#include <memory>
#include <vector>

#include "sc_memory/map/map_transaction.h"
#include "sc_memory/tlm/target_region.h"

#include "tests/benchmark/dmi_holder.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/measure.h"
#include "tests/benchmark/taking_back.h"

namespace sc_memory::bench {

namespace {

/// The targets, reached by a socket through the router and by one each directly.
class GrantingTargets {
 public:
  GrantingTargets(const std::string& name, std::size_t count)
      : bus_((name + "_bus").c_str()), routed_((name + "_routed").c_str()) {
    MapTransaction change;
    for (std::size_t i = 0; i < count; ++i) {
      routed_targets_.push_back(std::make_unique<TakingBack>(sc_core::sc_gen_unique_name("routed_target")));
      regions_.push_back(std::make_unique<TargetRegion>(name + std::to_string(i), TakingBack::kBytes));
      regions_.back()->bind(routed_targets_.back()->socket);
      system_.add(i * TakingBack::kBytes, *regions_.back());
      direct_targets_.push_back(std::make_unique<TakingBack>(sc_core::sc_gen_unique_name("direct_target")));
      direct_.push_back(std::make_unique<DmiHolder>(sc_core::sc_gen_unique_name("direct")));
      direct_.back()->socket.bind(direct_targets_.back()->socket);
    }
    bus_.initiator("routed", space_).bind(routed_.socket);
  }

  /// A request and the invalidation of all of it, target after target; nothing else is held.
  Case grant_and_invalidate_routed(const std::string& name) {
    return {name, [this](benchmark::State& state) {
              std::size_t i = 0;
              for (auto _ : state) {
                routed_.ask(i * TakingBack::kBytes);
                routed_targets_[i]->take_all_back();
                i = (i + 1) % regions_.size();
              }
            }};
  }
  Case grant_and_invalidate_direct(const std::string& name) {
    return {name, [this](benchmark::State& state) {
              std::size_t i = 0;
              for (auto _ : state) {
                direct_[i]->ask(0);
                direct_targets_[i]->take_all_back();
                i = (i + 1) % regions_.size();
              }
            }};
  }
  /// Nothing is held of any of them.
  Case invalidate_routed(const std::string& name) { return invalidate(name, routed_targets_); }
  Case invalidate_direct(const std::string& name) { return invalidate(name, direct_targets_); }

 private:
  using Targets = std::vector<std::unique_ptr<TakingBack>>;

  static Case invalidate(const std::string& name, Targets& targets) {
    return {name, [&targets](benchmark::State& state) {
              std::size_t i = 0;
              for (auto _ : state) {
                targets[i]->take_all_back();
                i = (i + 1) % targets.size();
              }
            }};
  }

  // The space goes before the regions, which then need not be taken out of its view one by one.
  Container system_{"system"};
  Targets routed_targets_;
  Targets direct_targets_;
  std::vector<std::unique_ptr<TargetRegion>> regions_;
  AddressSpace space_{"memory", system_};
  Router bus_;
  DmiHolder routed_;
  std::vector<std::unique_ptr<DmiHolder>> direct_;
};

void measure_granting(Record& record) {
  GrantingTargets few("few", 16);
  GrantingTargets many("many", record.limited(1024));
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  const auto times = measure(
      {few.grant_and_invalidate_routed("grant_16_routed"), few.grant_and_invalidate_direct("grant_16_direct"),
       many.grant_and_invalidate_routed("grant_1024_routed"), many.grant_and_invalidate_direct("grant_1024_direct"),
       many.invalidate_routed("unheld_1024_routed"), many.invalidate_direct("unheld_1024_direct")},
      record.effort());
  record.add("grant_and_invalidate_16_over_direct", times.at("grant_16_routed") / times.at("grant_16_direct"));
  record.add("grant_and_invalidate_1024_over_direct", times.at("grant_1024_routed") / times.at("grant_1024_direct"));
  record.add("invalidate_unheld_1024_over_direct", times.at("unheld_1024_routed") / times.at("unheld_1024_direct"));
}

}  // namespace

std::vector<Group> granting_groups() {
  return {{{{"grant_and_invalidate_16_over_direct", "ratio", "<= 6"},
            {"grant_and_invalidate_1024_over_direct", "ratio", "<= 6"},
            {"invalidate_unheld_1024_over_direct", "ratio", "<= 4"}},
           measure_granting}};
}

}  // namespace sc_memory::bench
