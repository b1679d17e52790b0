// The seed and the length of randomized tests.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace sc_memory::testing {

/// A new seed each run, or SC_MEMORY_SEED from the environment. Printed, so that a failure can be repeated.
inline std::uint64_t seed() {
  const char* given = std::getenv("SC_MEMORY_SEED");
  const std::uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device{}();
  std::cout << "SC_MEMORY_SEED=" << value << std::endl;
  return value;
}

/// How many steps to make: SC_MEMORY_STEPS from the environment, or `usual`.
inline int steps(int usual) {
  const char* given = std::getenv("SC_MEMORY_STEPS");
  return given != nullptr ? std::atoi(given) : usual;
}

}  // namespace sc_memory::testing
