// Timing cases against each other with Google Benchmark.
#pragma once

#include <benchmark/benchmark.h>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/benchmark/figure.h"

namespace sc_memory::bench {

/// What is timed: `body` loops over its state as every Google Benchmark does.
struct Case {
  std::string name;
  std::function<void(benchmark::State&)> body;
  /// Things done by one iteration; the time is that of one of them.
  double per_iteration = 1;
  enum class Clock {
    processor,  ///< The thread's processor time: other programs on the machine do not count.
    manual,     ///< What the body says, by SetIterationTime(): where an iteration has parts that are not to be timed.
  };
  Clock clock = Clock::processor;
};

/// The median time of each case in nanoseconds, by name. The cases' repetitions are interleaved in random order, so
/// that what disturbs the machine disturbs all of them.
std::map<std::string, double> measure(const std::vector<Case>& cases, const Effort& effort);

/// Of any number of values, at least one.
double median(std::vector<double> values);

}  // namespace sc_memory::bench
