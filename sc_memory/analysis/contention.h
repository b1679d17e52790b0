// Who waited for whom.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "sc_memory/analysis/traffic_name.h"
#include "sc_memory/tlm/router.h"

namespace sc_memory {

/// Sums up, for all ports of a router from construction to destruction, the time that accesses waited because a region
/// was another one's: regions with arbitration (timing.h), and targets that did not accept requests yet.
class Contention final : private PortObserver {
 public:
  explicit Contention(Router& router);
  ~Contention() override;

  struct Row {
    TrafficName region;
    TrafficName waiter;
    TrafficName behind;       ///< The initiator that was served meanwhile; a port may wait behind itself.
    std::uint64_t waits = 0;  ///< One for each service that was waited for.
    sc_core::sc_time time;
  };
  /// By region, waiter, and whom it waited for, in the order in which the names were first used.
  std::vector<Row> rows() const;
  sc_core::sc_time total() const;

 private:
  void waited(const InitiatorPort& port, const MemoryRegion* region, const InitiatorPort& behind,
              const sc_core::sc_time& duration) override;
  void router_destroyed() override { router_ = nullptr; }

  using Key = std::tuple<TrafficName, TrafficName, TrafficName>;
  struct Sum {
    std::uint64_t waits = 0;
    sc_core::sc_time time;
  };

  Router* router_;
  std::map<Key, Sum> sums_;
};

}  // namespace sc_memory
