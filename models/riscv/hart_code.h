// The decoded code: basic blocks by physical address, kept until their bytes or their memory change.
//
// A block never crosses a page, so its validity follows from one translation. Blocks of a page point at each other
// directly (the executor chains them). FENCE.I costs nothing here: it starts a new epoch, and a block of an older epoch
// compares its bytes with memory when it is next looked up. So do stores to pages with code, a little later (Hart looks
// at them at the end of a quantum). Blocks that are dropped stay readable until reclaim(), because the hart may be in
// the middle of one. Addresses are physical.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "models/riscv/hart_config.h"
#include "models/riscv/hart_op.h"
#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

// The operations follow the block in memory, ended by OpCode::next_block; behind them the bytes they were decoded from.
struct alignas(16) Block {
  static constexpr uint64_t no_page = ~uint64_t{0};
  static Block never;  // a block that is never valid: what a link points to that leads nowhere yet

  Block* taken = &never;  // where a taken branch and falling through lead, if known and in the same page
  Block* next = &never;
  uint64_t epoch = 0;       // of the last comparison with memory; zero: never to be used again
  uint64_t memory_ops = 0;  // loads in the low, stores in the high half
  uint64_t page = no_page;  // the page the block belongs to
  uint32_t count = 0;       // of operations
  uint32_t size = 0;        // in bytes

  Op* ops() { return reinterpret_cast<Op*>(this + 1); }
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(ops() + count + 1); }
};

class CodePage {
 public:
  explicit CodePage(uint64_t address) : address_(address) {}

 private:
  friend class HartCode;

  uint64_t address_;
  std::array<uint16_t, 2048> index_{};  // by 16-bit parcel: 1 + index into blocks_, or 0
  std::vector<std::unique_ptr<unsigned char[]>> blocks_;
  unsigned outdated_ = 0;  // blocks whose bytes have changed
  bool looked_up_ = true;  // since a store to it was last looked at
};

class HartCode {
 public:
  static constexpr unsigned max_block_ops = 64;

  HartCode(HartState& state, HartCounters& counters) : state_(state), counters_(counters) {}

  // The page's container, made if there is none. Good until reclaim() or the next call of page().
  CodePage& page(uint64_t address);

  // The block at the offset (in bytes, even) of the page whose bytes are at host_page; decoded if it is not there or
  // its bytes have changed. Null if its first instruction reaches into the next page.
  Block* find(CodePage& page, unsigned offset, const uint8_t* host_page);

  // A block of one instruction, for code that cannot be kept. There is only one such block: it is good until the next
  // call.
  Block* single(uint32_t bits);

  // Drops the code in the pages that touch [first, last].
  void invalidate(uint64_t first, uint64_t last);

  // The page was stored to. Its blocks compare their bytes in the next epoch; a page that has not been executed since
  // the last time, such as one that a system has put to another use, is dropped.
  void stored_to(uint64_t page);

  // Frees what was dropped. Only while no block is in use.
  void reclaim() { dropped_.clear(); }

 private:
  Block* decode_block(CodePage& page, unsigned offset, const uint8_t* host_page);
  static Block* make_block(unsigned char* memory, const Op* ops, unsigned count, const uint8_t* bytes, unsigned size);
  void drop(std::map<uint64_t, std::unique_ptr<CodePage>>::iterator position);
  static Block* block_at(CodePage& page, unsigned index) { return reinterpret_cast<Block*>(page.blocks_[index].get()); }

  HartState& state_;
  HartCounters& counters_;
  std::map<uint64_t, std::unique_ptr<CodePage>> pages_;
  std::vector<std::unique_ptr<CodePage>> dropped_;
  size_t bytes_ = 0;  // memory of all blocks in pages_
  static constexpr size_t single_size = sizeof(Block) + 2 * sizeof(Op) + 4;
  alignas(16) std::array<unsigned char, single_size> single_{};
};

}  // namespace sc_memory::models::riscv
