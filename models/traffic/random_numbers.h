// Random numbers for traffic: the same for a seed with every compiler and library.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace sc_memory::models {

/// The standard fixes the numbers of mt19937_64, but not those of the library's distributions; hence these.
class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t bits() { return engine_(); }
  /// From 0 to `count` - 1. The excess of the first numbers is less than count / 2^64.
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  /// From 0 on, less than 1.
  double fraction() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  /// Of an exponential distribution with mean 1.
  double exponential() { return -std::log1p(-fraction()); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace sc_memory::models
