// SiFive's test finisher: the register through which guest software ends the machine, or asks for a reset. It is what
// the device tree's syscon-poweroff and syscon-reboot write to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "sc_memory/map/io_region.h"

namespace sc_memory::models {

/// One register at offset 0, which takes writes of two or four bytes: 0x5555 passes, 0x3333 fails with the code in the
/// upper half, 0x7777 resets. Other values, other offsets and debug writes do nothing; reads give 0.
class SifiveTest {
 public:
  static constexpr std::uint64_t size = 0x1000;

  enum class Verdict : std::uint8_t { pass, fail, reset };
  struct Outcome {
    Verdict verdict = Verdict::pass;
    std::uint16_t code = 0;  ///< What the guest gave with a failure.

    /// What the simulator should return to the host's shell: 0 after a pass, after a failure the guest's code, or 1 if
    /// that is lost in the eight bits that a shell sees.
    int exit_status() const {
      if (verdict != Verdict::fail) return 0;
      return (code & 0xff) != 0 ? code & 0xff : 1;
    }
  };

  /// `report` hears every outcome that the guest writes, within the write, in the simulation's thread.
  SifiveTest(std::string name, std::function<void(Outcome)> report);

  IoRegion& region() { return region_; }

 private:
  void write(std::uint32_t value) const;

  std::function<void(Outcome)> report_;
  IoRegion region_;
};

}  // namespace sc_memory::models
