// How the device tests reach a device's registers: through an address space whose root is the device's region, as a
// guest would.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>
#include <random>
#include <string>

#include "sc_memory/map/address_space.h"

namespace sc_memory::models {

/// Offsets are relative to the region. T is the access's width. A read or write that is not ok fails the test.
class RegisterAccess {
 public:
  explicit RegisterAccess(MemoryRegion& region) : space_("device", region) {}

  template <typename T>
  T read(Address offset, const Attributes& attributes = {}) {
    T value = 0;
    EXPECT_EQ(space_.read(offset, &value, sizeof(T), attributes), AccessResult::ok) << "read at " << std::hex << offset;
    return value;
  }
  template <typename T>
  void write(Address offset, T value, const Attributes& attributes = {}) {
    EXPECT_EQ(space_.write(offset, &value, sizeof(T), attributes), AccessResult::ok)
        << "write at " << std::hex << offset;
  }
  template <typename T>
  T debug_read(Address offset) {
    return read<T>(offset, debug());
  }
  template <typename T>
  void debug_write(Address offset, T value) {
    write<T>(offset, value, debug());
  }

  template <typename T>
  AccessResult try_read(Address offset) {
    T value = 0;
    return space_.read(offset, &value, sizeof(T));
  }
  template <typename T>
  AccessResult try_write(Address offset, T value) {
    return space_.write(offset, &value, sizeof(T));
  }

  AddressSpace& space() { return space_; }

 private:
  static Attributes debug() {
    Attributes attributes;
    attributes.debug = true;
    return attributes;
  }

  AddressSpace space_;
};

/// The seed of a randomized test, printed so that a failure can be repeated by setting SC_MEMORY_TEST_SEED.
inline std::uint32_t test_seed() {
  const char* given = std::getenv("SC_MEMORY_TEST_SEED");
  const std::uint32_t seed = given != nullptr ? static_cast<std::uint32_t>(std::stoul(given)) : std::random_device{}();
  std::cout << "SC_MEMORY_TEST_SEED=" << seed << std::endl;
  return seed;
}

}  // namespace sc_memory::models
