// How the device tests reach a device's registers: through an address space whose root is the device's region, as a
// guest would.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <iostream>
#include <random>
#include <string>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"

namespace sc_memory::models {

/// Offsets are relative to the region. T is the width: what the device does not take at once is cut up on the way. A
/// read or write that is not ok fails the test.
class RegisterAccess {
 public:
  explicit RegisterAccess(MemoryRegion& region) : path_(*handler_path(region)), space_("device", region) {}

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

  /// One access of this very width, as the device answers it.
  template <typename T>
  AccessResult try_read(Address offset) {
    std::uint8_t data[sizeof(T)];
    return path_.read(offset, data, sizeof(T), {});
  }
  template <typename T>
  AccessResult try_write(Address offset, T value) {
    std::uint8_t data[sizeof(T)];
    std::memcpy(data, &value, sizeof(T));
    return path_.write(offset, data, sizeof(T), {});
  }

  AddressSpace& space() { return space_; }

 private:
  static Attributes debug() {
    Attributes attributes;
    attributes.debug = true;
    return attributes;
  }

  HandlerPath& path_;
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
