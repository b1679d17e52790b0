// Filling the fetch caches.
#include "models/riscv/hart_fetch.h"

namespace sc_memory::models::riscv {

// The cached page, translated anew if need be; null if its code cannot be kept, or with `faulted` if it may not be
// fetched.
HartFetch::Page* HartFetch::page_of(uint64_t pc, bool& faulted) {
  Page& page = pages_[static_cast<unsigned>(state_.privilege)][(pc >> 12) & (page_count - 1)];
  const uint64_t tag = pc & ~page_mask;
  if (page.tag == tag && page.generation == state_.translation_generation) return &page;
  HartMemory::FetchPage found{};
  if (!memory_.fetch_page(pc, found)) {
    faulted = true;
    return nullptr;
  }
  if (found.host == nullptr) return nullptr;
  // Making room for a page may drop others and so start a new generation: take it afterwards.
  CodePage& code = code_.page(found.physical);
  page = {tag, state_.translation_generation, found.host, &code};
  note_page(pc);
  return &page;
}

void HartFetch::note_page(uint64_t pc) {
  if (known_generation_ != state_.translation_generation) {
    known_pages_.reset();
    known_generation_ = state_.translation_generation;
  }
  known_pages_.set(known_bit(pc));
}

Block* HartFetch::find(uint64_t pc) {
  bool faulted = false;
  Page* page = page_of(pc, faulted);
  if (faulted) return nullptr;
  Block* block = page == nullptr ? nullptr : code_.find(*page->code, static_cast<unsigned>(pc & page_mask), page->host);
  if (block != nullptr) {
    jumps_[static_cast<unsigned>(state_.privilege)][jump_slot(pc)] = {pc, state_.code_generation, block};
    return block;
  }
  // Code without a direct pointer, or an instruction across two pages.
  return find_single(pc);
}

Block* HartFetch::find_single(uint64_t pc) {
  uint32_t bits = 0;
  return memory_.fetch_instruction(pc, bits) ? code_.single(bits) : nullptr;
}

}  // namespace sc_memory::models::riscv
