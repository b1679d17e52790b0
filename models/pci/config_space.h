// The configuration space of one PCI Express function: 4096 bytes, of which each bit either can be written by software
// or cannot. What follows from a write is the function's matter (function.h).
#pragma once

#include <array>
#include <cstdint>

namespace sc_memory::models::pci {

/// Registers of the type 0 header (PCI Local Bus Specification 3.0, 6.1).
namespace reg {
inline constexpr unsigned kVendor = 0x00;
inline constexpr unsigned kDevice = 0x02;
inline constexpr unsigned kCommand = 0x04;
inline constexpr unsigned kStatus = 0x06;
inline constexpr unsigned kRevision = 0x08;
inline constexpr unsigned kClass = 0x09;  ///< Three bytes.
inline constexpr unsigned kCacheLine = 0x0c;
inline constexpr unsigned kLatency = 0x0d;
inline constexpr unsigned kBar0 = 0x10;
inline constexpr unsigned kSubsystemVendor = 0x2c;
inline constexpr unsigned kSubsystem = 0x2e;
inline constexpr unsigned kCapabilities = 0x34;
inline constexpr unsigned kInterruptLine = 0x3c;
inline constexpr unsigned kInterruptPin = 0x3d;
inline constexpr unsigned kHeaderEnd = 0x40;
}  // namespace reg

namespace command {
inline constexpr std::uint16_t kIoSpace = 1U << 0;
inline constexpr std::uint16_t kMemorySpace = 1U << 1;
inline constexpr std::uint16_t kBusMaster = 1U << 2;
inline constexpr std::uint16_t kParityResponse = 1U << 6;
inline constexpr std::uint16_t kSystemErrors = 1U << 8;
inline constexpr std::uint16_t kInterruptDisable = 1U << 10;
}  // namespace command

namespace status {
inline constexpr std::uint16_t kInterrupt = 1U << 3;
inline constexpr std::uint16_t kCapabilities = 1U << 4;
}  // namespace status

/// Values are little-endian, sizes 1, 2 or 4 bytes; an access lies within the space, aligned or not.
class ConfigSpace {
 public:
  static constexpr unsigned size = 4096;

  std::uint32_t read(unsigned offset, unsigned bytes) const;
  /// What software writes: only bits that it may write change.
  void write(unsigned offset, std::uint32_t value, unsigned bytes);

  /// What the function says of itself, whoever may write it.
  void set(unsigned offset, std::uint32_t value, unsigned bytes);
  /// Which bits software may write, besides those it may already.
  void allow_writes(unsigned offset, std::uint32_t mask, unsigned bytes);

  /// A place for a capability of `bytes` bytes in all, at the end of the list. Returns its offset. Throws
  /// std::length_error when the first 256 bytes are full.
  unsigned add_capability(std::uint8_t id, unsigned bytes);

 private:
  std::array<std::uint8_t, size> values_{};
  std::array<std::uint8_t, size> writable_{};
  unsigned last_link_ = reg::kCapabilities;  ///< Where the next capability's offset goes.
  unsigned next_capability_ = reg::kHeaderEnd;
};

}  // namespace sc_memory::models::pci
