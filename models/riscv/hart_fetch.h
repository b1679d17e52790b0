// From a virtual pc to decoded code: a cache of blocks by virtual address in front of the translation of code pages.
//
// Both caches exist once per privilege level and are emptied by counting up the generations in HartState.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "models/riscv/hart_code.h"
#include "models/riscv/hart_memory.h"
#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

class HartFetch {
 public:
  struct Jump {
    uint64_t pc = 0;
    uint64_t generation = 0;
    Block* block = nullptr;
  };
  static constexpr unsigned jump_count = 2048;
  static constexpr unsigned jump_slot(uint64_t pc) { return (pc >> 1) & (jump_count - 1); }

  HartFetch(HartState& state, HartMemory& memory, HartCode& code) : state_(state), memory_(memory), code_(code) {}

  // Whether code may have been fetched from the virtual page since translations were last forgotten: what SFENCE.VMA
  // for one address has to ask, for most are for pages of data.
  bool may_know(uint64_t address) const {
    return known_generation_ == state_.translation_generation && known_pages_.test(known_bit(address));
  }

  // The jump cache of the current privilege. An entry is valid if its pc and the code generation agree.
  const Jump* jumps() const { return jumps_[static_cast<unsigned>(state_.privilege)].data(); }

  // The block at the virtual pc, from whatever source; null with HartState::trap filled in if the fetch faults.
  Block* find(uint64_t pc);

  // The same for the one instruction at the virtual pc, anew each time.
  Block* find_single(uint64_t pc);

 private:
  struct Page {
    uint64_t tag = 1;  // virtual address of the page
    uint64_t generation = 0;
    const uint8_t* host = nullptr;
    CodePage* code = nullptr;
  };
  static constexpr unsigned page_count = 256;
  static constexpr unsigned privilege_count = 4;

  Page* page_of(uint64_t pc, bool& faulted);
  void note_page(uint64_t pc);
  static constexpr unsigned known_bit(uint64_t address) { return (address >> 12) % known_count; }

  HartState& state_;
  HartMemory& memory_;
  HartCode& code_;
  static constexpr unsigned known_count = 4096;
  std::bitset<known_count> known_pages_;  // by a hash of their address
  uint64_t known_generation_ = 0;
  std::array<std::array<Jump, jump_count>, privilege_count> jumps_{};
  std::array<std::array<Page, page_count>, privilege_count> pages_{};
};

}  // namespace sc_memory::models::riscv
