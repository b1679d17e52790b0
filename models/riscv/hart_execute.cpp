// The executor's main loop: threaded dispatch over decoded operations, and what happens between blocks.
//
// The loop keeps its state in locals: HartState::pc is current only outside of it (`block_pc` plus an operation's
// offset gives the pc inside), and the counts are written back before anything is called that may look at them. Every
// operation ends in NEXT, in one of the ways to leave a block, or in a trap.
#include "models/riscv/hart_arithmetic.h"
#include "models/riscv/hart_executor.h"

// Labels as values are an extension of GCC and Clang: each operation jumps straight to the next one's code, which the
// branch predictor learns far better than one shared indirect jump.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace sc_memory::models::riscv {
namespace {

constexpr bool likely(bool condition) { return __builtin_expect(condition, true); }
constexpr bool unlikely(bool condition) { return __builtin_expect(condition, false); }

}  // namespace

void HartExecutor::fold_memory_ops() {
  loads_ += static_cast<uint32_t>(state_.memory_ops);
  stores_ += state_.memory_ops >> 32;
  state_.memory_ops = 0;
}

HartExecutor::Service HartExecutor::service(bool has_executed) {
  state_.in_block = 0;
  state_.attention = false;
  code_.reclaim();
  fold_memory_ops();
  if (state_.waiting && debug_.stepping()) {
    state_.waiting = false;  // WFI may be over at any time: a step is not to wait for it
    return Service::debug;
  }
  if (debug_.must_leave(has_executed)) return Service::debug;
  if (state_.waiting) {
    if ((state_.mip() & state_.mie) == 0) return Service::waiting;
    state_.waiting = false;
  }
  if (state_.mip() != 0 && !debug_.stepping()) traps_.take_interrupt();
  const bool may_yield = has_executed && !state_.reservation.in_sequence(state_.retired);
  if (may_yield && clock_.quantum_used()) return Service::quantum;
  clock_.update_limit();
  if (debug_.stepping()) state_.request_attention();  // behind the first instruction
  return Service::run;
}

// Accounts for the first `count` operations of a block that is left in its middle.
void HartExecutor::retire_partially(const Op* first, uint64_t count) {
  state_.retired += count;
  state_.in_block = 0;
  for (const Op* op = first; op != first + count; ++op) state_.memory_ops += memory_ops_of(op->code);
}

#define DISPATCH() goto* labels[static_cast<unsigned>(op->code)]
#define NEXT()  \
  do {          \
    ++op;       \
    DISPATCH(); \
  } while (false)

// Writes back what the loop keeps in locals, with `op` as the current operation.
#define SAVE_COUNTS(operations)    \
  do {                             \
    state.retired = retired;       \
    state.memory_ops = memory_ops; \
    state.in_block = (operations); \
  } while (false)
#define SAVE() SAVE_COUNTS(static_cast<uint64_t>(op - block->ops()))

#define IMM static_cast<uint64_t>(static_cast<int64_t>(op->imm))

// Integer operations: a and b are the operands, the immediate being b where there is one.
#define ALU_REGISTER(name, expression) \
  L_##name : {                         \
    const uint64_t a = x[op->rs1];     \
    const uint64_t b = x[op->rs2];     \
    x[op->rd] = (expression);          \
    NEXT();                            \
  }
#define ALU_IMMEDIATE(name, expression) \
  L_##name : {                          \
    const uint64_t a = x[op->rs1];      \
    const uint64_t b = IMM;             \
    x[op->rd] = (expression);           \
    NEXT();                             \
  }

#define ALU_UNARY(name, expression) \
  L_##name : {                      \
    const uint64_t a = x[op->rs1];  \
    x[op->rd] = (expression);       \
    NEXT();                         \
  }

