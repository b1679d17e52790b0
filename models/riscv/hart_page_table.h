// The page-table walker: Sv39 and Sv48, with accessed and dirty bits set by the walk.
//
// Tables are read and written as supervisor-mode accesses to physical memory: through direct pointers if there are any,
// else by transports, and always under PMP.
#pragma once

#include <cstdint>
#include <optional>

#include "models/riscv/hart_bus.h"
#include "models/riscv/hart_pmp.h"
#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

// Fields of satp.
namespace satp {
constexpr unsigned mode_shift = 60;
constexpr uint64_t mode_bare = 0;
constexpr uint64_t mode_sv39 = 8;
constexpr uint64_t mode_sv48 = 9;
constexpr uint64_t ppn = (uint64_t{1} << 44) - 1;
}  // namespace satp

class HartPageTable {
 public:
  struct Result {
    uint64_t physical = 0;
    unsigned level = 0;  // 0 for a 4 KiB page, more for larger ones
  };

  HartPageTable(HartState& state, const Pmp& pmp, HartBus& bus) : state_(state), pmp_(pmp), bus_(bus) {}

  // Translates an access at a privilege below machine mode with satp not bare. On failure HartState::trap holds the
  // page fault or access fault, with `address` as its value.
  bool walk(uint64_t address, Access access, Privilege privilege, Result& result);

  // Where the address leads, for a debugger: no permissions are checked, no bits set, tables are read by debug
  // transport.
  std::optional<uint64_t> look_up(uint64_t address) const;

 private:
  bool read_entry(uint64_t physical, uint64_t& entry);
  bool write_entry(uint64_t physical, uint64_t entry);
  unsigned level_count() const;
  bool permitted(uint64_t entry, Access access, Privilege privilege) const;

  HartState& state_;
  const Pmp& pmp_;
  HartBus& bus_;
};

}  // namespace sc_memory::models::riscv
