// A platform of traffic generators, described in JSON. docs/traffic.md has the keys.
#pragma once

#include <string>
#include <vector>

#include <systemc>

#include "platforms/traffic/traffic_platform.h"

namespace sc_memory::sim {

struct TrafficDescription {
  std::string title;
  sc_core::sc_time quantum;  ///< Zero: initiators stay in step with simulated time.
  platforms::TrafficPlatformConfig platform;
  std::string endless;              ///< An initiator that never finishes; empty: none.
  std::vector<std::string> traces;  ///< Files that are replayed.
};

/// Throws OptionError, naming file and key, for what makes no sense.
TrafficDescription read_traffic_description(const std::string& file);

}  // namespace sc_memory::sim
