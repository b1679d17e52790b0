// The tree: linking, unlinking, and the checks that keep it a tree.
#include "sc_memory/map/memory_region.h"

#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/cycle_check.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/reader_epochs.h"
#include "sc_memory/map/region_change.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/map/section_walk.h"

namespace sc_memory {

MemoryRegion::MemoryRegion(RegionKind kind, std::string name, std::uint64_t size, const RegionService& service)
    : name_(std::move(name)), kind_(kind), size_(size), service_(service) {}

MemoryRegion::~MemoryRegion() = default;

void MemoryRegion::detach() noexcept {
  leave_map();
  // Other threads may still look at views from before, and through them at the region.
  ReaderEpochs::instance().synchronize();
}

void MemoryRegion::leave_map() noexcept {
  MapState::instance().withdraw(*this);
  if (parent_ == nullptr && aliases_.empty() && rooted_spaces_.empty()) return;
  MapState& map = MapState::instance();
  map.begin_quietly();
  touch();
  if (parent_ != nullptr) parent_->unlink(*this);
  aliases_.for_each([](AliasRegion& alias) { alias.target_ = nullptr; });
  aliases_.clear();
  for (AddressSpace* space : rooted_spaces_) space->root_ = nullptr;
  rooted_spaces_.clear();
  map.commit_or_empty();
}

void MemoryRegion::set_enabled(bool enabled) {
  if (enabled_ == enabled) return;
  ProposedRegion proposed(*this);
  proposed.enabled = enabled;
  if (const auto cycle = cycle_closed_by(proposed))
    throw MapError(fmt::format("cannot enable {}: that would close the cycle {}", describe(*this), *cycle));
  change([&] { enabled_ = enabled; }, [&] { enabled_ = !enabled; });
}

void MemoryRegion::set_readonly(bool readonly) {
  if (readonly_ == readonly) return;
  change([&] { readonly_ = readonly; }, [&] { readonly_ = !readonly; });
}

void MemoryRegion::allow_direct_access(bool allow) {
  if (allows_direct_access_ == allow) return;
  allows_direct_access_ = allow;
  if (!extent()) return;
  for (AddressSpace* space : MapState::instance().spaces()) ++space->generation_;
  tell_sections_of(*this, *extent(), [](MemoryListener& listener, const Section& section) {
    listener.direct_access_changed(section, DirectAccessChange::region_switch);
  });
}

void MemoryRegion::set_address(Address address) {
  if (address_ == address) return;
  if (parent_ == nullptr) {
    address_ = address;
    return;
  }
  // Unlinking forgets the parent.
  ParentRegion& parent = *parent_;
  parent.check_no_clash(address, size_, *this, may_overlap_);
  ProposedRegion proposed(*this);
  proposed.address = address;
  if (const auto cycle = cycle_closed_by(proposed))
    throw MapError(
        fmt::format("cannot move {} to {:#x}: that would close the cycle {}", describe(*this), address, *cycle));
  parent.children_.make_room();
  const auto move_to = [&](Address place, std::uint64_t added) {
    parent.touch(index_range());
    parent.unlink(*this);
    address_ = place;
    parent.link(*this, added);
    parent.touch(index_range());
  };
  const Address old_address = address_;
  const std::uint64_t old_added = added_;
  commit_change([&] { move_to(address, ParentRegion::next_addition()); }, [&] { move_to(old_address, old_added); });
}

void MemoryRegion::change_size(std::uint64_t size) {
  if (size_ == size) return;
  if (parent_ != nullptr) parent_->check_no_clash(address_, size, *this, may_overlap_);
  ProposedRegion proposed(*this);
  proposed.size = size;
  // A smaller region only shows less.
  const auto cycle = size > size_ ? cycle_closed_by(proposed) : std::nullopt;
  if (cycle)
    throw MapError(fmt::format("cannot give {} a size of {:#x} bytes: that would close the cycle {}", describe(*this),
                               size, *cycle));
  const std::uint64_t old_size = size_;
  const AddressRange differing{std::min(size, old_size), UINT64_MAX};
  relocate(
      differing, [&] { size_ = size; }, [&] { size_ = old_size; });
}

void MemoryRegion::change_service(const RegionService& service) {
  const RegionService old_service = service_;
  change([&] { service_ = service; }, [&] { service_ = old_service; });
}

void MemoryRegion::make_room_in_indexes() {
  if (parent_ != nullptr) parent_->children_.make_room();
}

void MemoryRegion::leave_indexes() noexcept {
  if (parent_ != nullptr) parent_->children_.remove(index_range(), *this);
}

void MemoryRegion::enter_indexes() noexcept {
  if (parent_ != nullptr) parent_->children_.insert(index_range(), *this);
}

void MemoryRegion::touch() const noexcept { touch(AddressRange::whole()); }

void MemoryRegion::touch(const AddressRange& part) const noexcept { MapState::instance().touch(*this, part); }

std::vector<AliasRegion*> MemoryRegion::aliases() const {
  std::vector<AliasRegion*> found;
  found.reserve(aliases_.size());
  aliases_.for_each([&](AliasRegion& alias) { found.push_back(&alias); });
  return found;
}

ParentRegion::~ParentRegion() = default;

void ParentRegion::detach() noexcept {
  if (children_.empty()) {
    MemoryRegion::detach();
    return;
  }
  MapState& map = MapState::instance();
  map.begin_quietly();
  touch();
  children_.for_each([](MemoryRegion& child) { child.parent_ = nullptr; });
  children_.clear();
  MemoryRegion::detach();
  map.commit_or_empty();
}

void ParentRegion::add(Address offset, MemoryRegion& child) { insert(offset, child, 0, false); }

void ParentRegion::add(Address offset, MemoryRegion& child, Priority priority) {
  insert(offset, child, static_cast<int>(priority), true);
}

void ParentRegion::insert(Address offset, MemoryRegion& child, int priority, bool may_overlap) {
  if (child.parent_ != nullptr)
    throw MapError(fmt::format("cannot add {} to {}: it is already in {}; remove it there first, or add an alias of it",
                               describe(child), describe(*this), describe(*child.parent_)));
  check_no_clash(offset, child.size(), child, may_overlap);
  check_no_cycle(offset, child);
  children_.make_room();
  const Address old_address = child.address_;
  commit_change(
      [&] {
        child.address_ = offset;
        child.priority_ = priority;
        child.may_overlap_ = may_overlap;
        link(child, next_addition());
        touch(child.index_range());
      },
      [&] {
        unlink(child);
        child.address_ = old_address;
      });
}

void ParentRegion::remove(MemoryRegion& child) {
  if (child.parent_ != this)
    throw MapError(fmt::format("cannot remove {} from {}: it is {}", describe(child), describe(*this),
                               child.parent_ == nullptr ? "in no region" : "in " + describe(*child.parent_)));
  children_.make_room();
  const std::uint64_t added = child.added_;
  commit_change(
      [&] {
        touch(child.index_range());
        unlink(child);
      },
      [&] { link(child, added); });
}

std::vector<MemoryRegion*> ParentRegion::children() const {
  std::vector<MemoryRegion*> found;
  found.reserve(children_.size());
  children_.for_each([&](MemoryRegion& child) { found.push_back(&child); });
  std::sort(found.begin(), found.end(), hides);
  return found;
}

void ParentRegion::append_children_in(const AddressRange& window, std::vector<MemoryRegion*>& found) const {
  const auto already = static_cast<std::ptrdiff_t>(found.size());
  children_.for_each_in(window, [&](MemoryRegion& child) {
    found.push_back(&child);
    return true;
  });
  std::sort(found.begin() + already, found.end(), hides);
}

bool ParentRegion::hides(const MemoryRegion* upper, const MemoryRegion* lower) {
  return upper->priority_ != lower->priority_ ? upper->priority_ > lower->priority_ : upper->added_ > lower->added_;
}

void ParentRegion::check_no_clash(Address offset, std::uint64_t size, const MemoryRegion& child,
                                  bool may_overlap) const {
  const auto range = AddressRange::sized(offset, size);
  if (may_overlap || !range) return;
  children_.for_each_in(*range, [&](const MemoryRegion& sibling) {
    const bool clashes = &sibling != &child && !sibling.may_overlap() && sibling.extent();
    if (clashes)
      throw MapError(
          fmt::format("'{}' at [{:#x}-{:#x}] would overlap {} in '{}'; add both elsewhere, or one with a priority",
                      child.name(), range->first, range->last, describe(sibling), name()));
    return true;
  });
}

namespace {

/// The way from `above` down to `region`, which lies in it, and around again.
std::string cycle_of_parents(const MemoryRegion& above, const MemoryRegion& region) {
  std::string way = fmt::format("'{}'", above.name());
  for (const MemoryRegion* at = &region; at != &above; at = at->parent())
    way.insert(0, fmt::format("'{}' -> ", at->name()));
  return fmt::format("'{}' -> {}", above.name(), way);
}

}  // namespace

void ParentRegion::check_no_cycle(Address offset, const MemoryRegion& child) const {
  for (const MemoryRegion* above = this; above != nullptr; above = above->parent()) {
    if (above == &child)
      throw MapError(fmt::format("cannot add '{}' to '{}': that would close the cycle {}", child.name(), name(),
                                 cycle_of_parents(child, *this)));
  }
  ProposedRegion proposed(child);
  proposed.parent = this;
  proposed.address = offset;
  if (const auto cycle = cycle_closed_by(proposed))
    throw MapError(fmt::format("cannot add '{}' to '{}': that would close the cycle {}", child.name(), name(), *cycle));
}

std::uint64_t ParentRegion::next_addition() noexcept {
  static std::uint64_t additions = 0;
  return ++additions;
}

void ParentRegion::link(MemoryRegion& child, std::uint64_t added) noexcept {
  child.parent_ = this;
  child.added_ = added;
  children_.insert(child.index_range(), child);
}

void ParentRegion::unlink(MemoryRegion& child) noexcept {
  children_.remove(child.index_range(), child);
  child.parent_ = nullptr;
}

std::string describe(const MemoryRegion& region) {
  const auto range = region.range_in_parent();
  if (region.parent() == nullptr || !range) return fmt::format("'{}'", region.name());
  return fmt::format("'{}' [{:#x}-{:#x}]", region.name(), range->first, range->last);
}

}  // namespace sc_memory
