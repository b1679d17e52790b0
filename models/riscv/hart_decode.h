// The decoder: instruction bits to Op. Pure functions; compressed instructions have a file of their own.
#pragma once

#include <cstdint>

#include "models/riscv/hart_op.h"

namespace sc_memory::models::riscv {

// Whether the 16 bits start a 32-bit instruction (else they are a compressed one).
constexpr bool is_full_length(uint16_t first_parcel) { return (first_parcel & 3) == 3; }

// Decodes one instruction; `bits` holds it in the low half if it is compressed. Bits that no instruction of the
// supported set has give OpCode::illegal with `raw` filled in. Jump and branch immediates are relative to the
// instruction itself.
Op decode(uint32_t bits);

// The parts of decode() that have files of their own.
Op decode_compressed(uint16_t bits);
Op decode_float(uint32_t bits);

// Whether the operation ends a basic block: it jumps, traps always, or may change how the next instruction is found.
bool ends_block(OpCode code);

}  // namespace sc_memory::models::riscv
