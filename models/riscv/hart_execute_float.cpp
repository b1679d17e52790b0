// Floating-point instructions: registers, NaN boxing, rounding mode and flags around the arithmetic of hart_float.h.
#include "models/riscv/hart_arithmetic.h"
#include "models/riscv/hart_executor.h"
#include "models/riscv/hart_float.h"

namespace sc_memory::models::riscv {
namespace {

constexpr uint64_t box = 0xffffffff00000000;
constexpr uint32_t canonical_single = 0x7fc00000;

template <class Bits>
constexpr Bits sign_bit = Bits{1} << (8 * sizeof(Bits) - 1);

}  // namespace

// The register's value in the format; a single that is not properly boxed counts as a NaN.
template <>
uint64_t HartExecutor::float_operand<uint64_t>(uint8_t index) const {
  return state_.f[index];
}
template <>
uint32_t HartExecutor::float_operand<uint32_t>(uint8_t index) const {
  const uint64_t value = state_.f[index];
  return (value & box) == box ? static_cast<uint32_t>(value) : canonical_single;
}

void HartExecutor::raise_float_flags(uint8_t flags) {
  if (flags == 0) return;
  state_.fflags |= flags;
  state_.mark_float_dirty();
}

template <class Bits>
bool HartExecutor::set_float(const Op& op, Bits value, uint8_t flags) {
  state_.f[op.rd] = sizeof(Bits) == 4 ? box | value : value;
  state_.fflags |= flags;
  state_.mark_float_dirty();
  return true;
}

bool HartExecutor::set_integer(const Op& op, uint64_t value, uint8_t flags) {
  state_.x[op.rd] = value;
  raise_float_flags(flags);
  return true;
}

template <class Bits>
bool HartExecutor::float_load(const Op& op) {
  Bits value = 0;
  if (!memory_.load(state_.x[op.rs1] + static_cast<uint64_t>(int64_t{op.imm}), value)) return false;
  return set_float(op, value, 0);
}

template <class Bits>
bool HartExecutor::float_operation(const Op& op) {
  using Math = FloatMath<Bits>;
  uint32_t mode = static_cast<uint32_t>(op.imm & float_rounding_mask);
  if (mode == rounding_dynamic) mode = state_.frm;
  if (mode > static_cast<uint32_t>(Rounding::nearest_away)) return illegal(op);
  const Rounding rounding = static_cast<Rounding>(mode);
  const auto as_float = [&](FloatResult<Bits> result) { return set_float<Bits>(op, result.value, result.flags); };
  const auto as_integer = [&](auto result) { return set_integer(op, uint64_t{result.value}, result.flags); };
  const Bits a = float_operand<Bits>(op.rs1);
  const Bits b = float_operand<Bits>(op.rs2);
  const Bits sign = sign_bit<Bits>;
  const uint64_t integer = state_.x[op.rs1];
  switch (op.code) {
    case OpCode::fadd:
      return as_float(Math::add(a, b, rounding));
    case OpCode::fsub:
      return as_float(Math::subtract(a, b, rounding));
    case OpCode::fmul:
      return as_float(Math::multiply(a, b, rounding));
    case OpCode::fdiv:
      return as_float(Math::divide(a, b, rounding));
    case OpCode::fsqrt:
      return as_float(Math::square_root(a, rounding));
    case OpCode::fmadd:
      return as_float(Math::fused_multiply_add(a, b, float_operand<Bits>(op.rs3), rounding));
    case OpCode::fmsub:
      return as_float(Math::fused_multiply_add(a, b, float_operand<Bits>(op.rs3) ^ sign, rounding));
    case OpCode::fnmsub:
      return as_float(Math::fused_multiply_add(a ^ sign, b, float_operand<Bits>(op.rs3), rounding));
    case OpCode::fnmadd:
      return as_float(Math::fused_multiply_add(a ^ sign, b, float_operand<Bits>(op.rs3) ^ sign, rounding));
    case OpCode::fsgnj:
      return set_float<Bits>(op, (a & ~sign) | (b & sign), 0);
    case OpCode::fsgnjn:
      return set_float<Bits>(op, (a & ~sign) | (~b & sign), 0);
    case OpCode::fsgnjx:
      return set_float<Bits>(op, a ^ (b & sign), 0);
    case OpCode::fmin:
      return as_float(Math::minimum(a, b));
    case OpCode::fmax:
      return as_float(Math::maximum(a, b));
    case OpCode::feq:
      return as_integer(Math::equal(a, b));
    case OpCode::flt:
      return as_integer(Math::less(a, b));
    case OpCode::fle:
      return as_integer(Math::less_or_equal(a, b));
    case OpCode::fclass:
      return set_integer(op, Math::classify(a), 0);
    case OpCode::fmv_to_x:
      // The bits as they are, boxed or not.
      return set_integer(op, sizeof(Bits) == 4 ? word(state_.f[op.rs1]) : state_.f[op.rs1], 0);
    case OpCode::fmv_from_x:
      return set_float<Bits>(op, static_cast<Bits>(integer), 0);
    case OpCode::fcvt_to_w:
      return as_integer(Math::to_int32(a, rounding));
    case OpCode::fcvt_to_wu:
      return as_integer(Math::to_uint32(a, rounding));
    case OpCode::fcvt_to_l:
      return as_integer(Math::to_int64(a, rounding));
    case OpCode::fcvt_to_lu:
      return as_integer(Math::to_uint64(a, rounding));
    case OpCode::fcvt_from_w:
      return as_float(Math::from_int64(static_cast<int32_t>(integer), rounding));
    case OpCode::fcvt_from_wu:
      return as_float(Math::from_uint64(static_cast<uint32_t>(integer), rounding));
    case OpCode::fcvt_from_l:
      return as_float(Math::from_int64(static_cast<int64_t>(integer), rounding));
    case OpCode::fcvt_from_lu:
      return as_float(Math::from_uint64(integer, rounding));
    case OpCode::fcvt_from_float:
      if constexpr (sizeof(Bits) == 8) {
        return as_float(widen(float_operand<uint32_t>(op.rs1)));
      } else {
        return as_float(narrow(float_operand<uint64_t>(op.rs1), rounding));
      }
    default:
      return illegal(op);
  }
}

bool HartExecutor::execute_float(const Op& op) {
  if (!state_.float_enabled()) return illegal(op);
  const uint64_t address = state_.x[op.rs1] + static_cast<uint64_t>(int64_t{op.imm});
  switch (op.code) {
    case OpCode::flw:
      return float_load<uint32_t>(op);
    case OpCode::fld:
      return float_load<uint64_t>(op);
    case OpCode::fsw:
      return memory_.store(address, static_cast<uint32_t>(state_.f[op.rs2]));
    case OpCode::fsd:
      return memory_.store(address, state_.f[op.rs2]);
    default:
      return (op.imm & float_double) != 0 ? float_operation<uint64_t>(op) : float_operation<uint32_t>(op);
  }
}

}  // namespace sc_memory::models::riscv
