// Hearing of changes of the map.
#pragma once

#include <cstdint>
#include <vector>

#include "sc_memory/map/flat_view.h"

namespace sc_memory {

class AddressSpace;
struct EventTrigger;

/// A part of an address space that one region serves: what listeners are told of, and what AddressSpace::find answers.
struct Section {
  AddressSpace* space = nullptr;
  MemoryRegion* region = nullptr;  ///< Null if nothing was found.
  AddressRange range;              ///< In the space's addresses.
  Address offset = 0;              ///< Of range.first, relative to the region.
  bool readonly = false;

  explicit operator bool() const { return region != nullptr; }
  /// Relative to the region, of an address within the section.
  Address offset_of(Address address) const { return offset + (address - range.first); }
};

/// What changed direct access to a section that is served as before.
enum class DirectAccessChange : std::uint8_t {
  dirty_log,      ///< Pages became clean or dirty.
  watchpoint,     ///< One came or went.
  region_switch,  ///< MemoryRegion::allow_direct_access.
  translation,    ///< An IOMMU region maps or unmaps.
};

/// What a commit did to one space. Both views live until the callback returns.
struct ViewChange {
  AddressSpace& space;
  const FlatView& before;
  const FlatView& after;
  const std::vector<AddressRange>& changed;  ///< Where bytes are served differently now; sorted, with gaps between.
};

/// Override what is of interest. For every space that a commit changes: begin, region_del of what went (ascending
/// addresses), region_add of what came (ascending; region_nop and log_start/log_stop for what stayed), coalescing and
/// event triggers, view_changed, commit. The new view is already published when the first hook runs.
///
/// Hooks run in the simulation's thread. They may look at the map and may change it: such a change is carried out when
/// the commit that called the hook is done. They may destroy regions: the removal
/// is told at once, and nothing more of the region to those who have yet to hear. They must not destroy the space that
/// they are being told of. Hooks of the `add` sort are called by ascending priority, of the `del` sort
/// by descending; equal priorities by order of registration. An exception thrown by a hook reaches whoever changed the
/// map, after all listeners heard.
class MemoryListener {
 public:
  explicit MemoryListener(int priority = 0) : priority_(priority) {}
  MemoryListener(const MemoryListener&) = delete;
  MemoryListener& operator=(const MemoryListener&) = delete;
  /// A listener that is still registered is taken off without hearing the undo, which it no longer could.
  virtual ~MemoryListener();

  /// Starts listening to `space`, or to all spaces, and replays their state as additions. Throws MapError if already
  /// registered.
  void listen_to(AddressSpace& space);
  void listen_to_all();
  /// Undoes the replay as removals and stops listening. Throws MapError if not registered.
  void stop_listening();
  bool listening() const { return registered_; }

  int priority() const { return priority_; }
  /// The only space listened to, or null for all.
  AddressSpace* filter() const { return filter_; }

  virtual void begin(AddressSpace&) {}
  virtual void commit(AddressSpace&) {}
  virtual void region_add(const Section&) {}
  virtual void region_del(const Section&) {}
  /// Ranges that a commit left alone: only for listeners that ask for them, because there may be very many.
  virtual bool wants_unchanged() const { return false; }
  virtual void region_nop(const Section&) {}
  virtual void view_changed(const ViewChange&) {}

  /// The log masks have one bit a DirtyClient.
  virtual void log_start(const Section&, std::uint8_t /*old_mask*/, std::uint8_t /*new_mask*/) {}
  virtual void log_stop(const Section&, std::uint8_t /*old_mask*/, std::uint8_t /*new_mask*/) {}
  /// Report now what was written behind the log's back.
  virtual void log_sync(const Section&) {}
  virtual void log_global_start() {}
  virtual void log_global_stop() {}
  /// What may be accessed directly in the section changed, though the view did not.
  virtual void direct_access_changed(const Section&, DirectAccessChange) {}
  /// Every pointer into the section is void, and whatever was said of it: the target behind it says so.
  virtual void direct_access_revoked(const Section&) {}

  virtual void event_add(const Section&, const EventTrigger&) {}
  virtual void event_del(const Section&, const EventTrigger&) {}
  /// `range` in the space's addresses.
  virtual void coalescing_add(const Section&, const AddressRange&) {}
  virtual void coalescing_del(const Section&, const AddressRange&) {}

 private:
  friend class AddressSpace;
  friend class MapState;

  void start(AddressSpace* filter);

  int priority_;
  bool registered_ = false;
  AddressSpace* filter_ = nullptr;
};

}  // namespace sc_memory
