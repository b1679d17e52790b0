// A hart's registers under the numbers that GDB knows them by, and the target description that says so.
//
// The numbers are those of GDB's own RISC-V target: x0 to x31, pc, f0 to f31, then every control and status register at
// 65 plus its number, and the privilege level behind the last of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/riscv/hart.h"
#include "sim/gdb/hex.h"

namespace sc_memory::sim::gdb {

inline constexpr unsigned kPc = 32;
inline constexpr unsigned kGeneralRegisters = kPc + 1;
inline constexpr unsigned kFirstFloat = 33;
inline constexpr unsigned kFirstCsr = 65;
inline constexpr unsigned kPrivilege = kFirstCsr + 4096;

/// The registers that this hart has, as XML.
std::string describe_registers(const models::riscv::Hart& hart);

/// In little-endian bytes; nothing if there is no such register.
std::optional<Bytes> read_register(const models::riscv::Hart& hart, std::uint64_t number);
/// False if there is none, if it cannot be written, or if the value has another size.
bool write_register(models::riscv::Hart& hart, std::uint64_t number, const Bytes& value);

}  // namespace sc_memory::sim::gdb