// A value of its own for each way: one whose address is taken would live in memory on the fast way, too.
#define LOAD(name, Type)                                                                        \
  L_##name : {                                                                                  \
    const uint64_t address = x[op->rs1] + IMM;                                                  \
    const Tlb::Entry& entry = reads[Tlb::slot(address)];                                        \
    if (likely(entry.tag == Tlb::tag_of(address, sizeof(Type)))) {                              \
      Type value;                                                                               \
      std::memcpy(&value, reinterpret_cast<const void*>(address + entry.addend), sizeof(Type)); \
      x[op->rd] = static_cast<uint64_t>(static_cast<int64_t>(value));                           \
      NEXT();                                                                                   \
    }                                                                                           \
    SAVE();                                                                                     \
    Type value;                                                                                 \
    if (!memory_.load_slow(address, &value, sizeof(Type))) goto trap;                           \
    x[op->rd] = static_cast<uint64_t>(static_cast<int64_t>(value));                             \
    goto after_slow;                                                                            \
  }
#define STORE(name, Type)                                                                 \
  L_##name : {                                                                            \
    const uint64_t address = x[op->rs1] + IMM;                                            \
    const Type value = static_cast<Type>(x[op->rs2]);                                     \
    const Tlb::Entry& entry = writes[Tlb::slot(address)];                                 \
    if (likely(entry.tag == Tlb::tag_of(address, sizeof(Type)))) {                        \
      std::memcpy(reinterpret_cast<void*>(address + entry.addend), &value, sizeof(Type)); \
      NEXT();                                                                             \
    }                                                                                     \
    SAVE();                                                                               \
    if (!memory_.store_slow(address, &value, sizeof(Type))) goto trap;                    \
    goto after_slow;                                                                      \
  }

// Goes on at `pc`, through the block's link if it is known where that leads.
#define FOLLOW(which)                                 \
  do {                                                \
    retired += block->count;                          \
    memory_ops += block->memory_ops;                  \
    if (unlikely(retired >= state.limit)) goto leave; \
    Block* const target = block->which;               \
    if (likely(target->epoch == epoch)) {             \
      block = target;                                 \
      block_pc = pc;                                  \
      op = block->ops();                              \
      DISPATCH();                                     \
    }                                                 \
    link = &block->which;                             \
    goto follow_unknown;                              \
  } while (false)

#define BRANCH(name, condition)    \
  L_##name : {                     \
    const uint64_t a = x[op->rs1]; \
    const uint64_t b = x[op->rs2]; \
    if (condition) {               \
      pc = block_pc + IMM;         \
      FOLLOW(taken);               \
    }                              \
    pc = block_pc + block->size;   \
    FOLLOW(next);                  \
  }

