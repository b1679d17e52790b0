// How long transactions took, in buckets that grow with the time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <systemc>

namespace sc_memory {

/// Counts durations exactly below 8 units of the time resolution, and beyond in eight buckets for each power of two: a
/// duration is known to within an eighth. Its size is fixed.
class LatencyHistogram {
 public:
  struct Bucket {
    sc_core::sc_time first;
    sc_core::sc_time last;  ///< Included.
    std::uint64_t count;
  };

  void add(const sc_core::sc_time& duration) {
    const std::uint64_t ticks = duration.value();
    ++counts_[index_of(ticks)];
    ++count_;
    sum_ += static_cast<double>(ticks);
    if (ticks < min_) min_ = ticks;
    if (ticks > max_) max_ = ticks;
  }
  void add(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  /// All of these are zero where nothing was counted.
  sc_core::sc_time min() const;
  sc_core::sc_time max() const;
  sc_core::sc_time mean() const;
  /// A time that at least the part `q` of the durations, from 0 to 1, does not exceed: the end of the bucket that holds
  /// the q-th of them, or max() if that is less.
  sc_core::sc_time quantile(double q) const;

  /// Those that are not empty, by ascending time.
  std::vector<Bucket> buckets() const;

 private:
  static constexpr unsigned kExactBits = 3;
  static constexpr std::size_t kPerOctave = std::size_t{1} << kExactBits;
  static constexpr std::size_t kBuckets = (64 - kExactBits + 1) * kPerOctave;

  static std::size_t index_of(std::uint64_t ticks) {
    if (ticks < kPerOctave) return static_cast<std::size_t>(ticks);
    const unsigned octave = 63U - static_cast<unsigned>(__builtin_clzll(ticks)) - kExactBits;
    return (octave + 1) * kPerOctave + static_cast<std::size_t>((ticks >> octave) & (kPerOctave - 1));
  }
  static std::uint64_t first_of(std::size_t index);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
};

}  // namespace sc_memory
