// What a commit did to an address space, in the form in which listeners hear it.
#pragma once

#include <vector>

#include "sc_memory/map/flat_view.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/memory_listener.h"

namespace sc_memory {

/// An event trigger or a coalesced range as a space shows it.
struct SpaceEvent {
  Section section;
  EventTrigger trigger;  ///< Its offset is relative to the region.
};
struct SpaceCoalescing {
  Section section;
  AddressRange range;  ///< In the space's addresses.
};

/// A view with what hangs on its regions, sorted by address.
struct SpaceState {
  std::shared_ptr<const FlatView> view = std::make_shared<const FlatView>();
  std::vector<SpaceEvent> events;
  std::vector<SpaceCoalescing> coalesced;
};

/// The state of `space` under `view`: collects the triggers and coalesced ranges of all regions that show.
SpaceState make_state(AddressSpace& space, std::shared_ptr<const FlatView> view);

Section make_section(AddressSpace& space, const FlatRange& range);

/// The difference of two states of one space. Refers to both; neither may change while it is used.
class ViewDifference {
 public:
  ViewDifference(AddressSpace& space, const SpaceState& before, const SpaceState& after);

  /// True if no listener has anything to hear.
  bool empty() const;
  /// begin, removals, additions with logs and what stayed, triggers, coalescing, view_changed, commit.
  void announce(Announcement& announcement) const;

 private:
  struct Kept {
    const FlatRange* before;
    const FlatRange* after;
  };

  void compare_ranges();
  void announce_kept_and_added(Announcement& announcement) const;
  void announce_events(Announcement& announcement) const;

  AddressSpace& space_;
  const SpaceState& before_;
  const SpaceState& after_;
  std::vector<const FlatRange*> removed_;
  std::vector<Kept> kept_;
  std::vector<const FlatRange*> added_;
  std::vector<const SpaceEvent*> events_removed_;
  std::vector<const SpaceEvent*> events_added_;
  std::vector<const SpaceCoalescing*> coalescing_removed_;
  std::vector<const SpaceCoalescing*> coalescing_added_;
  std::vector<AddressRange> changed_;
};

}  // namespace sc_memory
