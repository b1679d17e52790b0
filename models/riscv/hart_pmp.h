// Physical memory protection: sixteen entries, all four address modes, a granularity of four bytes.
//
// The registers are WARL as the privileged manual says: locked entries ignore writes until reset, and a locked TOR
// entry locks the address below it. All addresses are physical.
#pragma once

#include <array>
#include <cstdint>

#include "models/riscv/hart_types.h"

namespace sc_memory::models::riscv {

class Pmp {
 public:
  static constexpr unsigned entry_count = 16;

  // What a range of addresses is allowed as a whole: pages that are `mixed` must be checked access by access.
  enum class Verdict : uint8_t { allowed, denied, mixed };

  // The pmpcfg register that holds entries first .. first + 7; first is 0 or 8.
  uint64_t read_config(unsigned first) const;
  // Returns whether anything changed.
  bool write_config(unsigned first, uint64_t value);

  // The pmpaddr registers: address bits 55 to 2.
  uint64_t read_address(unsigned entry) const { return address_[entry]; }
  bool write_address(unsigned entry, uint64_t value);

  // Whether the size bytes at address (both ends inside the address space) may be accessed. `mixed` never happens for
  // an access in the sense of the manual: an access that an entry matches only in part is denied.
  bool allows(uint64_t address, uint64_t size, Access access, Privilege privilege) const;

  // The verdict for the whole page that holds address.
  Verdict page_verdict(uint64_t address, Access access, Privilege privilege) const;

 private:
  struct Range {
    uint64_t first, last;  // inclusive
  };

  bool address_locked(unsigned entry) const;
  void rebuild();
  bool permits(unsigned entry, Access access, Privilege privilege) const;

  std::array<uint8_t, entry_count> config_{};
  std::array<uint64_t, entry_count> address_{};
  std::array<Range, entry_count> range_{};  // of the entries that are on; derived from the registers
  std::array<bool, entry_count> active_{};
  bool any_active_ = false;
};

}  // namespace sc_memory::models::riscv
