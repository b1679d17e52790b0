// Counters and latencies for each pair of an initiator and a region.
//
//     Probe probe{bus, ProbeScope().direct(DirectAccess::allowed)};
//     TrafficStatistics statistics;
//     probe.transactions.bind(statistics);
//     ...
//     for (const TrafficStatistics::Row& row : statistics.rows()) ...
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "sc_memory/analysis/latency_histogram.h"
#include "sc_memory/analysis/transaction_record.h"

namespace sc_memory {

/// Its size follows the number of pairs that were seen.
class TrafficStatistics final : public tlm::tlm_analysis_if<TransactionRecord> {
 public:
  struct Row {
    TrafficName initiator;
    TrafficName region;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    std::uint64_t ignored = 0;        ///< TLM_IGNORE_COMMAND.
    std::uint64_t bytes_read = 0;     ///< Enabled ones, of reads that ended well,
    std::uint64_t bytes_written = 0;  ///< and of writes.
    std::uint64_t errors = 0;         ///< Responses other than TLM_OK_RESPONSE.
    LatencyHistogram read_latency;
    LatencyHistogram write_latency;

    std::uint64_t transactions() const { return reads + writes + ignored; }
    std::uint64_t bytes() const { return bytes_read + bytes_written; }
  };

  void write(const TransactionRecord& record) override;

  /// In the order in which the pairs were first seen.
  const std::deque<Row>& rows() const { return rows_; }
  /// All rows that have the given name, or every one, added up; the other name is none.
  Row total() const;
  Row of_initiator(TrafficName initiator) const;
  Row of_region(TrafficName region) const;

 private:
  Row& row_of(TrafficName initiator, TrafficName region);
  template <typename Condition>
  Row sum_of(Row sum, Condition&& condition) const;

  std::deque<Row> rows_;
  std::unordered_map<std::uint64_t, Row*> index_;
  Row* last_ = nullptr;  ///< Most transactions are like the one before.
};

}  // namespace sc_memory
