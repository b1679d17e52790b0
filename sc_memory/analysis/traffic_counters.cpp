// One row of counters a region.
#include "sc_memory/analysis/traffic_counters.h"

namespace sc_memory {

TrafficCounters::TrafficCounters(Router& router) : router_(&router) { router.add_observer(*this); }

TrafficCounters::~TrafficCounters() {
  if (router_ != nullptr) router_->remove_observer(*this);
}

TrafficCounters::Counts& TrafficCounters::of(const MemoryRegion* region) {
  if (region != nullptr && region == last_.region && !last_.lifetime.expired()) return counts_[last_.row];
  const TrafficName name = TrafficName::of(region);
  const auto [entry, is_new] = index_.try_emplace(name, counts_.size());
  if (is_new) {
    counts_.emplace_back();
    counts_.back().region = name.text();
  }
  if (region != nullptr) last_ = {region, region->lifetime(), entry->second};
  return counts_[entry->second];
}

void TrafficCounters::transported(const PortTransaction& transaction) {
  if (transaction.path == TransactionPath::debug) return;
  Counts& counts = of(transaction.region);
  if (transaction.command == tlm::TLM_IGNORE_COMMAND) return;
  ++(transaction.command == tlm::TLM_READ_COMMAND ? counts.reads : counts.writes);
  counts.bytes += transaction.length - transaction.disabled;
}

std::vector<TrafficCounters::Counts> TrafficCounters::by_region() const { return counts_; }

TrafficCounters::Counts TrafficCounters::total() const {
  Counts sum;
  sum.region = "total";
  for (const Counts& counts : counts_) {
    sum.reads += counts.reads;
    sum.writes += counts.writes;
    sum.bytes += counts.bytes;
    sum.grants += counts.grants;
    sum.refusals += counts.refusals;
    sum.invalidations += counts.invalidations;
  }
  return sum;
}

}  // namespace sc_memory
