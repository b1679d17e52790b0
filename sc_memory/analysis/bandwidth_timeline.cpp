// Buckets that fold.
#include "sc_memory/analysis/bandwidth_timeline.h"

#include <algorithm>

namespace sc_memory {

BandwidthTimeline::BandwidthTimeline(std::size_t buckets, const sc_core::sc_time& width)
    : buckets_(std::max<std::size_t>(2, buckets + buckets % 2)), width_(std::max<std::uint64_t>(1, width.value())) {}

void BandwidthTimeline::write(const TransactionRecord& record) {
  if (record.response != tlm::TLM_OK_RESPONSE || record.command == tlm::TLM_IGNORE_COMMAND) return;
  while (record.end.value() / width_ >= buckets_) double_width();
  std::vector<std::uint64_t>& bytes = bytes_[record.initiator];
  if (bytes.empty()) bytes.resize(buckets_, 0);
  bytes[static_cast<std::size_t>(record.end.value() / width_)] += record.bytes_moved();
}

void BandwidthTimeline::double_width() {
  width_ *= 2;
  for (auto& [initiator, bytes] : bytes_) {
    for (std::size_t i = 0; i < buckets_ / 2; ++i) bytes[i] = bytes[2 * i] + bytes[2 * i + 1];
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(buckets_ / 2), bytes.end(), 0);
  }
}

std::vector<BandwidthTimeline::Series> BandwidthTimeline::series() const {
  std::vector<Series> all;
  for (const auto& [initiator, bytes] : bytes_) all.push_back({initiator, bytes});
  return all;
}

}  // namespace sc_memory
