// Counting.
#include "sc_memory/analysis/traffic_statistics.h"

namespace sc_memory {

TrafficStatistics::Row& TrafficStatistics::row_of(TrafficName initiator, TrafficName region) {
  if (last_ != nullptr && last_->initiator == initiator && last_->region == region) return *last_;
  const std::uint64_t key = std::uint64_t{initiator.index()} << 32 | region.index();
  const auto [entry, is_new] = index_.try_emplace(key, nullptr);
  if (is_new) {
    rows_.emplace_back();
    rows_.back().initiator = initiator;
    rows_.back().region = region;
    entry->second = &rows_.back();
  }
  return *(last_ = entry->second);
}

void TrafficStatistics::write(const TransactionRecord& record) {
  Row& row = row_of(record.initiator, record.region);
  if (record.response != tlm::TLM_OK_RESPONSE) ++row.errors;
  if (record.command == tlm::TLM_READ_COMMAND) {
    ++row.reads;
    row.bytes_read += record.bytes_moved();
    row.read_latency.add(record.latency());
  } else if (record.command == tlm::TLM_WRITE_COMMAND) {
    ++row.writes;
    row.bytes_written += record.bytes_moved();
    row.write_latency.add(record.latency());
  } else {
    ++row.ignored;
  }
}

template <typename Condition>
TrafficStatistics::Row TrafficStatistics::sum_of(Row sum, Condition&& condition) const {
  for (const Row& row : rows_) {
    if (!condition(row)) continue;
    sum.reads += row.reads;
    sum.writes += row.writes;
    sum.ignored += row.ignored;
    sum.bytes_read += row.bytes_read;
    sum.bytes_written += row.bytes_written;
    sum.errors += row.errors;
    sum.read_latency.add(row.read_latency);
    sum.write_latency.add(row.write_latency);
  }
  return sum;
}

TrafficStatistics::Row TrafficStatistics::total() const {
  return sum_of({}, [](const Row&) { return true; });
}

TrafficStatistics::Row TrafficStatistics::of_initiator(TrafficName initiator) const {
  Row sum;
  sum.initiator = initiator;
  return sum_of(sum, [=](const Row& row) { return row.initiator == initiator; });
}

TrafficStatistics::Row TrafficStatistics::of_region(TrafficName region) const {
  Row sum;
  sum.region = region;
  return sum_of(sum, [=](const Row& row) { return row.region == region; });
}

}  // namespace sc_memory
