// A watchpoint's life: it joins its space, and direct access to its range changes with it.
#include "sc_memory/map/watchpoint.h"

#include <exception>
#include <utility>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/view_difference.h"

namespace sc_memory {

Watchpoint::Watchpoint(AddressSpace& space, const AddressRange& range, WatchFor what, Callback callback)
    : space_(&space), range_(range), what_(what), callback_(std::move(callback)) {
  space.watchpoints_.push_back(this);
  ++space.generation_;
  try {
    tell_direct_access_changed();
  } catch (...) {
    space.remove_watchpoint(*this);
    throw;
  }
}

Watchpoint::~Watchpoint() {
  if (space_ == nullptr) return;
  space_->remove_watchpoint(*this);
  ++space_->generation_;
  try {
    tell_direct_access_changed();
  } catch (...) {
    // A destructor has nobody to hand a listener's exception to; pointers that stay away longer than needed are still
    // right.
  }
}

void Watchpoint::tell_direct_access_changed() const {
  Announcement announcement(MapState::instance().listeners_of(*space_));
  if (!announcement.anybody()) return;
  const auto view = space_->view_pointer();
  for (const FlatRange* range = view->first_from(range_.first); range != nullptr && range->range.first <= range_.last;
       range = range->range.last == UINT64_MAX ? nullptr : view->first_from(range->range.last + 1)) {
    const AddressRange part = *range->range.intersection(range_);
    Section section = make_section(*space_, *range);
    section.offset = range->offset_of(part.first);
    section.range = part;
    announcement.ascending(
        [&](MemoryListener& listener) { listener.direct_access_changed(section, DirectAccessChange::watchpoint); });
  }
  if (announcement.first_error()) std::rethrow_exception(announcement.first_error());
}

}  // namespace sc_memory
