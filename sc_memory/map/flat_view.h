// The flat view: what a tree of regions looks like to an initiator, as sorted ranges that do not overlap. A view is
// immutable; a change of the map publishes a new one, which shares with the old one all that did not change.
#pragma once

#include <cstddef>
#include <iterator>
#include <vector>

#include "sc_memory/map/flat_range.h"
#include "sc_memory/map/view_nodes.h"

namespace sc_memory {

/// Pointers to its ranges are valid as long as the view. A copy is cheap and has the same ranges at the same places.
class FlatView {
 public:
  class Iterator;
  class Ranges;

  FlatView() = default;
  /// `ranges` sorted by address, not overlapping; neighbours that serve alike are already one range.
  explicit FlatView(const std::vector<FlatRange>& ranges) : root_(make_view_nodes(ranges)) {}

  Ranges ranges() const;
  /// An iterator at the first range that ends at or after `address`.
  Iterator from(Address address) const;

  /// The range that holds `address`, or null in a hole. A few cache misses, however many ranges there are.
  const FlatRange* find(Address address) const {
    const FlatRange* range = first_from(address);
    return range != nullptr && range->range.first <= address ? range : nullptr;
  }
  /// The first range that ends at or after `address`, or null.
  const FlatRange* first_from(Address address) const { return place_from(address).range; }
  /// The last range that ends before `address`, or null.
  const FlatRange* last_before(Address address) const;
  /// The exact hole around an address that no range holds.
  AddressRange hole_around(Address address) const;

  /// The view that has `shown`, sorted, in place of all that this one has within `window`: what reaches over its
  /// borders is cut there, and joined again where it goes on alike.
  FlatView with(const AddressRange& window, std::vector<FlatRange> shown) const;

  /// Of memory, those that are shared with other views included.
  std::size_t bytes() const;

 private:
  explicit FlatView(ViewNodePointer root) : root_(std::move(root)) {}

  /// A range and the end of the leaf it is in; nulls for none.
  struct Place {
    const FlatRange* range = nullptr;
    const FlatRange* leaf_end = nullptr;
  };
  Place place_from(Address address) const {
    const ViewNode* node = root_.get();
    if (node == nullptr || node->last() < address) return {};
    while (!node->is_leaf()) {
      node = node->children()[node->index_from(address)].get();
      node->prefetch();
    }
    return {node->ranges() + node->index_from(address), node->ranges() + node->count()};
  }
  const FlatRange& at_index(std::size_t index) const;

  ViewNodePointer root_;
};

/// By ascending address.
class FlatView::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = const FlatRange;
  using difference_type = std::ptrdiff_t;
  using pointer = const FlatRange*;
  using reference = const FlatRange&;

  Iterator() = default;
  reference operator*() const { return *place_.range; }
  pointer operator->() const { return place_.range; }
  Iterator& operator++() {
    const Address last = place_.range->range.last;
    if (++place_.range == place_.leaf_end) place_ = last == UINT64_MAX ? Place{} : view_->place_from(last + 1);
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.place_.range == b.place_.range; }
  friend bool operator!=(const Iterator& a, const Iterator& b) { return !(a == b); }

 private:
  friend class FlatView;
  Iterator(const FlatView& view, const Place& place) : view_(&view), place_(place) {}

  const FlatView* view_ = nullptr;
  Place place_;
};

/// All ranges of a view, which outlives it.
class FlatView::Ranges {
 public:
  explicit Ranges(const FlatView& view) : view_(view) {}
  Iterator begin() const { return view_.from(0); }
  Iterator end() const { return {}; }
  std::size_t size() const { return view_.root_ ? view_.root_->ranges_below() : 0; }
  bool empty() const { return size() == 0; }
  const FlatRange& operator[](std::size_t index) const { return view_.at_index(index); }
  const FlatRange& front() const { return view_.at_index(0); }
  const FlatRange& back() const { return view_.at_index(size() - 1); }

 private:
  const FlatView& view_;
};

inline FlatView::Ranges FlatView::ranges() const { return Ranges(*this); }
inline FlatView::Iterator FlatView::from(Address address) const { return {*this, place_from(address)}; }

/// The addresses in `window` whose bytes are served differently by the two views, as sorted ranges with gaps between
/// them, added to `changes`.
void add_changed_ranges(const FlatView& before, const FlatView& after, const AddressRange& window,
                        std::vector<AddressRange>& changes);

/// The same of everything.
std::vector<AddressRange> changed_ranges(const FlatView& before, const FlatView& after);

}  // namespace sc_memory
