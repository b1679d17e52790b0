// What happened to direct memory access, and why.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "sc_memory/analysis/transaction_record.h"

namespace sc_memory {

/// Keeps the latest events, and counts all. To be bound to Probe::dmi.
class DmiTimeline final : public tlm::tlm_analysis_if<DmiRecord> {
 public:
  /// `kept` events at the most.
  explicit DmiTimeline(std::size_t kept = 10000) : limit_(kept) {}

  void write(const DmiRecord& record) override;

  /// By time, the latest of those that happened.
  const std::deque<DmiRecord>& events() const { return events_; }
  std::uint64_t count(DmiRecord::Event event) const { return counts_[static_cast<std::size_t>(event)]; }
  /// Of answers taken back, grants and refusals, for this cause.
  std::uint64_t count(DmiCause cause) const { return causes_[static_cast<std::size_t>(cause)]; }
  /// How many events are no longer kept.
  std::uint64_t dropped() const { return dropped_; }

 private:
  std::size_t limit_;
  std::uint64_t dropped_ = 0;
  std::deque<DmiRecord> events_;
  std::array<std::uint64_t, 4> counts_{};
  std::array<std::uint64_t, 9> causes_{};
};

}  // namespace sc_memory
