// An address space: a root region, the flat view of it that is published, and the ways to access what it shows.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

#include "sc_memory/map/access.h"
#include "sc_memory/map/access_policy.h"
#include "sc_memory/map/flat_view.h"
#include "sc_memory/map/mapping_budget.h"
#include "sc_memory/map/memory_listener.h"
#include "sc_memory/map/space_watches.h"
#include "sc_memory/map/watchpoint.h"
#include "sc_memory/map/window_set.h"

namespace sc_memory {

class ViewDifference;

/// All addresses are the space's own. Accesses are made in the simulation's thread.
class AddressSpace {
 public:
  /// The space is usable at once. The root stays the caller's; when it is destroyed, the space is empty.
  AddressSpace(std::string name, MemoryRegion& root);
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;
  /// Listeners hear region_del for everything still mapped.
  ~AddressSpace();

  const std::string& name() const { return name_; }
  MemoryRegion* root() const { return root_; }
  AccessPolicy& policy() { return policy_; }
  const AccessPolicy& policy() const { return policy_; }

  /// The published view. The pointer form keeps it alive across changes of the map.
  const FlatView& view() const { return *view_; }
  const std::shared_ptr<const FlatView>& view_pointer() const { return view_; }

  /// The same for other threads, which keep it alive by a look (space_reader.h).
  const FlatView* published_view() const { return published_.load(); }

  /// Grows with every published change, and of what may be accessed directly: cheap to compare for whoever keeps
  /// pointers into the view.
  std::uint64_t generation() const { return generation_; }

  /// Grows from space to space: spaces are told of in the order in which they were made.
  std::uint64_t age() const { return age_; }

  /// The first section that overlaps [address, address+size-1], clipped to it. Empty if there is none, or if size is 0.
  Section find(Address address, std::uint64_t size) const;

  /// Transfers any number of bytes, cut at section borders and into accesses that the devices take. The result is the
  /// worst of the pieces'; the remaining pieces are carried out whatever happens to one. Unread bytes are 0. An access
  /// that runs over the top of the address space is unmapped from there on.
  AccessResult read(Address address, void* data, std::size_t length, const Attributes& attributes = {});
  AccessResult write(Address address, const void* data, std::size_t length, const Attributes& attributes = {});

  /// What mappings of things without a pointer may take (access/address_map.h). The pointer form outlives the space.
  MappingBudget& mapping_budget() { return *mapping_budget_; }
  const std::shared_ptr<MappingBudget>& mapping_budget_pointer() { return mapping_budget_; }

  const std::vector<Watchpoint*>& watchpoints() const { return watchpoints_; }
  /// Calls the watchpoints that an access hits; for those who carry out accesses themselves.
  void tell_watchpoints(const WatchHit& hit);

  /// What the policy says of an access to a hole, or to a reservation (`region`, else null): the result, having
  /// reported what is to be reported. Reads are filled by the caller when the result is ok: with
  /// policy().unmapped_byte.
  AccessResult unserved(Address address, const MemoryRegion* region);

  /// Asks every listener to report what was written to this space behind the log's back.
  void sync_dirty_log();

 private:
  friend class MapState;
  friend class MemoryListener;
  friend class MemoryRegion;
  friend class Watchpoint;

  /// Whether the published view may be another than the tree calls for: in the pending windows, and nowhere else.
  bool is_touched() const { return !pending_.empty(); }
  /// Makes the view that the tree calls for now; `shared` is another space's view of the same root, or null.
  void prepare(std::shared_ptr<const FlatView> shared);
  /// The published view with the pending windows rendered anew.
  std::shared_ptr<const FlatView> render_pending();
  const std::shared_ptr<const FlatView>& next_view() const { return next_; }
  /// Makes the prepared view the current one and tells the listeners. Returns their first exception.
  [[nodiscard]] std::exception_ptr publish();
  /// For want of memory: an empty view.
  void publish_nothing() noexcept;
  void tell_all_removed(MemoryListener& listener, const FlatView& before);
  /// Publishes the view without what `region` serves in these windows, outside of which it serves nothing.
  void withdraw(const MemoryRegion& region, const std::vector<AddressRange>& windows) noexcept;
  /// Makes `next` the current view and tells the listeners in `audience`.
  [[nodiscard]] std::exception_ptr replace_view(std::shared_ptr<const FlatView> next, ViewDifference& difference,
                                                std::vector<MemoryListener*> audience);
  /// Tells these listeners, in ascending order of priority, of everything shown. Returns their first exception.
  [[nodiscard]] std::exception_ptr tell_as_added(std::vector<MemoryListener*> listeners);
  [[nodiscard]] std::exception_ptr tell_as_removed(std::vector<MemoryListener*> listeners);
  void remove_watchpoint(Watchpoint& watchpoint) noexcept;
  /// Says goodbye: the end of a space, and of one whose construction failed.
  void leave() noexcept;

  std::string name_;
  MemoryRegion* root_;
  AccessPolicy policy_;
  std::uint64_t age_ = 0;
  std::uint64_t generation_ = 0;
  WindowSet pending_;
  std::shared_ptr<const FlatView> view_;
  SpaceWatches watches_;
  std::shared_ptr<const FlatView> next_;
  std::unique_ptr<ViewDifference> difference_;
  std::vector<MemoryListener*> audience_;
  std::shared_ptr<MappingBudget> mapping_budget_;
  std::atomic<const FlatView*> published_{nullptr};
  std::vector<Watchpoint*> watchpoints_;
  std::vector<Address> warned_holes_;
  std::vector<const MemoryRegion*> warned_reservations_;
};

}  // namespace sc_memory
