// What an address space does with accesses that nothing serves.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace sc_memory {

/// Of a space; may be changed at any time. Bus errors can be legal (software probes for devices), so nothing is said
/// unless asked for.
struct AccessPolicy {
  enum class Unmapped : std::uint8_t {
    error,      ///< A decode error.
    warn_once,  ///< A decode error, and a warning at the first one of each hole.
    ignore,     ///< Reads give `unmapped_byte`, writes are dropped, both end well.
  };
  enum class Reservation : std::uint8_t {
    error,      ///< A decode error.
    warn_once,  ///< A decode error, and a warning at the first one of each region.
    fatal,      ///< Reported as fatal: the platform claims that nobody accesses this.
  };
  enum class Severity : std::uint8_t { warning, fatal };

  Unmapped unmapped = Unmapped::error;
  std::uint8_t unmapped_byte = 0;
  Reservation reservation = Reservation::error;
  /// Drop writes to read-only memory instead of refusing them.
  bool ignore_rom_writes = false;

  /// Where warnings go. Without it, to standard error; a router's port sets it to sc_report if it is empty. A fatal
  /// report that returns leaves a decode error.
  std::function<void(Severity, const std::string&)> report;
};

}  // namespace sc_memory
