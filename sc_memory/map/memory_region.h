// The tree of regions. MemoryRegion is what all kinds have in common; ParentRegion adds children. The kinds themselves
// are in region_kinds.h, what a tree looks like to an initiator is in flat_view.h.
//
// Regions are objects with owners: members of a model, or held by unique_ptr. The tree only refers to them. A region
// may be destroyed at any time and in any order: it leaves its parent, lets go of its children, and aliases of it
// become holes.
//
// A region may be shown inside itself, by an alias that lies in it and shows a part of it where the alias is not. What
// must not be is a cycle: rendering would enter the same alias twice on one way down, with windows that are not empty.
// The change that would close one is refused, be it an addition, a move, a size, an alias's offset or an enabling.
//
// Every setter takes effect before it returns, unless a MapTransaction is open. Misuse throws MapError and changes
// nothing. All of this happens in one thread, the simulation's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sc_memory/map/address_range.h"
#include "sc_memory/map/interval_index.h"

namespace sc_memory {

class AddressSpace;
class AliasRegion;
class ParentRegion;

enum class RegionKind : std::uint8_t { container, ram, rom_device, io, alias, reservation, iommu };

/// How accesses to a region are served once they have reached it.
enum class Service : std::uint8_t {
  none,         ///< Not at all: a container's holes stay holes.
  memory,       ///< Host memory.
  handler,      ///< The region's IoHandler; reads of a readable ROM device go to its memory.
  target,       ///< A bound TLM target, reached by the router itself; the IoHandler serves everybody else.
  reservation,  ///< Claimed, and a decode error.
  iommu,        ///< Translated, then served by another address space.
};

/// Among siblings of one parent the higher priority hides the lower one; a region added with a priority may overlap its
/// siblings.
enum class Priority : std::int32_t {};

/// What a region contributes of its own to the flat view, apart from where it lies.
struct RegionService {
  Service service = Service::none;
  std::uint8_t* memory = nullptr;  ///< Of the region's first byte; null without memory.
  bool direct_reads = false;       ///< Reads may go straight to `memory`.
  bool direct_writes = false;      ///< Writes may, unless the mapping is read-only.
  std::uint8_t log_mask = 0;       ///< One bit a DirtyClient that logs writes.
};

class MemoryRegion {
 public:
  MemoryRegion(const MemoryRegion&) = delete;
  MemoryRegion& operator=(const MemoryRegion&) = delete;
  virtual ~MemoryRegion();

  const std::string& name() const { return name_; }
  RegionKind kind() const { return kind_; }

  /// In bytes; 2^64 is kWholeSpace. A region of size 0 is legal and shows nothing.
  std::uint64_t size() const { return size_; }
  /// The region's bytes relative to itself: [0, size-1]. Empty when the size is 0.
  std::optional<AddressRange> extent() const { return AddressRange::sized(0, size_); }

  ParentRegion* parent() const { return parent_; }
  /// Of the first byte, relative to the parent.
  Address address() const { return address_; }
  /// The bytes that the region covers, relative to the parent, cut at the top of the address space.
  std::optional<AddressRange> range_in_parent() const { return AddressRange::sized(address_, size_); }
  int priority() const { return priority_; }
  /// True if the region was added with a priority and so may overlap its siblings.
  bool may_overlap() const { return may_overlap_; }

  /// A disabled region and all below it are not there; it hides nothing. Enabling throws MapError if that would close a
  /// cycle.
  bool enabled() const { return enabled_; }
  void set_enabled(bool enabled);

  /// The region's own flag. Writes through a read-only region, alias or parent are refused, whatever lies below.
  bool readonly() const { return readonly_; }
  void set_readonly(bool readonly);

  /// Whether pointers to the region's memory may be handed out: to devices that map it and to initiators as DMI.
  /// Without, every access is made as one, and so is seen. True unless set otherwise; setting takes effect on pointers
  /// held.
  bool allows_direct_access() const { return allows_direct_access_; }
  void allow_direct_access(bool allow);

  /// Moves the region within its parent. It becomes the most recently added of its priority. Throws MapError if it
  /// would clash with a sibling while neither may overlap, or would close a cycle. A region without a parent only
  /// remembers the address.
  void set_address(Address address);

  /// The aliases that look at this region, by ascending address of what they show.
  std::vector<AliasRegion*> aliases() const;

  const RegionService& service() const { return service_; }

