// The tree: linking, unlinking, and the checks that keep it a tree.
#include "sc_memory/map/memory_region.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "sc_memory/map/address_space.h"
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
  for (AliasRegion* alias : aliases_) alias->target_ = nullptr;
  aliases_.clear();
  for (AddressSpace* space : rooted_spaces_) space->root_ = nullptr;
  rooted_spaces_.clear();
  map.commit_or_empty();
}

void MemoryRegion::set_enabled(bool enabled) {
  if (enabled_ == enabled) return;
  change([&] { enabled_ = enabled; }, [&] { enabled_ = !enabled; });
}

void MemoryRegion::set_readonly(bool readonly) {
  if (readonly_ == readonly) return;
  change([&] { readonly_ = readonly; }, [&] { readonly_ = !readonly; });
}

void MemoryRegion::allow_direct_access(bool allow) {
  if (allows_direct_access_ == allow) return;
  allows_direct_access_ = allow;
  for (AddressSpace* space : MapState::instance().spaces()) ++space->generation_;
  if (!extent()) return;
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
  parent.check_no_clash(address, *this, may_overlap_);
  const Address old_address = address_;
  std::size_t old_position = 0;
  change(
      [&] {
        old_position = parent.unlink(*this);
        address_ = address;
        parent.link(*this, parent.position_for(priority_));
      },
      [&] {
        parent.unlink(*this);
        address_ = old_address;
        parent.link(*this, old_position);
      });
}

void MemoryRegion::change_size(std::uint64_t size) {
  if (size_ == size) return;
  if (parent_ != nullptr) {
    const std::uint64_t old_size = size_;
    size_ = size;
    try {
      parent_->check_no_clash(address_, *this, may_overlap_);
    } catch (...) {
      size_ = old_size;
      throw;
    }
    size_ = old_size;
  }
  const std::uint64_t old_size = size_;
  change([&] { size_ = size; }, [&] { size_ = old_size; });
}

void MemoryRegion::change_service(const RegionService& service) {
  const RegionService old_service = service_;
  change([&] { service_ = service; }, [&] { service_ = old_service; });
}

void MemoryRegion::touch() noexcept { MapState::instance().touch(*this); }

ParentRegion::~ParentRegion() = default;

void ParentRegion::detach() noexcept {
  if (children_.empty()) {
    MemoryRegion::detach();
    return;
  }
  MapState& map = MapState::instance();
  map.begin_quietly();
  touch();
  for (MemoryRegion* child : children_) child->parent_ = nullptr;
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
  check_no_clash(offset, child, may_overlap);
  check_no_cycle(child);
  children_.reserve(children_.size() + 1);
  const Address old_address = child.address_;
  change(
      [&] {
        child.address_ = offset;
        child.priority_ = priority;
        child.may_overlap_ = may_overlap;
        link(child, position_for(priority));
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
  std::size_t position = 0;
  change([&] { position = unlink(child); }, [&] { link(child, position); });
}

void ParentRegion::check_no_clash(Address offset, const MemoryRegion& child, bool may_overlap) const {
  const auto range = AddressRange::sized(offset, child.size());
  if (may_overlap || !range) return;
  for (const MemoryRegion* sibling : children_) {
    if (sibling == &child || sibling->may_overlap()) continue;
    if (sibling->range_in_parent() && sibling->range_in_parent()->overlaps(*range))
      throw MapError(
          fmt::format("'{}' at [{:#x}-{:#x}] would overlap {} in '{}'; add both elsewhere, or one with a priority",
                      child.name(), range->first, range->last, describe(*sibling), name()));
  }
}

namespace {

/// Looks upward from a region, through parents and through the aliases that show it, for another one.
class CycleSearch {
 public:
  explicit CycleSearch(const MemoryRegion& wanted) : wanted_(wanted) {}

  bool reaches(const MemoryRegion& from) {
    if (&from == &wanted_) return true;
    if (from.parent() != nullptr && visit(*from.parent(), from)) return true;
    for (const AliasRegion* alias : from.aliases()) {
      if (visit(*alias, from)) return true;
    }
    return false;
  }

  /// The way found, from the wanted region down to where the search began.
  std::string path() const {
    std::string text = fmt::format("'{}'", wanted_.name());
    const MemoryRegion* at = &wanted_;
    for (auto below = below_.find(at); below != below_.end(); below = below_.find(at)) {
      at = below->second;
      text += fmt::format(" -> '{}'", at->name());
    }
    return text;
  }

 private:
  bool visit(const MemoryRegion& above, const MemoryRegion& below) {
    return below_.emplace(&above, &below).second && reaches(above);
  }

  const MemoryRegion& wanted_;
  std::unordered_map<const MemoryRegion*, const MemoryRegion*> below_;
};

}  // namespace

void ParentRegion::check_no_cycle(const MemoryRegion& child) const {
  CycleSearch search(child);
  if (search.reaches(*this))
    throw MapError(fmt::format("cannot add '{}' to '{}': that would close the cycle {} -> '{}'", child.name(), name(),
                               search.path(), child.name()));
}

std::size_t ParentRegion::position_for(int priority) const noexcept {
  const auto position = std::find_if(children_.begin(), children_.end(),
                                     [&](const MemoryRegion* sibling) { return sibling->priority_ <= priority; });
  return static_cast<std::size_t>(position - children_.begin());
}

void ParentRegion::link(MemoryRegion& child, std::size_t position) noexcept {
  child.parent_ = this;
  children_.insert(children_.begin() + static_cast<std::ptrdiff_t>(position), &child);
}

std::size_t ParentRegion::unlink(MemoryRegion& child) noexcept {
  const auto position = std::find(children_.begin(), children_.end(), &child);
  const auto index = static_cast<std::size_t>(position - children_.begin());
  children_.erase(position);
  child.parent_ = nullptr;
  return index;
}

std::string describe(const MemoryRegion& region) {
  const auto range = region.range_in_parent();
  if (region.parent() == nullptr || !range) return fmt::format("'{}'", region.name());
  return fmt::format("'{}' [{:#x}-{:#x}]", region.name(), range->first, range->last);
}

}  // namespace sc_memory
