// Sums.
#include "sc_memory/analysis/contention.h"

namespace sc_memory {

Contention::Contention(Router& router) : router_(&router) { router.add_observer(*this); }

Contention::~Contention() {
  if (router_ != nullptr) router_->remove_observer(*this);
}

void Contention::waited(const InitiatorPort& port, const MemoryRegion* region, const InitiatorPort& behind,
                        const sc_core::sc_time& duration) {
  Sum& sum = sums_[{TrafficName::of(region), TrafficName::of(port), TrafficName::of(behind)}];
  ++sum.waits;
  sum.time += duration;
}

std::vector<Contention::Row> Contention::rows() const {
  std::vector<Row> rows;
  for (const auto& [key, sum] : sums_)
    rows.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), sum.waits, sum.time});
  return rows;
}

sc_core::sc_time Contention::total() const {
  sc_core::sc_time total;
  for (const auto& [key, sum] : sums_) total += sum.time;
  return total;
}

}  // namespace sc_memory
