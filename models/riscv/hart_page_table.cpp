// The walk, as the privileged manual's "Virtual Address Translation Process" numbers its steps.
#include "models/riscv/hart_page_table.h"

#include <cstring>

namespace sc_memory::models::riscv {
namespace {

constexpr uint64_t valid = 1 << 0;
constexpr uint64_t readable = 1 << 1;
constexpr uint64_t writable = 1 << 2;
constexpr uint64_t executable = 1 << 3;
constexpr uint64_t user = 1 << 4;
constexpr uint64_t accessed = 1 << 6;
constexpr uint64_t dirty = 1 << 7;
constexpr unsigned ppn_shift = 10;
constexpr uint64_t reserved = ~uint64_t{0} << 54;  // among them Svnapot and Svpbmt, which this hart does not have

constexpr unsigned index_bits = 9;
constexpr unsigned entry_size = 8;

constexpr uint64_t index_of(uint64_t address, unsigned level) {
  return (address >> (12 + index_bits * level)) & ((1U << index_bits) - 1);
}

}  // namespace

bool HartPageTable::read_entry(uint64_t physical, uint64_t& entry) {
  if (!pmp_.allows(physical, entry_size, Access::read, Privilege::supervisor)) return false;
  if (const HartBus::Grant* grant = bus_.find(physical, entry_size, Access::read)) {
    std::memcpy(&entry, grant->at(physical), entry_size);
    return true;
  }
  uint8_t bytes[entry_size];
  if (!bus_.transport(physical, bytes, entry_size, Access::read)) return false;
  std::memcpy(&entry, bytes, entry_size);
  return true;
}

bool HartPageTable::write_entry(uint64_t physical, uint64_t entry) {
  if (!pmp_.allows(physical, entry_size, Access::write, Privilege::supervisor)) return false;
  if (const HartBus::Grant* grant = bus_.find(physical, entry_size, Access::write)) {
    std::memcpy(grant->at(physical), &entry, entry_size);
    return true;
  }
  uint8_t bytes[entry_size];
  std::memcpy(bytes, &entry, entry_size);
  return bus_.transport(physical, bytes, entry_size, Access::write);
}

bool HartPageTable::permitted(uint64_t entry, Access access, Privilege privilege) const {
  const bool user_page = (entry & user) != 0;
  if (privilege == Privilege::user && !user_page) return false;
  if (privilege == Privilege::supervisor && user_page) {
    if (access == Access::fetch || (state_.mstatus & status::sum) == 0) return false;
  }
  switch (access) {
    case Access::read:
      return (entry & readable) != 0 || ((state_.mstatus & status::mxr) != 0 && (entry & executable) != 0);
    case Access::write:
      return (entry & writable) != 0;
    default:
      return (entry & executable) != 0;
  }
}

unsigned HartPageTable::level_count() const { return state_.satp >> satp::mode_shift == satp::mode_sv48 ? 4 : 3; }

bool HartPageTable::walk(uint64_t address, Access access, Privilege privilege, Result& result) {
  const unsigned levels = level_count();
  const unsigned width = 12 + index_bits * levels;
  const int64_t upper = static_cast<int64_t>(address) >> (width - 1);
  if (upper != 0 && upper != -1) return state_.raise(page_fault(access), address);

  uint64_t table = (state_.satp & satp::ppn) << 12;
  for (unsigned level = levels; level-- > 0;) {
    const unsigned shift = 12 + index_bits * level;
    const uint64_t place = table + index_of(address, level) * entry_size;
    uint64_t entry = 0;
    if (!read_entry(place, entry)) return state_.raise(access_fault(access), address);
    const bool malformed =
        (entry & valid) == 0 || (entry & (readable | writable)) == writable || (entry & reserved) != 0;
    if (malformed) return state_.raise(page_fault(access), address);
    const uint64_t target = (entry >> ppn_shift) << 12;
    if ((entry & (readable | executable)) == 0) {
      if ((entry & (dirty | accessed | user)) != 0) return state_.raise(page_fault(access), address);
      table = target;
      continue;
    }
    const uint64_t inside = (uint64_t{1} << shift) - 1;
    const bool misaligned = (target & inside) != 0;
    if (misaligned || !permitted(entry, access, privilege)) return state_.raise(page_fault(access), address);
    const uint64_t marked = entry | accessed | (access == Access::write ? dirty : 0);
    if (marked != entry && !write_entry(place, marked)) return state_.raise(access_fault(access), address);
    result = {target | (address & inside), level};
    return true;
  }
  return state_.raise(page_fault(access), address);
}

std::optional<uint64_t> HartPageTable::look_up(uint64_t address) const {
  uint64_t table = (state_.satp & satp::ppn) << 12;
  for (unsigned level = level_count(); level-- > 0;) {
    const unsigned shift = 12 + index_bits * level;
    uint8_t bytes[entry_size];
    if (!bus_.debug(table + index_of(address, level) * entry_size, bytes, entry_size, Access::read))
      return std::nullopt;
    uint64_t entry = 0;
    std::memcpy(&entry, bytes, entry_size);
    if ((entry & valid) == 0) return std::nullopt;
    table = (entry >> ppn_shift) << 12;
    const uint64_t inside = (uint64_t{1} << shift) - 1;
    if ((entry & (readable | executable)) != 0) return (table & ~inside) | (address & inside);
  }
  return std::nullopt;
}

}  // namespace sc_memory::models::riscv
