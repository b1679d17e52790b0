// The PMP registers and their matching rules.
#include "models/riscv/hart_pmp.h"

namespace sc_memory::models::riscv {
namespace {

constexpr uint8_t read_bit = 0x01;
constexpr uint8_t write_bit = 0x02;
constexpr uint8_t execute_bit = 0x04;
constexpr uint8_t mode_bits = 0x18;
constexpr uint8_t mode_tor = 0x08;
constexpr uint8_t mode_na4 = 0x10;
constexpr uint8_t lock_bit = 0x80;
constexpr uint8_t defined_bits = lock_bit | mode_bits | read_bit | write_bit | execute_bit;
constexpr uint64_t address_bits = (uint64_t{1} << 54) - 1;

constexpr uint8_t permission_bit(Access access) {
  return access == Access::read ? read_bit : access == Access::write ? write_bit : execute_bit;
}

}  // namespace

uint64_t Pmp::read_config(unsigned first) const {
  uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) value |= uint64_t{config_[first + i]} << (8 * i);
  return value;
}

bool Pmp::write_config(unsigned first, uint64_t value) {
  bool changed = false;
  for (unsigned i = 0; i < 8; ++i) {
    uint8_t& config = config_[first + i];
    if ((config & lock_bit) != 0) continue;
    uint8_t next = static_cast<uint8_t>(value >> (8 * i)) & defined_bits;
    // Write without read is reserved: it becomes no access at all.
    if ((next & (read_bit | write_bit)) == write_bit) next &= static_cast<uint8_t>(~write_bit);
    changed |= next != config;
    config = next;
  }
  if (changed) rebuild();
  return changed;
}

bool Pmp::address_locked(unsigned entry) const {
  if ((config_[entry] & lock_bit) != 0) return true;
  if (entry + 1 == entry_count) return false;
  const uint8_t above = config_[entry + 1];
  return (above & lock_bit) != 0 && (above & mode_bits) == mode_tor;
}

bool Pmp::write_address(unsigned entry, uint64_t value) {
  value &= address_bits;
  if (address_locked(entry) || address_[entry] == value) return false;
  address_[entry] = value;
  rebuild();
  return true;
}

void Pmp::rebuild() {
  any_active_ = false;
  for (unsigned i = 0; i < entry_count; ++i) {
    const uint64_t start = address_[i] << 2;
    const uint8_t mode = config_[i] & mode_bits;
    active_[i] = mode != 0;
    if (mode == mode_tor) {
      const uint64_t bottom = i == 0 ? 0 : address_[i - 1] << 2;
      active_[i] = bottom < start;
      range_[i] = {bottom, start - 1};
    } else if (mode == mode_na4) {
      range_[i] = {start, start + 3};
    } else if (mode != 0) {
      // NAPOT: the lowest zero bit of the register says how long the range is.
      const uint64_t low_ones = address_[i] & ~(address_[i] + 1);
      const uint64_t span = (low_ones << 3) | 7;
      const uint64_t first = start & ~span;
      range_[i] = {first, first | span};
    }
    any_active_ |= active_[i];
  }
}

bool Pmp::permits(unsigned entry, Access access, Privilege privilege) const {
  const uint8_t config = config_[entry];
  if (privilege == Privilege::machine && (config & lock_bit) == 0) return true;
  return (config & permission_bit(access)) != 0;
}

bool Pmp::allows(uint64_t address, uint64_t size, Access access, Privilege privilege) const {
  const uint64_t last = address + size - 1;
  if (any_active_) {
    for (unsigned i = 0; i < entry_count; ++i) {
      if (!active_[i] || last < range_[i].first || address > range_[i].last) continue;
      // The lowest-numbered entry that matches any byte decides, and must match every byte.
      if (address < range_[i].first || last > range_[i].last) return false;
      return permits(i, access, privilege);
    }
  }
  // No entry matches. Sixteen entries are implemented, so supervisor and user mode have no access without one.
  return privilege == Privilege::machine;
}

Pmp::Verdict Pmp::page_verdict(uint64_t address, Access access, Privilege privilege) const {
  const uint64_t first = address & ~page_mask;
  const uint64_t last = first | page_mask;
  if (any_active_) {
    for (unsigned i = 0; i < entry_count; ++i) {
      if (!active_[i] || last < range_[i].first || first > range_[i].last) continue;
      if (first < range_[i].first || last > range_[i].last) return Verdict::mixed;
      return permits(i, access, privilege) ? Verdict::allowed : Verdict::denied;
    }
  }
  return privilege == Privilege::machine ? Verdict::allowed : Verdict::denied;
}

}  // namespace sc_memory::models::riscv
