// Regions, timings, generators.
#include "platforms/traffic/traffic_platform.h"

#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory::platforms {

TrafficPlatform::TrafficPlatform(const sc_core::sc_module_name& name, TrafficPlatformConfig config) : sc_module(name) {
  for (const auto& region : config.regions) add_region(region);
  for (auto& initiator : config.initiators) add_initiator(std::move(initiator));
}

TrafficPlatform::~TrafficPlatform() = default;

std::unique_ptr<MemoryRegion> TrafficPlatform::make_region(const TrafficPlatformConfig::Region& config) const {
  using Kind = TrafficPlatformConfig::Region::Kind;
  switch (config.kind) {
    case Kind::ram:
      return std::make_unique<RamRegion>(config.name, config.size);
    case Kind::rom:
      return std::make_unique<RomRegion>(config.name, config.size);
    case Kind::device:
      return std::make_unique<IoRegion>(config.name, config.size,
                                        io_ops()
                                            .read([](Address, unsigned) { return 0; })
                                            .write([](Address, std::uint64_t, unsigned) {})
                                            .valid(1, 8)
                                            .impl(1, 8));
    case Kind::reservation:
      return std::make_unique<ReservedRegion>(config.name, config.size);
    case Kind::alias:
      break;
  }
  const auto target = std::find_if(regions_.begin(), regions_.end(),
                                   [&](const auto& region) { return region->name() == config.target; });
  if (target == regions_.end())
    throw MapError(
        fmt::format("alias '{}' shows region '{}', which is not there before it", config.name, config.target));
  return std::make_unique<AliasRegion>(config.name, **target, config.offset, config.size);
}

void TrafficPlatform::add_region(const TrafficPlatformConfig::Region& config) {
  regions_.push_back(make_region(config));
  MemoryRegion& region = *regions_.back();
  if (config.priority)
    system_.add(config.address, region, Priority{*config.priority});
  else
    system_.add(config.address, region);
  bus_.timing(region)
      .read_latency(config.read_latency)
      .write_latency(config.write_latency)
      .bandwidth(config.bandwidth)
      .arbitration(config.arbitration);
}

void TrafficPlatform::add_initiator(TrafficPlatformConfig::Initiator config) {
  generators_.push_back(
      std::make_unique<models::TrafficGenerator>(config.name.c_str(), std::move(config.pattern), config.traffic));
  models::TrafficGenerator& generator = *generators_.back();
  bus_.initiator(config.name, memory_).priority(config.priority).weight(config.weight).bind(generator.socket);
  ++running_;
  generator.on_finished([this] {
    if (--running_ == 0 && on_finished_) on_finished_();
  });
}

}  // namespace sc_memory::platforms
