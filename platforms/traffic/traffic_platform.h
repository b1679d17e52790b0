// A machine without software: memories and devices on one router, and traffic generators that access them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <systemc>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"

#include "models/traffic/traffic_generator.h"

namespace sc_memory::platforms {

struct TrafficPlatformConfig {
  struct Region {
    enum class Kind : std::uint8_t {
      ram,
      rom,
      device,       ///< Registers of up to 8 bytes that take writes and read as 0.
      alias,        ///< Shows `size` bytes of `target` from `offset` on.
      reservation,  ///< An error for whoever accesses it.
    };
    std::string name;
    Kind kind = Kind::ram;
    Address address = 0;
    std::uint64_t size = 0;
    std::optional<int> priority = std::nullopt;  ///< Regions with one may overlap.
    std::string target;                          ///< An earlier region.
    Address offset = 0;
    // See RegionTiming.
    sc_core::sc_time read_latency;
    sc_core::sc_time write_latency;
    double bandwidth = 0;
    Arbitration arbitration = Arbitration::none;
  };
  struct Initiator {
    std::string name;
    int priority = 0;
    unsigned weight = 1;
    models::TrafficConfig traffic;
    std::unique_ptr<models::AccessPattern> pattern;
  };

  std::vector<Region> regions;
  std::vector<Initiator> initiators;
};

/// Built as `config` says; its patterns move into the generators. Throws MapError for regions that clash.
class TrafficPlatform : public sc_core::sc_module {
 public:
  TrafficPlatform(const sc_core::sc_module_name& name, TrafficPlatformConfig config);
  ~TrafficPlatform() override;

  Router& bus() { return bus_; }
  AddressSpace& memory() { return memory_; }
  const std::vector<std::unique_ptr<models::TrafficGenerator>>& generators() const { return generators_; }

  /// Called once, when the last generator is finished.
  void on_finished(std::function<void()> call) { on_finished_ = std::move(call); }

 private:
  std::unique_ptr<MemoryRegion> make_region(const TrafficPlatformConfig::Region& config) const;
  void add_region(const TrafficPlatformConfig::Region& config);
  void add_initiator(TrafficPlatformConfig::Initiator config);

  Container system_{"system"};
  std::vector<std::unique_ptr<MemoryRegion>> regions_;
  AddressSpace memory_{"memory", system_};
  Router bus_{"bus"};
  std::vector<std::unique_ptr<models::TrafficGenerator>> generators_;
  std::size_t running_ = 0;
  std::function<void()> on_finished_;
};

}  // namespace sc_memory::platforms
