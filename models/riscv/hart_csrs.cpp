// Reading and writing CSRs, register by register.
#include "models/riscv/hart_csrs.h"

#include "models/riscv/hart_csr_numbers.h"

namespace sc_memory::models::riscv {
namespace {

constexpr uint64_t s_interrupts =
    interrupt_bit(Interrupt::s_software) | interrupt_bit(Interrupt::s_timer) | interrupt_bit(Interrupt::s_external);
constexpr uint64_t m_interrupts =
    interrupt_bit(Interrupt::m_software) | interrupt_bit(Interrupt::m_timer) | interrupt_bit(Interrupt::m_external);

// Every exception below machine mode's own environment call can be delegated.
constexpr uint64_t delegable_exceptions = 0xb3ff;

constexpr uint64_t sstatus_readable =
    status::sie | status::spie | status::spp | status::fs | status::sum | status::mxr | status::uxl | status::sd;
constexpr uint64_t sstatus_writable = status::sie | status::spie | status::spp | status::fs | status::sum | status::mxr;
constexpr uint64_t mstatus_writable =
    sstatus_writable | status::mie | status::mpie | status::mpp | status::mprv | status::tvm | status::tw | status::tsr;
// 64-bit supervisor and user mode, always.
constexpr uint64_t xlen_fields = uint64_t{2} << 32 | uint64_t{2} << 34;

// Counters 0, 1 and 2; the others read zero and can as well be enabled.
constexpr uint64_t counter_enable_bits = 0xffffffff;

constexpr uint64_t replace(uint64_t old, uint64_t value, uint64_t mask) { return (old & ~mask) | (value & mask); }

// Trap vectors are direct (0) or vectored (1); other modes keep the old one.
constexpr uint64_t legal_vector(uint64_t old, uint64_t value) {
  return (value & 2) != 0 ? (value & ~uint64_t{3}) | (old & 1) : value;
}

constexpr bool in_range(unsigned number, unsigned first, unsigned last) { return number >= first && number <= last; }

}  // namespace

HartCsrs::HartCsrs(const HartConfig& config, HartState& state, Pmp& pmp, HartMemory& memory, HartClock& clock)
    : config_(config), state_(state), pmp_(pmp), memory_(memory), clock_(clock) {
  state_.mstatus = xlen_fields;
}

bool HartCsrs::counter_enabled(unsigned index) const {
  const uint64_t bit = uint64_t{1} << index;
  if (state_.privilege == Privilege::machine) return true;
  if ((state_.mcounteren & bit) == 0) return false;
  return state_.privilege == Privilege::supervisor || (state_.scounteren & bit) != 0;
}

bool HartCsrs::accessible(unsigned number, bool write) const {
  const bool read_only = (number >> 10) == 3;
  const unsigned lowest_privilege = (number >> 8) & 3;
  if (write && read_only) return false;
  if (static_cast<unsigned>(state_.privilege) < lowest_privilege) return false;
  if (in_range(number, csr::fflags, csr::fcsr)) return state_.float_enabled();
  if (number == csr::stimecmp && state_.privilege == Privilege::supervisor) {
    return state_.supervisor_timer_on() && counter_enabled(csr::time - csr::cycle);
  }
  if (in_range(number, csr::cycle, csr::hpmcounter31)) return counter_enabled(number - csr::cycle);
  if (number == csr::satp && state_.privilege == Privilege::supervisor) return (state_.mstatus & status::tvm) == 0;
  return true;
}

uint64_t HartCsrs::mstatus() const {
  // SD sums up the state that a context switch must save.
  return state_.mstatus | ((state_.mstatus & status::fs) == status::fs ? status::sd : 0);
}

uint64_t HartCsrs::misa() const {
  const auto letter = [](char name) { return uint64_t{1} << (name - 'A'); };
  return uint64_t{2} << 62 | letter('I') | letter('M') | letter('A') | letter('F') | letter('D') | letter('C') |
         letter('S') | letter('U');
}

std::optional<uint64_t> HartCsrs::read_counter(unsigned number) const {
  switch (number) {
    case csr::cycle:
    case csr::mcycle:
      return clock_.cycles() + state_.cycle_offset;
    case csr::instret:
    case csr::minstret:
      return state_.retired + state_.in_block + state_.instret_offset;
    case csr::time:
      if (!time_source_) return std::nullopt;
      return time_source_(clock_.local_offset());
    default:
      return 0;  // event counters that count nothing
  }
}

std::optional<uint64_t> HartCsrs::read_supervisor(unsigned number) const {
  switch (number) {
    case csr::sstatus:
      return mstatus() & sstatus_readable;
    case csr::sie:
      return state_.mie & state_.mideleg;
    case csr::stvec:
      return state_.stvec;
    case csr::scounteren:
      return state_.scounteren;
    case csr::senvcfg:
      return state_.senvcfg;
    case csr::sscratch:
      return state_.sscratch;
    case csr::sepc:
      return state_.sepc;
    case csr::scause:
      return state_.scause;
    case csr::stval:
      return state_.stval;
    case csr::sip:
      return state_.mip() & state_.mideleg;
    case csr::stimecmp:
      if (!comparable_) return std::nullopt;
      return state_.stimecmp;
    case csr::satp:
      return state_.satp;
    default:
      return std::nullopt;
  }
}

std::optional<uint64_t> HartCsrs::read_machine(unsigned number) const {
  if (in_range(number, csr::pmpaddr0, csr::pmpaddr15)) return pmp_.read_address(number - csr::pmpaddr0);
  if (in_range(number, csr::mhpmevent3, csr::mhpmevent31)) return 0;
  if (in_range(number, csr::tselect, csr::tdata3)) return 0;  // selects among no triggers: type 0
  switch (number) {
    case csr::mvendorid:
    case csr::marchid:
    case csr::mimpid:
    case csr::mconfigptr:
      return 0;
    case csr::mhartid:
      return config_.hart_id;
    case csr::fflags:
      return state_.fflags;
    case csr::frm:
      return state_.frm;
    case csr::fcsr:
      return uint64_t{state_.frm} << 5 | state_.fflags;
    case csr::mstatus:
      return mstatus();
    case csr::misa:
      return misa();
    case csr::medeleg:
      return state_.medeleg;
    case csr::mideleg:
      return state_.mideleg;
    case csr::mie:
      return state_.mie;
    case csr::mtvec:
      return state_.mtvec;
    case csr::mcounteren:
      return state_.mcounteren;
    case csr::menvcfg:
      return state_.menvcfg;
    case csr::mcountinhibit:
      return 0;
    case csr::mscratch:
      return state_.mscratch;
    case csr::mepc:
      return state_.mepc;
    case csr::mcause:
      return state_.mcause;
    case csr::mtval:
      return state_.mtval;
    case csr::mip:
      return state_.mip();
    case csr::pmpcfg0:
      return pmp_.read_config(0);
    case csr::pmpcfg2:
      return pmp_.read_config(8);
    default:
      return std::nullopt;
  }
}

std::optional<uint64_t> HartCsrs::read(unsigned number) const {
  const bool counter = in_range(number, csr::cycle, csr::hpmcounter31) || number == csr::mcycle ||
                       in_range(number, csr::minstret, csr::mhpmcounter31);
  if (counter) return read_counter(number);
  return ((number >> 8) & 3) == 1 ? read_supervisor(number) : read_machine(number);
}

std::optional<uint64_t> HartCsrs::read_to_modify(unsigned number) const {
  if (number == csr::mip) {
    const uint64_t external = interrupt_bit(Interrupt::s_external);
    return (state_.mip_lines & ~external) | state_.mip_software;
  }
  return read(number);
}

void HartCsrs::write_mstatus(uint64_t value) {
  const uint64_t old = state_.mstatus;
  // There is no privilege level 2: MPP keeps what it had.
  if ((value & status::mpp) >> status::mpp_shift == 2) value = replace(value, old, status::mpp);
  state_.mstatus = replace(old, value, mstatus_writable);
  if (((old ^ state_.mstatus) & status::mxr) != 0) {
    memory_.flush_translations();
    // Code is not affected, but which large pages it came from is forgotten with the rest.
    state_.new_translation_generation();
  }
  memory_.update_context();
}

bool HartCsrs::write_supervisor(unsigned number, uint64_t value) {
  switch (number) {
    case csr::sstatus:
      write_mstatus(replace(state_.mstatus, value, sstatus_writable));
      return true;
    case csr::sie:
      state_.mie = replace(state_.mie, value, state_.mideleg);
      return true;
    case csr::stvec:
      state_.stvec = legal_vector(state_.stvec, value);
      return true;
    case csr::scounteren:
      state_.scounteren = value & counter_enable_bits;
      return true;
    case csr::senvcfg:
      state_.senvcfg = value & environment::fiom;
      return true;
    case csr::sscratch:
      state_.sscratch = value;
      return true;
    case csr::sepc:
      state_.sepc = value & ~uint64_t{1};
      return true;
    case csr::scause:
      state_.scause = value;
      return true;
    case csr::stval:
      state_.stval = value;
      return true;
    case csr::sip:
      state_.mip_software = replace(state_.mip_software, value, interrupt_bit(Interrupt::s_software) & state_.mideleg);
      return true;
    case csr::satp:
      write_satp(value);
      return true;
    case csr::stimecmp:
      if (!comparable_) return false;
      state_.stimecmp = value;
      timer_changed_();
      return true;
    default:
      return false;
  }
}

bool HartCsrs::write_float(uint64_t rounding, uint64_t flags) {
  state_.frm = static_cast<uint8_t>(rounding & 7);
  state_.fflags = static_cast<uint8_t>(flags & 0x1f);
  state_.mark_float_dirty();
  return true;
}

void HartCsrs::write_satp(uint64_t value) {
  const uint64_t mode = value >> satp::mode_shift;
  // A mode that does not exist leaves all of the register as it was.
  if (mode != satp::mode_bare && mode != satp::mode_sv39 && mode != satp::mode_sv48) return;
  if (value == state_.satp) return;
  state_.satp = value;
  memory_.flush_translations();
  state_.new_translation_generation();
}

bool HartCsrs::write_pmp(unsigned number, uint64_t value) {
  const bool config = number == csr::pmpcfg0 || number == csr::pmpcfg2;
  if (!config && !in_range(number, csr::pmpaddr0, csr::pmpaddr15)) return false;
  const bool changed = config ? pmp_.write_config(number == csr::pmpcfg0 ? 0 : 8, value)
                              : pmp_.write_address(number - csr::pmpaddr0, value);
  if (changed) {
    memory_.flush();
    state_.new_translation_generation();
  }
  return true;
}

bool HartCsrs::write_machine(unsigned number, uint64_t value) {
  if (in_range(number, csr::mhpmevent3, csr::mhpmevent31)) return true;
  if (in_range(number, csr::mhpmcounter3, csr::mhpmcounter31)) return true;
  if (in_range(number, csr::tselect, csr::tdata3)) return true;
  switch (number) {
    case csr::fflags:
      return write_float(state_.frm, value);
    case csr::frm:
      return write_float(value, state_.fflags);
    case csr::fcsr:
      return write_float(value >> 5, value);
    case csr::mstatus:
      write_mstatus(value);
      return true;
    case csr::misa:
      return true;  // no extension can be switched off
    case csr::medeleg:
      state_.medeleg = value & delegable_exceptions;
      return true;
    case csr::mideleg:
      state_.mideleg = value & s_interrupts;
      return true;
    case csr::mie:
      state_.mie = value & (s_interrupts | m_interrupts);
      return true;
    case csr::mtvec:
      state_.mtvec = legal_vector(state_.mtvec, value);
      return true;
    case csr::mcounteren:
      state_.mcounteren = value & counter_enable_bits;
      return true;
    case csr::menvcfg:
      state_.menvcfg = value & (environment::fiom | (comparable_ ? environment::stce : 0));
      timer_changed_();
      return true;
    case csr::mcountinhibit:
      return true;  // the counters always run
    case csr::mscratch:
      state_.mscratch = value;
      return true;
    case csr::mepc:
      state_.mepc = value & ~uint64_t{1};
      return true;
    case csr::mcause:
      state_.mcause = value;
      return true;
    case csr::mtval:
      state_.mtval = value;
      return true;
    case csr::mip:
      state_.mip_software = value & s_interrupts;
      return true;
    case csr::mcycle:
      state_.cycle_offset = value - clock_.cycles() - 1;
      return true;
    // The instruction that writes the count is not counted in what it wrote.
    case csr::minstret:
      state_.instret_offset = value - (state_.retired + state_.in_block + 1);
      return true;
    default:
      return write_pmp(number, value);
  }
}

bool HartCsrs::write(unsigned number, uint64_t value) {
  return ((number >> 8) & 3) == 1 ? write_supervisor(number, value) : write_machine(number, value);
}

}  // namespace sc_memory::models::riscv
