// Bytes over time, for each initiator, in bounded memory.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sc_memory/analysis/transaction_record.h"

namespace sc_memory {

/// Simulated time in a fixed number of buckets of equal width. When time goes beyond the last one, two by two become
/// one and the width doubles. The bytes of a transaction that ended well count for the bucket in which it ended.
class BandwidthTimeline final : public tlm::tlm_analysis_if<TransactionRecord> {
 public:
  /// `buckets`, an even number of at least 2, is rounded up to one; `width`, more than nothing, is where it begins.
  explicit BandwidthTimeline(std::size_t buckets = 1024, const sc_core::sc_time& width = {1, sc_core::SC_US});

  void write(const TransactionRecord& record) override;

  struct Series {
    TrafficName initiator;
    std::vector<std::uint64_t> bytes;  ///< By bucket; the first begins at time 0.
  };
  /// Of all initiators that moved anything, in the order in which their names were first used.
  std::vector<Series> series() const;
  /// Of each bucket now.
  sc_core::sc_time width() const { return sc_core::sc_time::from_value(width_); }
  std::size_t buckets() const { return buckets_; }

 private:
  void double_width();

  std::size_t buckets_;
  std::uint64_t width_;  ///< sc_time::value()
  std::map<TrafficName, std::vector<std::uint64_t>> bytes_;
};

}  // namespace sc_memory
