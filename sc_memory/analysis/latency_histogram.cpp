// Reading a histogram.
#include "sc_memory/analysis/latency_histogram.h"

#include <algorithm>
#include <cmath>

namespace sc_memory {

using sc_core::sc_time;

std::uint64_t LatencyHistogram::first_of(std::size_t index) {
  if (index < kPerOctave) return index;
  const std::size_t octave = index / kPerOctave - 1;
  return (kPerOctave + index % kPerOctave) << octave;
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

sc_time LatencyHistogram::min() const { return sc_time::from_value(count_ != 0 ? min_ : 0); }

sc_time LatencyHistogram::max() const { return sc_time::from_value(max_); }

sc_time LatencyHistogram::mean() const {
  return sc_time::from_value(count_ != 0 ? static_cast<std::uint64_t>(std::round(sum_ / static_cast<double>(count_)))
                                         : 0);
}

sc_time LatencyHistogram::quantile(double q) const {
  if (count_ == 0) return sc_core::SC_ZERO_TIME;
  const double wanted = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(wanted)));
  std::uint64_t passed = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    passed += counts_[i];
    if (passed >= rank) return sc_time::from_value(std::min(max_, first_of(i + 1) - 1));
  }
  return max();
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::buckets() const {
  std::vector<Bucket> filled;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (counts_[i] != 0)
      filled.push_back({sc_time::from_value(first_of(i)), sc_time::from_value(first_of(i + 1) - 1), counts_[i]});
  }
  return filled;
}

}  // namespace sc_memory