HartExecutor::Exit HartExecutor::run() {
  static const void* const labels[] = {
#define SC_MEMORY_RISCV_LABEL(name) &&L_##name,
      SC_MEMORY_RISCV_FAST_OPS(SC_MEMORY_RISCV_LABEL)
#undef SC_MEMORY_RISCV_LABEL
#define SC_MEMORY_RISCV_LABEL(name) &&atomic_op,
          SC_MEMORY_RISCV_ATOMIC_OPS(SC_MEMORY_RISCV_LABEL)
#undef SC_MEMORY_RISCV_LABEL
#define SC_MEMORY_RISCV_LABEL(name) &&float_op,
              SC_MEMORY_RISCV_FLOAT_OPS(SC_MEMORY_RISCV_LABEL)
#undef SC_MEMORY_RISCV_LABEL
#define SC_MEMORY_RISCV_LABEL(name) &&system_op,
                  SC_MEMORY_RISCV_SYSTEM_OPS(SC_MEMORY_RISCV_LABEL)
#undef SC_MEMORY_RISCV_LABEL
  };
  HartState& state = state_;
  uint64_t* const x = state.x.data();
  const HartFetch::Jump* jumps = nullptr;
  Block* block = nullptr;
  Block** link = nullptr;
  const Op* op = nullptr;
  uint64_t block_pc = 0;
  uint64_t pc = 0;
  bool has_executed = false;
  // Constant from one service to the next: whoever changes what they stand for asks for attention.
  const Tlb::Entry* reads = nullptr;
  const Tlb::Entry* writes = nullptr;
  uint64_t epoch = 0;
  uint64_t retired = 0;
  uint64_t memory_ops = 0;

resume:
  switch (service(has_executed)) {
    case Service::run:
      break;
    case Service::quantum:
      return Exit::quantum;
    case Service::waiting:
      return Exit::waiting;
    case Service::debug:
      return Exit::debug;
  }
  has_executed = true;
  jumps = fetch_.jumps();
  reads = memory_.read_entries();
  writes = memory_.write_entries();
  epoch = state.code_epoch;
  retired = state.retired;
  memory_ops = state.memory_ops;
  pc = state.pc;
  link = nullptr;

follow_unknown : {
  const HartFetch::Jump& jump = jumps[HartFetch::jump_slot(pc)];
  Block* target = jump.block;
  if (unlikely(jump.pc != pc || jump.generation != state.code_generation)) {
    SAVE_COUNTS(0);
    state.pc = pc;
    if (debug_.stops_at(pc)) return Exit::debug;
    target = debug_.instruction_by_instruction(pc) ? fetch_.find_single(pc) : fetch_.find(pc);
    if (target == nullptr) {
      if (!traps_.take_exception(pc)) return Exit::fault_loop;
      goto resume;
    }
  }
  if (link != nullptr) {
    // Within one virtual page the way is the same wherever the block is mapped; beyond it another mapping may lead
    // elsewhere.
    const bool same_virtual_page = ((pc ^ block_pc) & ~page_mask) == 0;
    if (same_virtual_page && target->page == block->page && target->page != Block::no_page) *link = target;
  }
  block = target;
  block_pc = pc;
  op = block->ops();
  DISPATCH();
}

leave:
  SAVE_COUNTS(0);
  state.pc = pc;
  goto resume;

after_slow:
  if (likely(!state.attention)) NEXT();
  // The access has changed the map, raised an interrupt, or the like: nothing more of this block may run.
  retire_partially(block->ops(), state.in_block + 1);
  state.pc = block_pc + 2 * uint64_t{op[1].offset};
  goto resume;

trap:
  retire_partially(block->ops(), state.in_block);
  if (!traps_.take_exception(block_pc + 2 * uint64_t{op->offset})) return Exit::fault_loop;
  goto resume;

atomic_op:
  SAVE();
  if (!execute_atomic(*op)) goto trap;
  goto after_slow;

float_op:
  SAVE();
  if (!execute_float(*op)) goto trap;
  goto after_slow;

system_op:
  SAVE();
  pc = block_pc + 2 * uint64_t{op->offset};
  state.pc = pc + op->length;
  if (!execute_system(*op, pc)) goto trap;
  retire_partially(block->ops(), state.in_block + 1);
  goto resume;

L_illegal:
  SAVE();
  illegal(*op);
  goto trap;

L_next_block:
  pc = block_pc + block->size;
  FOLLOW(next);

L_nop:
L_fence:
  NEXT();
L_li:
  x[op->rd] = IMM;
  NEXT();
L_mv:
  x[op->rd] = x[op->rs1];
  NEXT();
L_auipc:
  x[op->rd] = block_pc + IMM;
  NEXT();

L_jal:
  x[op->rd] = block_pc + block->size;
  pc = block_pc + IMM;
  FOLLOW(taken);

L_jalr:
  pc = (x[op->rs1] + IMM) & ~uint64_t{1};
  x[op->rd] = block_pc + block->size;
  retired += block->count;
  memory_ops += block->memory_ops;
  if (unlikely(retired >= state.limit)) goto leave;
  link = nullptr;
  goto follow_unknown;

  BRANCH(beq, a == b)
  BRANCH(bne, a != b)
  BRANCH(blt, static_cast<int64_t>(a) < static_cast<int64_t>(b))
  BRANCH(bge, static_cast<int64_t>(a) >= static_cast<int64_t>(b))
  BRANCH(bltu, a < b)
  BRANCH(bgeu, a >= b)

  LOAD(lb, int8_t)
  LOAD(lh, int16_t)
  LOAD(lw, int32_t)
  LOAD(ld, int64_t)
  LOAD(lbu, uint8_t)
  LOAD(lhu, uint16_t)
  LOAD(lwu, uint32_t)
  STORE(sb, uint8_t)
  STORE(sh, uint16_t)
  STORE(sw, uint32_t)
  STORE(sd, uint64_t)

  ALU_IMMEDIATE(addi, a + b)
  ALU_IMMEDIATE(slti, static_cast<int64_t>(a) < static_cast<int64_t>(b) ? 1 : 0)
  ALU_IMMEDIATE(sltiu, a < b ? 1 : 0)
  ALU_IMMEDIATE(xori, a ^ b)
  ALU_IMMEDIATE(ori, a | b)
  ALU_IMMEDIATE(andi, a & b)
  ALU_IMMEDIATE(slli, a << (b & 63))
  ALU_IMMEDIATE(srli, a >> (b & 63))
  ALU_IMMEDIATE(srai, shift_right_arithmetic(a, b & 63))
  ALU_IMMEDIATE(addiw, word(a + b))
  ALU_IMMEDIATE(slliw, word(a << (b & 31)))
  ALU_IMMEDIATE(srliw, word(static_cast<uint32_t>(a) >> (b & 31)))
  ALU_IMMEDIATE(sraiw, shift_right_arithmetic(word(a), b & 31))

  ALU_REGISTER(add, a + b)
  ALU_REGISTER(sub, a - b)
  ALU_REGISTER(sll, a << (b & 63))
  ALU_REGISTER(slt, static_cast<int64_t>(a) < static_cast<int64_t>(b) ? 1 : 0)
  ALU_REGISTER(sltu, a < b ? 1 : 0)
  ALU_REGISTER(xor_, a ^ b)
  ALU_REGISTER(srl, a >> (b & 63))
  ALU_REGISTER(sra, shift_right_arithmetic(a, b & 63))
  ALU_REGISTER(or_, a | b)
  ALU_REGISTER(and_, a & b)
  ALU_REGISTER(addw, word(a + b))
  ALU_REGISTER(subw, word(a - b))
  ALU_REGISTER(sllw, word(a << (b & 31)))
  ALU_REGISTER(srlw, word(static_cast<uint32_t>(a) >> (b & 31)))
  ALU_REGISTER(sraw, shift_right_arithmetic(word(a), b & 31))

  ALU_REGISTER(add_uw, static_cast<uint32_t>(a) + b)
  ALU_REGISTER(sh1add, (a << 1) + b)
  ALU_REGISTER(sh2add, (a << 2) + b)
  ALU_REGISTER(sh3add, (a << 3) + b)
  ALU_REGISTER(sh1add_uw, (uint64_t{static_cast<uint32_t>(a)} << 1) + b)
  ALU_REGISTER(sh2add_uw, (uint64_t{static_cast<uint32_t>(a)} << 2) + b)
  ALU_REGISTER(sh3add_uw, (uint64_t{static_cast<uint32_t>(a)} << 3) + b)
  ALU_IMMEDIATE(slli_uw, uint64_t{static_cast<uint32_t>(a)} << (b & 63))
  ALU_REGISTER(andn, a & ~b)
  ALU_REGISTER(orn, a | ~b)
  ALU_REGISTER(xnor, ~(a ^ b))
  ALU_UNARY(clz, leading_zeros(a))
  ALU_UNARY(clzw, leading_zeros(uint64_t{static_cast<uint32_t>(a)}) - 32)
  ALU_UNARY(ctz, trailing_zeros(a))
  ALU_UNARY(ctzw, trailing_zeros(a | uint64_t{1} << 32))
  ALU_UNARY(cpop, static_cast<uint64_t>(__builtin_popcountll(a)))
  ALU_UNARY(cpopw, static_cast<uint64_t>(__builtin_popcountll(static_cast<uint32_t>(a))))
  ALU_REGISTER(max, static_cast<int64_t>(a) < static_cast<int64_t>(b) ? b : a)
  ALU_REGISTER(maxu, a < b ? b : a)
  ALU_REGISTER(min, static_cast<int64_t>(a) < static_cast<int64_t>(b) ? a : b)
  ALU_REGISTER(minu, a < b ? a : b)
  ALU_UNARY(sext_b, static_cast<uint64_t>(int64_t{static_cast<int8_t>(a)}))
  ALU_UNARY(sext_h, static_cast<uint64_t>(int64_t{static_cast<int16_t>(a)}))
  ALU_UNARY(zext_h, a & 0xffff)
  ALU_REGISTER(rol, rotate_right(a, 0 - b))
  ALU_REGISTER(rolw, word(rotate_right(static_cast<uint32_t>(a), 0 - b)))
  ALU_REGISTER(ror, rotate_right(a, b))
  ALU_REGISTER(rorw, word(rotate_right(static_cast<uint32_t>(a), b)))
  ALU_IMMEDIATE(rori, rotate_right(a, b))
  ALU_IMMEDIATE(roriw, word(rotate_right(static_cast<uint32_t>(a), b)))
  ALU_UNARY(orc_b, or_combine_bytes(a))
  ALU_UNARY(rev8, __builtin_bswap64(a))
  ALU_REGISTER(bclr, a & ~(uint64_t{1} << (b & 63)))
  ALU_IMMEDIATE(bclri, a & ~(uint64_t{1} << (b & 63)))
  ALU_REGISTER(bext, (a >> (b & 63)) & 1)
  ALU_IMMEDIATE(bexti, (a >> (b & 63)) & 1)
  ALU_REGISTER(binv, a ^ (uint64_t{1} << (b & 63)))
  ALU_IMMEDIATE(binvi, a ^ (uint64_t{1} << (b & 63)))
  ALU_REGISTER(bset, a | (uint64_t{1} << (b & 63)))
  ALU_IMMEDIATE(bseti, a | (uint64_t{1} << (b & 63)))

  ALU_REGISTER(mul, a * b)
  ALU_REGISTER(mulh, high_signed(a, b))
  ALU_REGISTER(mulhsu, high_signed_unsigned(a, b))
  ALU_REGISTER(mulhu, high_unsigned(a, b))
  ALU_REGISTER(div, static_cast<uint64_t>(divide(static_cast<int64_t>(a), static_cast<int64_t>(b))))
  ALU_REGISTER(divu, divide_unsigned(a, b))
  ALU_REGISTER(rem, static_cast<uint64_t>(remainder(static_cast<int64_t>(a), static_cast<int64_t>(b))))
  ALU_REGISTER(remu, remainder_unsigned(a, b))
  ALU_REGISTER(mulw, word(a * b))
  ALU_REGISTER(divw, static_cast<uint64_t>(int64_t{divide(static_cast<int32_t>(a), static_cast<int32_t>(b))}))
  ALU_REGISTER(divuw, word(divide_unsigned(static_cast<uint32_t>(a), static_cast<uint32_t>(b))))
  ALU_REGISTER(remw, static_cast<uint64_t>(int64_t{remainder(static_cast<int32_t>(a), static_cast<int32_t>(b))}))
  ALU_REGISTER(remuw, word(remainder_unsigned(static_cast<uint32_t>(a), static_cast<uint32_t>(b))))
}

}  // namespace sc_memory::models::riscv
