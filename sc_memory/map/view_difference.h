// What a commit did to an address space, in the form in which listeners hear it.
#pragma once

#include <memory>
#include <vector>

#include "sc_memory/map/flat_view.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/memory_listener.h"
#include "sc_memory/map/space_watches.h"

namespace sc_memory {

Section make_section(AddressSpace& space, const FlatRange& range);

/// The difference of two views of one space, which it keeps alive. Its cost follows the windows, not the views.
class ViewDifference {
 public:
  using ViewPointer = std::shared_ptr<const FlatView>;

  /// Outside of the windows, which are sorted and have gaps between them, the views serve every byte alike.
  ViewDifference(AddressSpace& space, ViewPointer before, ViewPointer after, const std::vector<AddressRange>& windows);

  /// The windows and all ranges that they touch, in either view; sorted, with gaps between them.
  const std::vector<AddressRange>& areas() const { return areas_; }
  /// What hangs on the regions; found by whoever knows of which state.
  WatchChange watches;

  /// True if no listener has anything to hear.
  bool empty() const;
  /// begin, removals, additions with logs and what stayed, triggers, coalescing, view_changed, commit.
  void announce(Announcement& announcement) const;

 private:
  struct Kept {
    const FlatRange* before;
    const FlatRange* after;
  };

  AddressRange area_around(const AddressRange& window) const;
  void compare_ranges(const AddressRange& area);
  void announce_kept_and_added(Announcement& announcement) const;
  void announce_unchanged(Announcement& announcement, FlatView::Iterator& next, Address last) const;
  void announce_log(Announcement& announcement, const Kept& kept) const;
  void announce_watches(Announcement& announcement) const;

  AddressSpace& space_;
  ViewPointer before_;
  ViewPointer after_;
  std::vector<AddressRange> areas_;
  std::vector<const FlatRange*> removed_;
  std::vector<const FlatRange*> added_;
  std::vector<Kept> logged_otherwise_;  ///< Kept, with another log mask.
  std::vector<AddressRange> changed_;
};

}  // namespace sc_memory
