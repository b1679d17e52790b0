// What went through a router, counted by region.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sc_memory/analysis/traffic_name.h"
#include "sc_memory/tlm/router.h"

namespace sc_memory {

/// Counts the traffic of all ports of a router from its construction to its destruction, or to that of the router.
/// Accesses by direct pointers are not seen: that is what they are for.
class TrafficCounters final : public PortObserver {
 public:
  struct Counts {
    std::string region;  ///< Its TrafficName, which regions of the same name do not share; "(unmapped)" for holes.
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t bytes = 0;          ///< Enabled ones that both asked for, also where nothing is mapped.
    std::uint64_t grants = 0;         ///< DMI requests granted.
    std::uint64_t refusals = 0;       ///< DMI requests refused.
    std::uint64_t invalidations = 0;  ///< Times that an initiator was told to drop a grant.
  };

  explicit TrafficCounters(Router& router);
  TrafficCounters(const TrafficCounters&) = delete;
  TrafficCounters& operator=(const TrafficCounters&) = delete;
  ~TrafficCounters() override;

  /// By region, in the order in which they were first reached.
  std::vector<Counts> by_region() const;
  Counts total() const;

 private:
  void transported(const PortTransaction& transaction) override;
  void granted(const InitiatorPort&, MemoryRegion* region, const AddressRange&) override { ++of(region).grants; }
  void refused(const InitiatorPort&, MemoryRegion* region, const AddressRange&) override { ++of(region).refusals; }
  void invalidated(const InitiatorPort&, MemoryRegion* region, bool granted, const AddressRange&, DmiCause) override {
    if (granted) ++of(region).invalidations;
  }
  void router_destroyed() override { router_ = nullptr; }

  Counts& of(const MemoryRegion* region);

  /// Most traffic goes where the traffic before went.
  struct Last {
    const MemoryRegion* region = nullptr;
    std::weak_ptr<const void> lifetime;  ///< Another region may come to lie at the same place in the host's memory.
    std::size_t row = 0;
  };

  Router* router_;
  Last last_;
  std::vector<Counts> counts_;
  std::unordered_map<TrafficName, std::size_t> index_;
};

}  // namespace sc_memory
