// The host's end of HTIF, the host-target interface: how bare test programs report to whoever runs them.
//
// Such a program has a variable `tohost` of eight bytes and tells its verdict by writing there: 1 for a pass, an odd
// number above it for a failure, the number of the failed test in the bits above the lowest. The variable stays
// ordinary memory; the host's end watches it.
#pragma once

#include <cstdint>
#include <functional>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/watchpoint.h"

namespace sc_memory::models {

/// Watches from construction to destruction, in the simulation's thread. No direct pointer covers the variable for
/// writes meanwhile; accesses to all other bytes stay direct.
class HostTarget {
 public:
  /// What the program said. Even numbers are requests for services of the host, such as console output, of which there
  /// are none here.
  struct Report {
    std::uint64_t value = 0;  ///< As it was written; never 0, which says nothing.

    bool is_verdict() const { return (value & 1) != 0; }
    std::uint64_t failed_test() const { return value >> 1; }  ///< Of a verdict; 0: passed.

    /// What the simulator should return to the host's shell: 0 after a pass, else the number of the failed test, or 1
    /// if there is none or if it is lost in the eight bits that a shell sees.
    int exit_status() const {
      if (value == 1) return 0;
      const bool fits = is_verdict() && failed_test() <= 0xff;
      return fits ? static_cast<int>(failed_test()) : 1;
    }
  };

  /// `tohost` is the variable's address in `space`. `report` hears of every write that leaves it other than 0, within
  /// the write. Debug writes, such as a loader's, say nothing.
  HostTarget(AddressSpace& space, Address tohost, std::function<void(Report)> report);

 private:
  void look();

  AddressSpace& space_;
  std::function<void(Report)> report_;
  Watchpoint watchpoint_;
};

}  // namespace sc_memory::models
