// Look-up in a flat view, and the difference of two.
#include "sc_memory/map/flat_view.h"

#include <algorithm>

namespace sc_memory {

const FlatRange* FlatView::first_from(Address address) const {
  const auto found = std::lower_bound(ranges_.begin(), ranges_.end(), address,
                                      [](const FlatRange& range, Address a) { return range.range.last < a; });
  return found == ranges_.end() ? nullptr : &*found;
}

const FlatRange* FlatView::find(Address address) const {
  const FlatRange* range = first_from(address);
  return range != nullptr && range->range.first <= address ? range : nullptr;
}

AddressRange FlatView::hole_around(Address address) const {
  AddressRange hole = AddressRange::whole();
  const FlatRange* above = first_from(address);
  if (above != nullptr) hole.last = above->range.first - 1;
  const FlatRange* below = above != nullptr ? above : ranges_.data() + ranges_.size();
  if (below != ranges_.data()) hole.first = (below - 1)->range.last + 1;
  return hole;
}

namespace {

/// Walks along a view and knows what serves the address it stands at.
class Cursor {
 public:
  explicit Cursor(const FlatView& view) : next_(view.ranges().data()), end_(next_ + view.ranges().size()) {}

  /// What serves `address`, or null. Addresses must not decrease from call to call.
  const FlatRange* at(Address address) {
    while (next_ != end_ && next_->range.last < address) ++next_;
    return next_ != end_ && next_->range.first <= address ? next_ : nullptr;
  }

  /// The last address from `address` on for which at() answers the same.
  Address end_of_run(Address address) const {
    if (next_ == end_) return UINT64_MAX;
    return next_->range.first <= address ? next_->range.last : next_->range.first - 1;
  }

 private:
  const FlatRange* next_;
  const FlatRange* end_;
};

bool served_alike(const FlatRange* a, const FlatRange* b) {
  return a == b || (a != nullptr && b != nullptr && a->serves_alike(*b));
}

}  // namespace

std::vector<AddressRange> changed_ranges(const FlatView& before, const FlatView& after) {
  std::vector<AddressRange> changes;
  Cursor old_cursor(before);
  Cursor new_cursor(after);
  for (Address address = 0;;) {
    const bool alike = served_alike(old_cursor.at(address), new_cursor.at(address));
    const AddressRange run{address, std::min(old_cursor.end_of_run(address), new_cursor.end_of_run(address))};
    if (!alike && !changes.empty() && changes.back().ends_right_before(run))
      changes.back().last = run.last;
    else if (!alike)
      changes.push_back(run);
    if (run.last == UINT64_MAX) return changes;
    address = run.last + 1;
  }
}

}  // namespace sc_memory
