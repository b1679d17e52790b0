// The translation cache that loads and stores hit: virtual page to host memory, a few instructions a lookup.
//
// An entry exists only for a page that may be accessed as a whole through a direct pointer; everything else (I/O, pages
// that PMP cuts, memory that adds latency) misses and takes the slow way. Addresses are virtual unless called physical.
#pragma once

#include <array>
#include <cstdint>

#include "models/riscv/hart_types.h"

namespace sc_memory::models::riscv {

class Tlb {
 public:
  static constexpr unsigned entry_count = 512;
  static constexpr uint64_t no_page = ~uint64_t{0};  // never equal to an address with its low bits masked off

  struct Entry {
    uint64_t tag = no_page;  // address of the page
    uint64_t addend = 0;     // host address minus virtual address
  };

  static constexpr unsigned slot(uint64_t address) { return (address >> 12) & (entry_count - 1); }

  // What an aligned access of `size` bytes must find in the tag; a misaligned one never matches.
  static constexpr uint64_t tag_of(uint64_t address, uint64_t size) { return address & (~page_mask | (size - 1)); }

  const Entry* entries() const { return entries_.data(); }

  // The physical address behind a virtual one that hits.
  uint64_t physical_of(uint64_t address) const { return physical_[slot(address)] | (address & page_mask); }

  void insert(uint64_t address, uint64_t physical, uint8_t* host_page) {
    const unsigned index = slot(address);
    const uint64_t page = address & ~page_mask;
    entries_[index] = {page, reinterpret_cast<uint64_t>(host_page) - page};
    physical_[index] = physical & ~page_mask;
    used_ |= group_bit(index);
  }

  void flush() {
    for_each_used([this](unsigned index) { entries_[index].tag = no_page; });
    used_ = 0;
  }

  void drop_page(uint64_t address) {
    Entry& entry = entries_[slot(address)];
    if (entry.tag == (address & ~page_mask)) entry.tag = no_page;
  }

  // Drops every entry whose page touches the physical range (inclusive).
  void drop_physical(uint64_t first, uint64_t last) {
    for_each_used([this, first, last](unsigned index) {
      if (physical_[index] <= last && (physical_[index] | page_mask) >= first) entries_[index].tag = no_page;
    });
  }

 private:
  // One bit of used_ for eight entries: a flush visits only what was filled.
  static constexpr unsigned group_size = entry_count / 64;
  static constexpr uint64_t group_bit(unsigned index) { return uint64_t{1} << (index / group_size); }

  template <class Visitor>
  void for_each_used(Visitor visit) {
    for (uint64_t groups = used_; groups != 0; groups &= groups - 1) {
      const unsigned first = static_cast<unsigned>(__builtin_ctzll(groups)) * group_size;
      for (unsigned i = 0; i < group_size; ++i) visit(first + i);
    }
  }

  std::array<Entry, entry_count> entries_{};
  std::array<uint64_t, entry_count> physical_{};
  uint64_t used_ = 0;
};

}  // namespace sc_memory::models::riscv
