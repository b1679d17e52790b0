// Where everything lies on the machine: the addresses of QEMU's `virt` board, which firmware for it is built for.
#pragma once

#include "sc_memory/map/address_range.h"

namespace sc_memory::platforms::riscv_virt {

inline constexpr AddressRange kBootRom{0x1000, 0xffff};
inline constexpr Address kTest = 0x10'0000;
inline constexpr Address kRtc = 0x10'1000;
inline constexpr Address kClint = 0x200'0000;
inline constexpr AddressRange kPcieIo{0x300'0000, 0x300'ffff};
inline constexpr Address kPlic = 0xc00'0000;
inline constexpr Address kUart = 0x1000'0000;
/// A page for each slot; the registers are its first 0x200 bytes.
inline constexpr Address kVirtioMmio = 0x1000'1000;
inline constexpr std::uint64_t kVirtioMmioStride = 0x1000;
inline constexpr unsigned kVirtioMmioSlots = 8;
inline constexpr Address kFlash = 0x2000'0000;
inline constexpr std::uint64_t kFlashBankSize = 32_MiB;
inline constexpr unsigned kFlashBanks = 2;
inline constexpr Address kPcieEcam = 0x3000'0000;
/// Windows into the bus's memory space, at the same addresses there.
inline constexpr AddressRange kPcieMemory{0x4000'0000, 0x7fff'ffff};
inline constexpr std::uint64_t kPcieMemoryHighSize = 16_GiB;
inline constexpr Address kRam = 0x8000'0000;

/// What the hart can address: physical addresses of Sv39 have 56 bits.
inline constexpr Address kAddressLimit = Address{1} << 56;
/// The high window ends within it.
inline constexpr std::uint64_t kMaxMemory = kAddressLimit - kPcieMemoryHighSize - kRam;

/// The high window lies on a border of its own size, at 16 GiB or, as on QEMU, behind the RAM if that reaches further.
constexpr AddressRange pcie_memory_high(std::uint64_t memory_bytes) {
  const Address behind_ram =
      (kRam + memory_bytes + kPcieMemoryHighSize - 1) / kPcieMemoryHighSize * kPcieMemoryHighSize;
  return {behind_ram, behind_ram + kPcieMemoryHighSize - 1};
}

/// Sources of the interrupt controller.
inline constexpr unsigned kVirtioMmioInterrupt = 1;  ///< Of slot 0; the others follow.
inline constexpr unsigned kUartInterrupt = 10;
inline constexpr unsigned kRtcInterrupt = 11;
inline constexpr unsigned kPcieInterrupt = 0x20;  ///< Of the first of four lines.
inline constexpr unsigned kInterruptSources = 96;

inline constexpr std::uint32_t kTimebaseHz = 10'000'000;
inline constexpr std::uint32_t kUartClockHz = 3'686'400;

inline constexpr unsigned kMaxHarts = 8;

}  // namespace sc_memory::platforms::riscv_virt
