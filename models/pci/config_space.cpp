// Bits that can be written, and others.
#include "models/pci/config_space.h"

#include <stdexcept>

namespace sc_memory::models::pci {

namespace {

constexpr unsigned kCapabilitiesEnd = 256;

std::uint8_t byte_of(std::uint32_t value, unsigned index) { return static_cast<std::uint8_t>(value >> (8 * index)); }

}  // namespace

std::uint32_t ConfigSpace::read(unsigned offset, unsigned bytes) const {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= std::uint32_t{values_.at(offset + i)} << (8 * i);
  return value;
}

void ConfigSpace::write(unsigned offset, std::uint32_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) {
    const std::uint8_t mask = writable_.at(offset + i);
    std::uint8_t& byte = values_[offset + i];
    byte = static_cast<std::uint8_t>((byte & ~mask) | (byte_of(value, i) & mask));
  }
}

void ConfigSpace::set(unsigned offset, std::uint32_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) values_.at(offset + i) = byte_of(value, i);
}

void ConfigSpace::allow_writes(unsigned offset, std::uint32_t mask, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) writable_.at(offset + i) |= byte_of(mask, i);
}

unsigned ConfigSpace::add_capability(std::uint8_t id, unsigned bytes) {
  const unsigned offset = next_capability_;
  if (bytes > kCapabilitiesEnd - offset) throw std::length_error("no room for another PCI capability");
  next_capability_ += (bytes + 3) / 4 * 4;
  set(last_link_, offset, 1);
  set(offset, id, 1);
  last_link_ = offset + 1;
  set(reg::kStatus, read(reg::kStatus, 2) | status::kCapabilities, 2);
  return offset;
}

}  // namespace sc_memory::models::pci
