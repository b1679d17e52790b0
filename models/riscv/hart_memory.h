// The memory path: how loads, stores, atomics and fetches get from a virtual address to bytes.
//
// The fast way is a hit in the translation cache of the current context (inline here). The slow way translates, checks
// PMP, and uses a direct pointer if there is one, else a transport. Functions that can fail return false with the
// exception noted in HartState::trap. Addresses are virtual unless called physical.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <optional>

#include "models/riscv/hart_bus.h"
#include "models/riscv/hart_page_table.h"
#include "models/riscv/hart_pmp.h"
#include "models/riscv/hart_state.h"
#include "models/riscv/hart_tlb.h"

namespace sc_memory::models::riscv {

class HartMemory {
 public:
  // Where an atomic operates: host memory, or a physical address that only transports reach.
  struct Place {
    uint8_t* host;
    uint64_t physical;
  };

  // A page that code may be decoded from; host is null if it must be fetched by transports.
  struct FetchPage {
    uint64_t physical;
    const uint8_t* host;
  };

  HartMemory(HartState& state, const Pmp& pmp, HartBus& bus)
      : state_(state), pmp_(pmp), bus_(bus), page_table_(state, pmp, bus) {
    update_context();
  }

  template <class Value>
  bool load(uint64_t address, Value& value) {
    const Tlb::Entry& entry = read_entries_[Tlb::slot(address)];
    if (__builtin_expect(entry.tag == Tlb::tag_of(address, sizeof(Value)), 1)) {
      std::memcpy(&value, reinterpret_cast<const void*>(address + entry.addend), sizeof(Value));
      return true;
    }
    return load_slow(address, &value, sizeof(Value));
  }

  template <class Value>
  bool store(uint64_t address, Value value) {
    const Tlb::Entry& entry = write_entries_[Tlb::slot(address)];
    if (__builtin_expect(entry.tag == Tlb::tag_of(address, sizeof(Value)), 1)) {
      std::memcpy(reinterpret_cast<void*>(address + entry.addend), &value, sizeof(Value));
      return true;
    }
    return store_slow(address, &value, sizeof(Value));
  }

  const Tlb::Entry* read_entries() const { return read_entries_; }
  const Tlb::Entry* write_entries() const { return write_entries_; }

  bool load_slow(uint64_t address, void* data, unsigned size);
  bool store_slow(uint64_t address, const void* data, unsigned size);

  // For LR (read) and for SC and AMOs (write): the address must be aligned. Permission for `access` is checked.
  bool locate(uint64_t address, unsigned size, Access access, Place& place);
  // Reading and writing at a place that locate() found; `access` decides which fault a failing transport becomes.
  bool read_place(const Place& place, uint64_t address, void* data, unsigned size, Access access);
  bool write_place(const Place& place, uint64_t address, const void* data, unsigned size);

  // The page for decoded code at this address.
  bool fetch_page(uint64_t address, FetchPage& page);
  // The bits of one instruction, piece by piece: for pages without a direct pointer and instructions across two pages.
  bool fetch_instruction(uint64_t address, uint32_t& bits);

  // Where a load at this address would go, for a debugger: without checks or side effects.
  std::optional<uint64_t> look_up(uint64_t address) const;

  // Completed loads and stores that needed a transport.
  uint64_t transported_loads() const { return transported_loads_; }
  uint64_t transported_stores() const { return transported_stores_; }

  // To be called after anything that decides about translation or permission of data has changed: privilege, MPRV, SUM.
  void update_context();

  // The next store to the physical page takes the slow way, where it is noted if there is decoded code.
  void forget_stores(uint64_t page);

  // Forgets everything cached: PMP has changed.
  void flush();
  // Forgets what was learnt from page tables: satp, MXR or the tables themselves have changed.
  void flush_translations();
  // The same for one virtual address; everything if it may lie in a large page, which is what is returned.
  bool flush_translation(uint64_t address);
  // Forgets every direct pointer into the physical range.
  void invalidate(uint64_t first, uint64_t last);

 private:
  struct Context {
    Tlb read, write;
  };
  enum ContextIndex : unsigned {
    machine_context,
    supervisor_context,
    user_context,
    supervisor_user_context,
    context_count
  };

  bool translated(Privilege privilege) const {
    return privilege != Privilege::machine && state_.satp >> satp::mode_shift != satp::mode_bare;
  }
  bool translate(uint64_t address, Access access, Privilege privilege, uint64_t& physical);
  static unsigned large_bucket(uint64_t address, unsigned level) {
    return (address >> (12 + 9 * level)) % large_buckets;
  }
  bool resolve(uint64_t address, unsigned size, Access access, Privilege privilege, uint64_t& physical);
  bool transfer(uint64_t address, uint64_t physical, uint8_t* data, unsigned size, Access access);
  void fill(uint64_t address, uint64_t physical, Access access);
  bool load_piece(uint64_t address, uint8_t* data, unsigned size);
  bool load_bytes(uint64_t address, uint8_t* data, unsigned size);
  bool store_bytes(uint64_t address, uint8_t* data, unsigned size);
  bool fetch_piece(uint64_t address, uint8_t* data, unsigned size);

  HartState& state_;
  const Pmp& pmp_;
  HartBus& bus_;
  HartPageTable page_table_;
  // Which large pages have been cached in pieces since the last flush, by a hash of their address: one set for each
  // level.
  static constexpr unsigned large_levels = 3;
  static constexpr unsigned large_buckets = 512;
  std::array<std::bitset<large_buckets>, large_levels> large_pages_;
  std::array<Context, context_count> contexts_;
  Context* context_ = nullptr;
  const Tlb::Entry* read_entries_ = nullptr;
  const Tlb::Entry* write_entries_ = nullptr;
  bool transported_ = false;  // during a slow access: a piece of it went by transport
  uint64_t transported_loads_ = 0;
  uint64_t transported_stores_ = 0;
};

}  // namespace sc_memory::models::riscv
