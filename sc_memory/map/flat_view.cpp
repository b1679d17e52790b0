// Look-up in a flat view, replacing a part of one, and the difference of two.
#include "sc_memory/map/flat_view.h"

#include <algorithm>

namespace sc_memory {

const FlatRange* FlatView::last_before(Address address) const {
  const FlatRange* found = nullptr;
  const ViewNode* node = root_.get();
  const ViewNode* lower = nullptr;  // all of it ends before the address, and it is the last such
  while (node != nullptr) {
    const std::size_t index = node->index_from(address);
    if (node->is_leaf()) {
      if (index > 0) found = node->ranges() + (index - 1);
      break;
    }
    if (index > 0) lower = node->children()[index - 1].get();
    node = index < node->count() ? node->children()[index].get() : nullptr;
  }
  if (found != nullptr || lower == nullptr) return found;
  while (!lower->is_leaf()) lower = lower->children()[lower->count() - 1].get();
  return lower->ranges() + (lower->count() - 1);
}

const FlatRange& FlatView::at_index(std::size_t index) const {
  const ViewNode* node = root_.get();
  while (!node->is_leaf()) {
    const ViewNodePointer* child = node->children();
    for (; index >= (*child)->ranges_below(); ++child) index -= (*child)->ranges_below();
    node = child->get();
  }
  return node->ranges()[index];
}

AddressRange FlatView::hole_around(Address address) const {
  AddressRange hole = AddressRange::whole();
  if (const FlatRange* above = first_from(address)) hole.last = above->range.first - 1;
  if (const FlatRange* below = last_before(address)) hole.first = below->range.last + 1;
  return hole;
}

namespace {

/// Joins neighbours that can be one range.
void join_neighbours(std::vector<FlatRange>& ranges) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[kept].continues_in(ranges[i]))
      ranges[kept].range.last = ranges[i].range.last;
    else
      ranges[++kept] = ranges[i];
  }
  if (!ranges.empty()) ranges.resize(kept + 1);
}

}  // namespace

FlatView FlatView::with(const AddressRange& window, std::vector<FlatRange> shown) const {
  // The ranges at the borders take part: they are cut, or may go on in what the window shows.
  AddressRange replaced = window;
  const FlatRange* const left = window.first != 0 ? find(window.first - 1) : nullptr;
  const FlatRange* const right = window.last != UINT64_MAX ? find(window.last + 1) : nullptr;
  if (left != nullptr) {
    shown.insert(shown.begin(), left->cut_to({left->range.first, window.first - 1}));
    replaced.first = left->range.first;
  }
  if (right != nullptr) {
    shown.push_back(right->cut_to({window.last + 1, right->range.last}));
    replaced.last = right->range.last;
  }
  join_neighbours(shown);
  return FlatView(replace_view_nodes(root_, replaced, shown));
}

namespace {

std::size_t bytes_of(const ViewNode& node) {
  std::size_t bytes = node.bytes();
  if (node.is_leaf()) return bytes;
  for (std::size_t i = 0; i < node.count(); ++i) bytes += bytes_of(*node.children()[i]);
  return bytes;
}

/// Walks along a view and knows what serves the address it stands at.
class Cursor {
 public:
  Cursor(const FlatView& view, Address address) : next_(view.from(address)) {}

  /// What serves `address`, or null. Addresses must not decrease from call to call.
  const FlatRange* at(Address address) {
    while (next_ != FlatView::Iterator{} && next_->range.last < address) ++next_;
    return next_ != FlatView::Iterator{} && next_->range.first <= address ? &*next_ : nullptr;
  }

  /// The last address from `address` on for which at() answers the same.
  Address end_of_run(Address address) const {
    if (next_ == FlatView::Iterator{}) return UINT64_MAX;
    return next_->range.first <= address ? next_->range.last : next_->range.first - 1;
  }

 private:
  FlatView::Iterator next_;
};

bool served_alike(const FlatRange* a, const FlatRange* b) {
  return a == b || (a != nullptr && b != nullptr && a->serves_alike(*b));
}

}  // namespace

std::size_t FlatView::bytes() const { return root_ ? bytes_of(*root_) : 0; }

void add_changed_ranges(const FlatView& before, const FlatView& after, const AddressRange& window,
                        std::vector<AddressRange>& changes) {
  Cursor old_cursor(before, window.first);
  Cursor new_cursor(after, window.first);
  for (Address address = window.first;;) {
    const bool alike = served_alike(old_cursor.at(address), new_cursor.at(address));
    const AddressRange run{address,
                           std::min({old_cursor.end_of_run(address), new_cursor.end_of_run(address), window.last})};
    if (!alike && !changes.empty() && changes.back().ends_right_before(run))
      changes.back().last = run.last;
    else if (!alike)
      changes.push_back(run);
    if (run.last == window.last) return;
    address = run.last + 1;
  }
}

std::vector<AddressRange> changed_ranges(const FlatView& before, const FlatView& after) {
  std::vector<AddressRange> changes;
  add_changed_ranges(before, after, AddressRange::whole(), changes);
  return changes;
}

}  // namespace sc_memory
