// The slow way of the memory path.
#include "models/riscv/hart_memory.h"

namespace sc_memory::models::riscv {
namespace {

constexpr unsigned bytes_to_page_end(uint64_t address) {
  return static_cast<unsigned>(page_size - (address & page_mask));
}

}  // namespace

void HartMemory::update_context() {
  const Privilege privilege = state_.data_privilege();
  ContextIndex index = machine_context;
  if (privilege == Privilege::user) {
    index = user_context;
  } else if (privilege == Privilege::supervisor) {
    index = (state_.mstatus & status::sum) != 0 ? supervisor_user_context : supervisor_context;
  }
  context_ = &contexts_[index];
  read_entries_ = context_->read.entries();
  write_entries_ = context_->write.entries();
}

void HartMemory::flush() {
  for (Context& context : contexts_) {
    context.read.flush();
    context.write.flush();
  }
}

void HartMemory::flush_translations() {
  for (unsigned index = supervisor_context; index < context_count; ++index) {
    contexts_[index].read.flush();
    contexts_[index].write.flush();
  }
  for (auto& level : large_pages_) level.reset();
}

bool HartMemory::flush_translation(uint64_t address) {
  for (unsigned level = 1; level <= large_levels; ++level) {
    if (large_pages_[level - 1].test(large_bucket(address, level))) {
      flush_translations();
      return true;
    }
  }
  for (unsigned index = supervisor_context; index < context_count; ++index) {
    contexts_[index].read.drop_page(address);
    contexts_[index].write.drop_page(address);
  }
  return false;
}

void HartMemory::invalidate(uint64_t first, uint64_t last) {
  bus_.invalidate(first, last);
  for (Context& context : contexts_) {
    context.read.drop_physical(first, last);
    context.write.drop_physical(first, last);
  }
}

bool HartMemory::translate(uint64_t address, Access access, Privilege privilege, uint64_t& physical) {
  if (!translated(privilege)) {
    physical = address;
    return true;
  }
  HartPageTable::Result result;
  if (!page_table_.walk(address, access, privilege, result)) return false;
  if (result.level != 0) large_pages_[result.level - 1].set(large_bucket(address, result.level));
  physical = result.physical;
  return true;
}

// Translates and checks protection of an access that stays inside a page.
bool HartMemory::resolve(uint64_t address, unsigned size, Access access, Privilege privilege, uint64_t& physical) {
  if (!translate(address, access, privilege, physical)) return false;
  if (!pmp_.allows(physical, size, access, privilege)) return state_.raise(access_fault(access), address);
  return true;
}

// Moves bytes of an access that has been resolved. A write that goes through a transport does not change `data`.
bool HartMemory::transfer(uint64_t address, uint64_t physical, uint8_t* data, unsigned size, Access access) {
  if (const HartBus::Grant* grant = bus_.find(physical, size, access)) {
    if (access == Access::write) {
      std::memcpy(grant->at(physical), data, size);
    } else {
      std::memcpy(data, grant->at(physical), size);
    }
    const sc_core::sc_time latency = grant->latency(access) * size;  // a grant states that of a byte
    if (access != Access::fetch) fill(address, physical, access);
    bus_.add_latency(latency);
    return true;
  }
  transported_ = true;
  return bus_.transport(physical, data, size, access) || state_.raise(access_fault(access), address);
}

void HartMemory::forget_stores(uint64_t page) {
  for (Context& context : contexts_) context.write.drop_physical(page, page | page_mask);
}

// Puts the page into the translation cache if all of it may be accessed directly and for nothing.
void HartMemory::fill(uint64_t address, uint64_t physical, Access access) {
  const uint64_t page = physical & ~page_mask;
  if (access == Access::write && state_.code_pages.count(page) != 0) state_.doubtful_code_pages.insert(page);
  const HartBus::Grant* grant = bus_.find(page, page_size, access);
  if (grant == nullptr || grant->latency(access) != sc_core::SC_ZERO_TIME) return;
  if (access == Access::write && !grant->read) return;  // atomics read through the same entry
  if (pmp_.page_verdict(page, access, state_.data_privilege()) != Pmp::Verdict::allowed) return;
  (access == Access::write ? context_->write : context_->read).insert(address, physical, grant->at(page));
}

bool HartMemory::load_piece(uint64_t address, uint8_t* data, unsigned size) {
  uint64_t physical = 0;
  return resolve(address, size, Access::read, state_.data_privilege(), physical) &&
         transfer(address, physical, data, size, Access::read);
}

bool HartMemory::load_slow(uint64_t address, void* data, unsigned size) {
  transported_ = false;
  if (!load_bytes(address, static_cast<uint8_t*>(data), size)) return false;
  transported_loads_ += transported_ ? 1 : 0;
  return true;
}

bool HartMemory::store_slow(uint64_t address, const void* data, unsigned size) {
  transported_ = false;
  uint8_t bytes[8];
  std::memcpy(bytes, data, size);
  if (!store_bytes(address, bytes, size)) return false;
  transported_stores_ += transported_ ? 1 : 0;
  return true;
}

bool HartMemory::load_bytes(uint64_t address, uint8_t* bytes, unsigned size) {
  const unsigned here = bytes_to_page_end(address);
  if (size <= here) return load_piece(address, bytes, size);
  return load_piece(address, bytes, here) && load_piece(address + here, bytes + here, size - here);
}

bool HartMemory::store_bytes(uint64_t address, uint8_t* bytes, unsigned size) {
  const Privilege privilege = state_.data_privilege();
  const unsigned here = bytes_to_page_end(address);
  uint64_t physical = 0;
  if (size <= here) {
    return resolve(address, size, Access::write, privilege, physical) &&
           transfer(address, physical, bytes, size, Access::write);
  }
  // Both pages must take the store before either does, so that a fault leaves memory as it was.
  uint64_t physical_next = 0;
  return resolve(address, here, Access::write, privilege, physical) &&
         resolve(address + here, size - here, Access::write, privilege, physical_next) &&
         transfer(address, physical, bytes, here, Access::write) &&
         transfer(address + here, physical_next, bytes + here, size - here, Access::write);
}

bool HartMemory::locate(uint64_t address, unsigned size, Access access, Place& place) {
  const Tlb& tlb = access == Access::write ? context_->write : context_->read;
  const Tlb::Entry& entry = tlb.entries()[Tlb::slot(address)];
  if (entry.tag == Tlb::tag_of(address, size)) {
    place = {reinterpret_cast<uint8_t*>(address + entry.addend), tlb.physical_of(address)};
    return true;
  }
  if ((address & (size - 1)) != 0) {
    return state_.raise(access == Access::write ? Cause::store_misaligned : Cause::load_misaligned, address);
  }
  uint64_t physical = 0;
  if (!resolve(address, size, access, state_.data_privilege(), physical)) return false;
  const HartBus::Grant* grant = bus_.find(physical, size, access);
  if (grant != nullptr && grant->read) {
    place = {grant->at(physical), physical};
    fill(address, physical, access);
    return true;
  }
  place = {nullptr, physical};
  return true;
}

bool HartMemory::read_place(const Place& place, uint64_t address, void* data, unsigned size, Access access) {
  if (place.host != nullptr) {
    std::memcpy(data, place.host, size);
    return true;
  }
  return bus_.transport(place.physical, static_cast<uint8_t*>(data), size, Access::read) ||
         state_.raise(access_fault(access), address);
}

bool HartMemory::write_place(const Place& place, uint64_t address, const void* data, unsigned size) {
  if (place.host != nullptr) {
    std::memcpy(place.host, data, size);
    return true;
  }
  uint8_t bytes[8];
  std::memcpy(bytes, data, size);
  return bus_.transport(place.physical, bytes, size, Access::write) || state_.raise(Cause::store_access, address);
}

std::optional<uint64_t> HartMemory::look_up(uint64_t address) const {
  return translated(state_.data_privilege()) ? page_table_.look_up(address) : address;
}

bool HartMemory::fetch_page(uint64_t address, FetchPage& page) {
  uint64_t physical = 0;
  if (!translate(address, Access::fetch, state_.privilege, physical)) return false;
  page.physical = physical & ~page_mask;
  page.host = nullptr;
  switch (pmp_.page_verdict(page.physical, Access::fetch, state_.privilege)) {
    case Pmp::Verdict::denied:
      return state_.raise(Cause::fetch_access, address);
    case Pmp::Verdict::mixed:
      return true;
    case Pmp::Verdict::allowed:
      break;
  }
  if (const HartBus::Grant* grant = bus_.find(page.physical, page_size, Access::fetch))
    page.host = grant->at(page.physical);
  return true;
}

bool HartMemory::fetch_piece(uint64_t address, uint8_t* data, unsigned size) {
  uint64_t physical = 0;
  return resolve(address, size, Access::fetch, state_.privilege, physical) &&
         transfer(address, physical, data, size, Access::fetch);
}

bool HartMemory::fetch_instruction(uint64_t address, uint32_t& bits) {
  uint8_t bytes[4] = {};
  // An aligned word never crosses a page or a PMP border, and is what a bus would fetch.
  const unsigned first = (address & 3) == 0 ? 4 : 2;
  if (!fetch_piece(address, bytes, first)) return false;
  if (first == 2 && (bytes[0] & 3) == 3 && !fetch_piece(address + 2, bytes + 2, 2)) return false;
  std::memcpy(&bits, bytes, 4);
  return true;
}

}  // namespace sc_memory::models::riscv
