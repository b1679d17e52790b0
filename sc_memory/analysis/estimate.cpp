// Student's distribution.
#include "sc_memory/analysis/estimate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace sc_memory {

namespace {

/// The 97.5 % quantile of Student's distribution with so many degrees of freedom.
double student(std::uint64_t freedom) {
  constexpr std::array<double, 30> kTable = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                             2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                             2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
  if (freedom <= kTable.size()) return kTable[freedom - 1];
  // The first two terms of the expansion around the normal distribution: off by less than 0.001 from here on.
  return 1.95996 + 2.3723 / static_cast<double>(freedom) + 2.8225 / std::pow(static_cast<double>(freedom), 2);
}

}  // namespace

void Sample::add(double value) {
  ++count_;
  const double deviation = value - mean_;
  mean_ += deviation / static_cast<double>(count_);
  squares_ += deviation * (value - mean_);
}

Estimate Sample::total_of(double size) const {
  const auto n = static_cast<double>(count_);
  const double population = std::max(size, n);
  const double value = mean_ * population;
  const double seen = mean_ * n;
  if (count_ < 2) {
    const bool all = population == n;
    return {value, seen, all ? value : std::numeric_limits<double>::infinity(), count_};
  }
  const double deviation = std::sqrt(squares_ / (n - 1));
  const double error = student(count_ - 1) * deviation / std::sqrt(n) * std::sqrt(1 - n / population) * population;
  return {value, value - error, value + error, count_};
}

}  // namespace sc_memory
