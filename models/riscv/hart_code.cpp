// Building, checking and dropping decoded blocks.
#include "models/riscv/hart_code.h"

#include <cstring>
#include <new>
#include <utility>

#include "models/riscv/hart_decode.h"

namespace sc_memory::models::riscv {
namespace {

// Beyond this much decoded code everything is dropped and decoded anew as it is needed.
constexpr size_t memory_limit = size_t{64} << 20;
// A page that keeps changing is dropped as a whole when it holds this many outdated blocks.
constexpr unsigned outdated_limit = 256;

}  // namespace

Block Block::never;

CodePage& HartCode::page(uint64_t address) {
  if (bytes_ > memory_limit) invalidate(0, ~uint64_t{0});
  std::unique_ptr<CodePage>& slot = pages_[address];
  if (slot != nullptr && slot->outdated_ > outdated_limit) {
    drop(pages_.find(address));
    return page(address);
  }
  if (slot == nullptr) {
    slot = std::make_unique<CodePage>(address);
    state_.code_pages.insert(address);
    state_.doubtful_code_pages.insert(address);
  }
  return *slot;
}

Block* HartCode::find(CodePage& page, unsigned offset, const uint8_t* host_page) {
  page.looked_up_ = true;
  uint16_t& index = page.index_[offset / 2];
  if (index != 0) {
    Block* block = block_at(page, index - 1U);
    if (block->epoch == state_.code_epoch) return block;
    if (std::memcmp(block->bytes(), host_page + offset, block->size) == 0) {
      block->epoch = state_.code_epoch;
      return block;
    }
    block->epoch = 0;
    ++page.outdated_;
    index = 0;
  }
  Block* block = decode_block(page, offset, host_page);
  if (block != nullptr) index = static_cast<uint16_t>(page.blocks_.size());
  return block;
}

Block* HartCode::decode_block(CodePage& page, unsigned offset, const uint8_t* host_page) {
  std::array<Op, max_block_ops> ops;
  unsigned count = 0;
  unsigned position = offset;
  while (count < max_block_ops && position < page_size) {
    uint32_t bits = 0;
    std::memcpy(&bits, host_page + position, 2);
    const bool full = is_full_length(static_cast<uint16_t>(bits));
    if (full && position + 4 > page_size) break;
    if (full) std::memcpy(&bits, host_page + position, 4);
    Op op = decode(bits);
    op.offset = static_cast<uint8_t>((position - offset) / 2);
    ops[count++] = op;
    position += op.length;
    if (ends_block(op.code)) break;
  }
  if (count == 0) return nullptr;

  const unsigned size = position - offset;
  const size_t memory_size = sizeof(Block) + (count + 1) * sizeof(Op) + size;
  page.blocks_.push_back(std::make_unique<unsigned char[]>(memory_size));
  bytes_ += memory_size;
  ++counters_.blocks_decoded;
  Block* block = make_block(page.blocks_.back().get(), ops.data(), count, host_page + offset, size);
  block->page = page.address_;
  block->epoch = state_.code_epoch;
  return block;
}

Block* HartCode::make_block(unsigned char* memory, const Op* ops, unsigned count, const uint8_t* bytes, unsigned size) {
  Block* block = new (memory) Block;
  block->count = count;
  block->size = size;
  for (unsigned i = 0; i < count; ++i) {
    Op* op = new (block->ops() + i) Op(ops[i]);
    const bool relative =
        op->code == OpCode::auipc || op->code == OpCode::jal || (op->code >= OpCode::beq && op->code <= OpCode::bgeu);
    if (relative) op->imm += 2 * op->offset;
    block->memory_ops += memory_ops_of(op->code);
  }
  Op* end = new (block->ops() + count) Op;
  end->code = OpCode::next_block;
  end->offset = static_cast<uint8_t>(size / 2);
  std::memcpy(block->bytes(), bytes, size);
  return block;
}

Block* HartCode::single(uint32_t bits) {
  const Op op = decode(bits);
  uint8_t bytes[4];
  std::memcpy(bytes, &bits, sizeof(bytes));
  return make_block(single_.data(), &op, 1, bytes, op.length);
}

void HartCode::drop(std::map<uint64_t, std::unique_ptr<CodePage>>::iterator position) {
  CodePage& page = *position->second;
  for (size_t i = 0; i < page.blocks_.size(); ++i) {
    Block* block = block_at(page, static_cast<unsigned>(i));
    block->epoch = 0;
    bytes_ -= sizeof(Block) + (block->count + 1) * sizeof(Op) + block->size;
  }
  state_.code_pages.erase(position->first);
  dropped_.push_back(std::move(position->second));
  pages_.erase(position);
  state_.new_translation_generation();
}

void HartCode::stored_to(uint64_t page) {
  const auto position = pages_.find(page);
  if (position == pages_.end()) return;
  if (!position->second->looked_up_) return drop(position);
  position->second->looked_up_ = false;
}

void HartCode::invalidate(uint64_t first, uint64_t last) {
  auto position = pages_.lower_bound(first & ~page_mask);
  while (position != pages_.end() && position->first <= last) drop(position++);
}

}  // namespace sc_memory::models::riscv