  /// Expires when the region is destroyed: for those who remember a region while simulated time passes.
  std::weak_ptr<const void> lifetime() const {
    if (lifetime_ == nullptr) lifetime_ = std::make_shared<char>();
    return lifetime_;
  }

 protected:
  MemoryRegion(RegionKind kind, std::string name, std::uint64_t size, const RegionService& service = {});

  void change_size(std::uint64_t size);
  void change_service(const RegionService& service);
  /// Runs `apply` as a change of what this region shows: commits, and runs `undo` if the new views could not be made.
  /// Both must not throw.
  template <typename Apply, typename Undo>
  void change(Apply&& apply, Undo&& undo);
  /// The same for a change of the region's extent, or of what it shows, that concerns `part` of it before or
  /// afterwards: out of the indexes that know where it lies, and in again.
  template <typename Apply, typename Undo>
  void relocate(const AddressRange& part, Apply&& apply, Undo&& undo);

  /// For the indexes that find the region by where it lies: its parent's, and the one of the target that it shows.
  virtual void make_room_in_indexes();
  virtual void leave_indexes() noexcept;
  virtual void enter_indexes() noexcept;

  /// Leaves the parent, the aliases and the address spaces. Every kind's destructor does this first, so that nobody
  /// looks at the region while its memory or handler goes.
  virtual void detach() noexcept;

 private:
  friend class AddressSpace;
  friend class AliasRegion;
  friend class ParentRegion;
  friend class CycleCheck;
  friend class MapState;
  friend class RegionClimb;

  void leave_map() noexcept;
  /// Tells every address space that may show this region, or `part` of it, that the next commit may show it otherwise.
  void touch() const noexcept;
  void touch(const AddressRange& part) const noexcept;
  /// By which the parent finds it: an address at least.
  AddressRange index_range() const { return range_in_parent().value_or(AddressRange{address_, address_}); }

  std::string name_;
  RegionKind kind_;
  bool enabled_ = true;
  bool readonly_ = false;
  bool may_overlap_ = false;
  bool allows_direct_access_ = true;
  int priority_ = 0;
  std::uint64_t size_;
  Address address_ = 0;
  RegionService service_;
  ParentRegion* parent_ = nullptr;
  std::uint64_t added_ = 0;  ///< Grows with every addition to a parent: siblings' age.
  IntervalIndex<AliasRegion> aliases_;
  std::vector<AddressSpace*> rooted_spaces_;
  mutable std::shared_ptr<const void> lifetime_;
};

/// A region that may have children: every kind but the alias.
class ParentRegion : public MemoryRegion {
 public:
  ~ParentRegion() override;

  /// Adds `child` with its first byte at `offset` of this region. Two siblings that were both added without a priority
  /// must not overlap. What reaches beyond this region's end is not visible. Throws MapError if the child already has a
  /// parent, clashes with a sibling, or would close a cycle; the message names the regions and addresses.
  void add(Address offset, MemoryRegion& child);
  void add(Address offset, MemoryRegion& child, Priority priority);

  /// Takes `child` out. Throws MapError if it is not a child of this region.
  void remove(MemoryRegion& child);

  /// In rendering order: by priority, highest first; the most recently added first among equals.
  std::vector<MemoryRegion*> children() const;
  bool has_children() const { return !children_.empty(); }
  /// Appends those that overlap `window`, which is relative to this region, in the same order.
  void append_children_in(const AddressRange& window, std::vector<MemoryRegion*>& found) const;

 protected:
  using MemoryRegion::MemoryRegion;
  /// Lets go of the children too.
  void detach() noexcept override;

 private:
  friend class CycleCheck;
  friend class MemoryRegion;

  void insert(Address offset, MemoryRegion& child, int priority, bool may_overlap);
  void check_no_clash(Address offset, std::uint64_t size, const MemoryRegion& child, bool may_overlap) const;
  void check_no_cycle(Address offset, const MemoryRegion& child) const;
  /// In rendering order: what both cover shows `upper`.
  static bool hides(const MemoryRegion* upper, const MemoryRegion* lower);
  /// A number higher than all before.
  static std::uint64_t next_addition() noexcept;
  /// The index has room.
  void link(MemoryRegion& child, std::uint64_t added) noexcept;
  void unlink(MemoryRegion& child) noexcept;

  IntervalIndex<MemoryRegion> children_;
};

/// "'name' [0x...-0x...]", the way messages name a region: with the range it covers in its parent, if it has one.
std::string describe(const MemoryRegion& region);

}  // namespace sc_memory
