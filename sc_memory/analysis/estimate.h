// Totals estimated from samples, with the confidence that they deserve.
#pragma once

#include <cstdint>

namespace sc_memory {

/// The true value lies between `low` and `high` with a confidence of 95 %, if the samples are like what was not seen.
/// With fewer than two samples nothing is known: `low` is what was seen, `high` infinite.
struct Estimate {
  double value = 0;
  double low = 0;
  double high = 0;
  std::uint64_t samples = 0;
};

/// Values drawn from a finite population.
class Sample {
 public:
  void add(double value);

  std::uint64_t count() const { return count_; }
  double mean() const { return mean_; }

  /// The sum over a population of `size` values, at least count(), of which these are a sample. By Student's
  /// distribution, corrected for the part of the population that was seen: of all of it, the sum is exact.
  Estimate total_of(double size) const;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  ///< Of the deviations from the mean, summed (Welford).
};

}  // namespace sc_memory
