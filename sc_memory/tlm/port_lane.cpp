// Filling in what accesses need to know.
#include "sc_memory/tlm/port_lane.h"

#include <new>

#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

PortLane::PortLane(AddressSpace& lane_space, TimingTable& timings, DmiGrants::Invalidate invalidate)
    : space(lane_space), grants(lane_space, std::move(invalidate)), timings_(timings) {}

void PortLane::allow_plain(bool allowed) {
  plain_allowed_ = allowed;
  forget();
}

void PortLane::forget() {
  pushed_out_ = 0;
  lately_.resize(PageSlots<ServedRange>::kFewest);
}

// More lines only for those who use them: one that jumps about among more pages than there are lines.
void PortLane::make_room() {
  if (++pushed_out_ < lately_.size() || lately_.size() == kMostLines) return;
  pushed_out_ = 0;
  try {
    lately_.resize(4 * lately_.size());
  } catch (const std::bad_alloc&) {
    // The lines that there are serve as well.
  }
}

const ServedRange& PortLane::fill(Address address) {
  const FlatRange* const range = space.view().find(address);
  if (is_current(lately_[address])) make_room();
  ServedRange& served = lately_[address];
  served = {};
  // Filled in for a hole, too: the next look-up asks the view again, but nobody takes what was there before.
  if (range == nullptr) return served;
  served.generation = space.generation();
  served.first = range->range.first;
  served.reach = range->range.last - range->range.first;
  served.to_region = range->offset - range->range.first;
  served.range = range;
  served.region = range->region;
  if (plain_allowed_ && space.watchpoints().empty() && !grants.holds_back()) find_plain(served);
  return served;
}

void PortLane::find_plain(ServedRange& served) const {
  const FlatRange& range = *served.range;
  if (!timings_.empty() && timings_.find(*range.region) != nullptr) return;
  const auto plain_if = [](bool plain, PlainAccess how) { return plain ? how : PlainAccess::none; };
  if (range.service == Service::target) {
    served.target = static_cast<TargetRegion&>(*range.region).blocking_target();
    const bool bound = served.target != nullptr;
    served.plain[tlm::TLM_READ_COMMAND] = plain_if(bound, PlainAccess::target);
    served.plain[tlm::TLM_WRITE_COMMAND] = plain_if(bound && !range.readonly, PlainAccess::target);
  } else if (range.memory != nullptr) {
    const bool writable = range.service == Service::memory && !range.readonly;
    served.memory = range.memory;
    served.plain[tlm::TLM_READ_COMMAND] = plain_if(range.direct_reads, PlainAccess::memory);
    served.plain[tlm::TLM_WRITE_COMMAND] = plain_if(writable, PlainAccess::memory);
    served.reads_granted = grants.would_grant(range, range.range.first, Direction::read);
  }
}

}  // namespace sc_memory
