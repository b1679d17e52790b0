// Decoding of the F and D instructions.
#include "models/riscv/hart_decode.h"
#include "models/riscv/hart_decode_fields.h"

namespace sc_memory::models::riscv {
namespace {

using namespace fields;

// An operation whose destination is a floating-point register: f0 is one like the others.
Op make_float(uint32_t bits, OpCode code, int32_t imm) {
  Op op = make(bits, code, imm);
  op.rd = static_cast<uint8_t>(field(bits, 11, 7));
  op.rs3 = static_cast<uint8_t>(field(bits, 31, 27));
  return op;
}

constexpr bool supported_format(uint32_t bits) { return field(bits, 26, 25) <= 1; }
constexpr int32_t format_of(uint32_t bits) { return field(bits, 25, 25) != 0 ? float_double : 0; }
constexpr int32_t rounded(uint32_t bits) { return format_of(bits) | static_cast<int32_t>(funct3(bits)); }

Op decode_access(uint32_t bits, OpCode word, OpCode doubleword, int32_t imm) {
  if (funct3(bits) == 2) return make_float(bits, word, imm);
  return funct3(bits) == 3 ? make_float(bits, doubleword, imm) : illegal(bits);
}

Op decode_fused(uint32_t bits) {
  constexpr OpCode codes[4] = {OpCode::fmadd, OpCode::fmsub, OpCode::fnmsub, OpCode::fnmadd};
  return supported_format(bits) ? make_float(bits, codes[field(bits, 3, 2)], rounded(bits)) : illegal(bits);
}

// Operations that funct3 tells apart: up to three of them.
Op decode_selected(uint32_t bits, OpCode first, OpCode second, OpCode third, bool to_integer) {
  const OpCode codes[3] = {first, second, third};
  const OpCode code = funct3(bits) < 3 ? codes[funct3(bits)] : OpCode::illegal;
  if (code == OpCode::illegal) return illegal(bits);
  return to_integer ? make(bits, code, format_of(bits)) : make_float(bits, code, format_of(bits));
}

Op decode_from_float(uint32_t bits) {
  // The second source names the format converted from; it must be the other one.
  const bool to_double = format_of(bits) != 0;
  return rs2_of(bits) == (to_double ? 0 : 1) ? make_float(bits, OpCode::fcvt_from_float, rounded(bits)) : illegal(bits);
}

Op decode_operation(uint32_t bits) {
  if (!supported_format(bits)) return illegal(bits);
  const uint8_t rs2 = rs2_of(bits);
  switch (field(bits, 31, 27)) {
    case 0x00:
      return make_float(bits, OpCode::fadd, rounded(bits));
    case 0x01:
      return make_float(bits, OpCode::fsub, rounded(bits));
    case 0x02:
      return make_float(bits, OpCode::fmul, rounded(bits));
    case 0x03:
      return make_float(bits, OpCode::fdiv, rounded(bits));
    case 0x0b:
      return rs2 == 0 ? make_float(bits, OpCode::fsqrt, rounded(bits)) : illegal(bits);
    case 0x04:
      return decode_selected(bits, OpCode::fsgnj, OpCode::fsgnjn, OpCode::fsgnjx, false);
    case 0x05:
      return decode_selected(bits, OpCode::fmin, OpCode::fmax, OpCode::illegal, false);
    case 0x08:
      return decode_from_float(bits);
    case 0x14:
      return decode_selected(bits, OpCode::fle, OpCode::flt, OpCode::feq, true);
    case 0x18: {
      constexpr OpCode codes[4] = {OpCode::fcvt_to_w, OpCode::fcvt_to_wu, OpCode::fcvt_to_l, OpCode::fcvt_to_lu};
      return rs2 < 4 ? make(bits, codes[rs2], rounded(bits)) : illegal(bits);
    }
    case 0x1a: {
      constexpr OpCode codes[4] = {OpCode::fcvt_from_w, OpCode::fcvt_from_wu, OpCode::fcvt_from_l,
                                   OpCode::fcvt_from_lu};
      return rs2 < 4 ? make_float(bits, codes[rs2], rounded(bits)) : illegal(bits);
    }
    case 0x1c:
      return rs2 == 0 ? decode_selected(bits, OpCode::fmv_to_x, OpCode::fclass, OpCode::illegal, true) : illegal(bits);
    case 0x1e:
      return rs2 == 0 && funct3(bits) == 0 ? make_float(bits, OpCode::fmv_from_x, format_of(bits)) : illegal(bits);
    default:
      return illegal(bits);
  }
}

}  // namespace

Op decode_float(uint32_t bits) {
  switch (field(bits, 6, 0)) {
    case 0x07:
      return decode_access(bits, OpCode::flw, OpCode::fld, imm_i(bits));
    case 0x27:
      return decode_access(bits, OpCode::fsw, OpCode::fsd, imm_s(bits));
    case 0x53:
      return decode_operation(bits);
    default:
      return decode_fused(bits);
  }
}

}  // namespace sc_memory::models::riscv
