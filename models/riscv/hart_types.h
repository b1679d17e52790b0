// The vocabulary of the RISC-V hart: privilege levels, interrupts, exception causes, and the bits of the status
// registers.
//
// Numbers are those of "The RISC-V Instruction Set Manual, Volume II: Privileged Architecture", version 1.12.
#pragma once

#include <cstdint>

namespace sc_memory::models::riscv {

enum class Privilege : uint8_t { user = 0, supervisor = 1, machine = 3 };

// Interrupts by their bit number in mip and mie.
enum class Interrupt : unsigned {
  s_software = 1,
  m_software = 3,
  s_timer = 5,
  m_timer = 7,
  s_external = 9,
  m_external = 11,
};

constexpr uint64_t interrupt_bit(Interrupt interrupt) { return uint64_t{1} << static_cast<unsigned>(interrupt); }

// Synchronous exceptions by their mcause code.
enum class Cause : uint8_t {
  fetch_misaligned = 0,
  fetch_access = 1,
  illegal_instruction = 2,
  breakpoint = 3,
  load_misaligned = 4,
  load_access = 5,
  store_misaligned = 6,
  store_access = 7,
  ecall_user = 8,
  ecall_supervisor = 9,
  ecall_machine = 11,
  fetch_page = 12,
  load_page = 13,
  store_page = 15,
};

// What an access wants to do; decides permissions and the kind of fault.
enum class Access : uint8_t { read = 0, write = 1, fetch = 2 };

constexpr Cause access_fault(Access access) {
  return access == Access::read    ? Cause::load_access
         : access == Access::write ? Cause::store_access
                                   : Cause::fetch_access;
}
constexpr Cause page_fault(Access access) {
  return access == Access::read ? Cause::load_page : access == Access::write ? Cause::store_page : Cause::fetch_page;
}

// A synchronous exception on its way to its handler.
struct Trap {
  Cause cause = Cause::illegal_instruction;
  uint64_t value = 0;  // goes to mtval or stval
};

// Fields of mstatus; sstatus is a subset.
namespace status {
constexpr uint64_t sie = uint64_t{1} << 1;
constexpr uint64_t mie = uint64_t{1} << 3;
constexpr uint64_t spie = uint64_t{1} << 5;
constexpr uint64_t mpie = uint64_t{1} << 7;
constexpr uint64_t spp = uint64_t{1} << 8;
constexpr unsigned mpp_shift = 11;
constexpr uint64_t mpp = uint64_t{3} << mpp_shift;
constexpr unsigned fs_shift = 13;
constexpr uint64_t fs = uint64_t{3} << fs_shift;
constexpr uint64_t mprv = uint64_t{1} << 17;
constexpr uint64_t sum = uint64_t{1} << 18;
constexpr uint64_t mxr = uint64_t{1} << 19;
constexpr uint64_t tvm = uint64_t{1} << 20;
constexpr uint64_t tw = uint64_t{1} << 21;
constexpr uint64_t tsr = uint64_t{1} << 22;
constexpr uint64_t uxl = uint64_t{3} << 32;
constexpr uint64_t sxl = uint64_t{3} << 34;
constexpr uint64_t sd = uint64_t{1} << 63;
}  // namespace status

// Fields of menvcfg and senvcfg.
namespace environment {
constexpr uint64_t fiom = uint64_t{1} << 0;
constexpr uint64_t stce = uint64_t{1} << 63;
}  // namespace environment

constexpr uint64_t page_size = 4096;
constexpr uint64_t page_mask = page_size - 1;

}  // namespace sc_memory::models::riscv
