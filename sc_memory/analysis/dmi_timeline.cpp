// Keeping and counting.
#include "sc_memory/analysis/dmi_timeline.h"

namespace sc_memory {

void DmiTimeline::write(const DmiRecord& record) {
  ++counts_[static_cast<std::size_t>(record.event)];
  if (record.event == DmiRecord::Event::grant_taken_back || record.event == DmiRecord::Event::refusal_taken_back)
    ++causes_[static_cast<std::size_t>(record.cause)];
  events_.push_back(record);
  if (events_.size() <= limit_) return;
  events_.pop_front();
  ++dropped_;
}

}  // namespace sc_memory
