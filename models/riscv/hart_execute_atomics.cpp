// LR, SC and the read-modify-write instructions.
//
// SystemC runs one process at a time, so nothing comes between the read and the write of an atomic on host memory. A
// reservation ends when this hart lets other processes run, and so no store of another hart can come between LR and SC
// unnoticed, not even one of the same value. The value is compared as well, for stores of this hart.
#include <algorithm>

#include "models/riscv/hart_executor.h"

namespace sc_memory::models::riscv {
namespace {

template <class Value>
uint64_t extend(Value value) {
  return static_cast<uint64_t>(static_cast<int64_t>(value));
}

}  // namespace

template <class Value>
bool HartExecutor::load_reserved(const Op& op) {
  const uint64_t address = state_.x[op.rs1];
  HartMemory::Place place{};
  Value value = 0;
  if (!memory_.locate(address, sizeof(Value), Access::read, place)) return false;
  if (!memory_.read_place(place, address, &value, sizeof(Value), Access::read)) return false;
  state_.x[op.rd] = extend(value);
  state_.reservation = {true, place.physical, extend(value), sizeof(Value), state_.retired + state_.in_block};
  return true;
}

template <class Value>
bool HartExecutor::store_conditional(const Op& op) {
  const uint64_t address = state_.x[op.rs1];
  HartMemory::Place place{};
  if (!memory_.locate(address, sizeof(Value), Access::write, place)) return false;
  const HartState::Reservation reservation = state_.reservation;
  state_.reservation.valid = false;
  bool success = reservation.valid && reservation.address == place.physical && reservation.size == sizeof(Value);
  if (success) {
    Value now = 0;
    if (!memory_.read_place(place, address, &now, sizeof(Value), Access::write)) return false;
    success = extend(now) == reservation.value;
  }
  if (success) {
    const Value value = static_cast<Value>(state_.x[op.rs2]);
    if (!memory_.write_place(place, address, &value, sizeof(Value))) return false;
  }
  state_.x[op.rd] = success ? 0 : 1;
  return true;
}

template <class Value, class Combine>
bool HartExecutor::read_modify_write(const Op& op, Combine combine) {
  const uint64_t address = state_.x[op.rs1];
  HartMemory::Place place{};
  Value old = 0;
  if (!memory_.locate(address, sizeof(Value), Access::write, place)) return false;
  if (!memory_.read_place(place, address, &old, sizeof(Value), Access::write)) return false;
  const Value value = combine(old, static_cast<Value>(state_.x[op.rs2]));
  if (!memory_.write_place(place, address, &value, sizeof(Value))) return false;
  state_.x[op.rd] = extend(old);
  return true;
}

bool HartExecutor::execute_atomic(const Op& op) {
  const auto swap = [](auto, auto operand) { return operand; };
  const auto add = [](auto old, auto operand) {
    return static_cast<decltype(old)>(static_cast<uint64_t>(old) + static_cast<uint64_t>(operand));
  };
  const auto exclusive_or = [](auto old, auto operand) { return old ^ operand; };
  const auto bit_and = [](auto old, auto operand) { return old & operand; };
  const auto bit_or = [](auto old, auto operand) { return old | operand; };
  const auto minimum = [](auto old, auto operand) { return std::min(old, operand); };
  const auto maximum = [](auto old, auto operand) { return std::max(old, operand); };
  const auto unsigned_minimum = [](auto old, auto operand) {
    using Unsigned = std::make_unsigned_t<decltype(old)>;
    return static_cast<Unsigned>(old) < static_cast<Unsigned>(operand) ? old : operand;
  };
  const auto unsigned_maximum = [](auto old, auto operand) {
    using Unsigned = std::make_unsigned_t<decltype(old)>;
    return static_cast<Unsigned>(old) > static_cast<Unsigned>(operand) ? old : operand;
  };
  switch (op.code) {
    case OpCode::lr_w:
      return load_reserved<int32_t>(op);
    case OpCode::lr_d:
      return load_reserved<int64_t>(op);
    case OpCode::sc_w:
      return store_conditional<int32_t>(op);
    case OpCode::sc_d:
      return store_conditional<int64_t>(op);
    case OpCode::amoswap_w:
      return read_modify_write<int32_t>(op, swap);
    case OpCode::amoswap_d:
      return read_modify_write<int64_t>(op, swap);
    case OpCode::amoadd_w:
      return read_modify_write<int32_t>(op, add);
    case OpCode::amoadd_d:
      return read_modify_write<int64_t>(op, add);
    case OpCode::amoxor_w:
      return read_modify_write<int32_t>(op, exclusive_or);
    case OpCode::amoxor_d:
      return read_modify_write<int64_t>(op, exclusive_or);
    case OpCode::amoand_w:
      return read_modify_write<int32_t>(op, bit_and);
    case OpCode::amoand_d:
      return read_modify_write<int64_t>(op, bit_and);
    case OpCode::amoor_w:
      return read_modify_write<int32_t>(op, bit_or);
    case OpCode::amoor_d:
      return read_modify_write<int64_t>(op, bit_or);
    case OpCode::amomin_w:
      return read_modify_write<int32_t>(op, minimum);
    case OpCode::amomin_d:
      return read_modify_write<int64_t>(op, minimum);
    case OpCode::amomax_w:
      return read_modify_write<int32_t>(op, maximum);
    case OpCode::amomax_d:
      return read_modify_write<int64_t>(op, maximum);
    case OpCode::amominu_w:
      return read_modify_write<int32_t>(op, unsigned_minimum);
    case OpCode::amominu_d:
      return read_modify_write<int64_t>(op, unsigned_minimum);
    case OpCode::amomaxu_w:
      return read_modify_write<int32_t>(op, unsigned_maximum);
    case OpCode::amomaxu_d:
      return read_modify_write<int64_t>(op, unsigned_maximum);
    default:
      return illegal(op);
  }
}

}  // namespace sc_memory::models::riscv
