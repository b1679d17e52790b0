// A path that enters an alias twice leads through the changed region. So all paths that do are walked: up from it to
// where rendering may begin, and from there on down through it, with the windows that rendering would have.
#include "sc_memory/map/cycle_check.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <unordered_set>
#include <vector>

#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

namespace {

bool is_alias(const MemoryRegion& region) { return region.kind() == RegionKind::alias; }
const AliasRegion& as_alias(const MemoryRegion& region) { return static_cast<const AliasRegion&>(region); }

/// Nothing is entered from it.
bool is_leaf(const MemoryRegion& region) {
  return is_alias(region) ? as_alias(region).target() == nullptr
                          : !static_cast<const ParentRegion&>(region).has_children();
}

}  // namespace

ProposedRegion::ProposedRegion(const MemoryRegion& changed)
    : region(changed),
      parent(changed.parent()),
      address(changed.address()),
      size(changed.size()),
      enabled(changed.enabled()),
      alias_offset(is_alias(changed) ? as_alias(changed).alias_offset() : 0) {}

class CycleCheck {
 public:
  explicit CycleCheck(const ProposedRegion& proposed) : proposed_(proposed), changed_(proposed.region) {}

  std::optional<std::string> find() {
    const auto all = extent_of(changed_);
    if (!proposed_.enabled || !all || is_leaf(changed_)) return std::nullopt;
    way_up_.push_back(&changed_);
    repeats_below_ = descend_below(changed_, *all);
    // Rendering may begin at any region but an alias, of which it may see less.
    if (repeats_below_ && !is_alias(changed_)) return cycle();
    way_up_.clear();
    way_down_.clear();
    const bool may_be_closed = repeats_below_ || !met_below_.empty();
    return may_be_closed && climb(changed_, {*all, *all}) ? std::optional(cycle()) : std::nullopt;
  }

 private:
  /// Bytes that are seen through a region on the way up, and which bytes of the changed region those are.
  struct Window {
    AddressRange here;
    AddressRange in_changed;

    /// The part of it within `limit`, once it was carried over to where it is seen `up` higher.
    std::optional<Window> seen_higher(std::uint64_t up, const AddressRange& limit) const {
      const auto moved = here.moved_up(up);
      const auto part = moved ? moved->intersection(limit) : std::nullopt;
      return part ? std::optional(Window{*part, part_of_changed(part->moved_down(up))}) : std::nullopt;
    }
    /// The part of it within `shown`, seen relative to where that begins.
    std::optional<Window> seen_within(const AddressRange& shown) const {
      const auto part = here.intersection(shown);
      return part ? std::optional(Window{part->moved_down(shown.first), part_of_changed(*part)}) : std::nullopt;
    }

   private:
    AddressRange part_of_changed(const AddressRange& part) const {
      const Address first = in_changed.first + (part.first - here.first);
      return {first, first + (part.last - part.first)};
    }
  };

  bool is_changed(const MemoryRegion& region) const { return &region == &changed_; }
  bool is_enabled(const MemoryRegion& region) const {
    return is_changed(region) ? proposed_.enabled : region.enabled();
  }
  std::optional<AddressRange> extent_of(const MemoryRegion& region) const {
    return is_changed(region) ? AddressRange::sized(0, proposed_.size) : region.extent();
  }
  Address address_of(const MemoryRegion& region) const {
    return is_changed(region) ? proposed_.address : region.address();
  }
  const ParentRegion* parent_of(const MemoryRegion& region) const {
    return is_changed(region) ? proposed_.parent : region.parent();
  }
  Address offset_of(const AliasRegion& alias) const {
    return is_changed(alias) ? proposed_.alias_offset : alias.alias_offset();
  }

  bool is_on_the_way(const MemoryRegion& region) const {
    const auto is_it = [&](const MemoryRegion* other) { return other == &region; };
    return std::any_of(way_up_.begin(), way_up_.end(), is_it) || std::any_of(way_down_.begin(), way_down_.end(), is_it);
  }

  /// Enters a region as rendering does. Returns whether an alias was entered a second time; the way down then ends
  /// there.
  bool descend(const MemoryRegion& region, const AddressRange& window) {
    if (!is_enabled(region)) return false;
    const auto extent = extent_of(region);
    const auto visible = extent ? extent->intersection(window) : std::nullopt;
    if (!visible) return false;
    const bool again = is_alias(region) && is_on_the_way(region);
    if (is_alias(region)) met_below_.insert(&region);
    way_down_.push_back(&region);
    if (again || descend_below(region, *visible)) return true;
    way_down_.pop_back();
    return false;
  }

  bool descend_below(const MemoryRegion& region, const AddressRange& visible) {
    if (!is_alias(region)) return descend_into_children(static_cast<const ParentRegion&>(region), visible);
    const AliasRegion& alias = as_alias(region);
    const auto shown = visible.moved_up(offset_of(alias));
    return alias.target() != nullptr && shown && descend(*alias.target(), *shown);
  }

  bool descend_into_children(const ParentRegion& parent, const AddressRange& visible) {
    const auto descend_into = [&](const MemoryRegion& child) {
      const auto extent = extent_of(child);
      const auto place = extent ? extent->moved_up(address_of(child)) : std::nullopt;
      const auto part = place ? place->intersection(visible) : std::nullopt;
      return part && descend(child, part->moved_down(address_of(child)));
    };
    // The index knows the changed region where it is, if at all.
    const bool found = !parent.children_.for_each_in(visible, [&](const MemoryRegion& child) {
      const bool ends_there = is_leaf(child) && &child != proposed_.parent;
      return ends_there || is_changed(child) || !descend_into(child);
    });
    return found || (proposed_.parent == &parent && descend_into(changed_));
  }

  /// Follows the ways on which rendering comes to `region`. Returns whether one of them closes a cycle.
  bool climb(const MemoryRegion& region, const Window& window) {
    way_up_.push_back(&region);
    if (climb_to_parent(region, window) || climb_to_aliases(region, window)) return true;
    way_up_.pop_back();
    return false;
  }

  bool climb_to_parent(const MemoryRegion& region, const Window& window) {
    const ParentRegion* const parent = parent_of(region);
    const auto extent = parent != nullptr && is_enabled(*parent) ? extent_of(*parent) : std::nullopt;
    const auto seen = extent ? window.seen_higher(address_of(region), *extent) : std::nullopt;
    // The shortest way to an alias begins at the alias's parent.
    return seen && ((is_alias(region) && closes_cycle(seen->in_changed)) || climb(*parent, *seen));
  }

  bool climb_to_aliases(const MemoryRegion& region, const Window& window) {
    const auto climb_to = [&](const AliasRegion& alias) {
      const auto shown = is_enabled(alias) ? AddressRange::sized(offset_of(alias), extent_size(alias)) : std::nullopt;
      const auto seen = shown ? window.seen_within(*shown) : std::nullopt;
      return seen && climb(alias, *seen);
    };
    const bool found = !region.aliases_.for_each_in(
        window.here, [&](const AliasRegion& alias) { return is_changed(alias) || !climb_to(alias); });
    return found || (is_alias(changed_) && as_alias(changed_).target() == &region && climb_to(as_alias(changed_)));
  }
  std::uint64_t extent_size(const AliasRegion& alias) const {
    return is_changed(alias) ? proposed_.size : alias.size();
  }

  /// The way up has come to where rendering may begin, and rendering sees these bytes of the changed region.
  bool closes_cycle(const AddressRange& in_changed) {
    const auto met_below = [&](const MemoryRegion* region) { return met_below_.count(region) != 0; };
    if (enters_twice_on_the_way_up()) return true;
    if (!repeats_below_ && std::none_of(way_up_.begin(), way_up_.end(), met_below)) return false;
    return descend_below(changed_, in_changed);
  }

  bool enters_twice_on_the_way_up() const {
    for (auto region = way_up_.begin(); region != way_up_.end(); ++region) {
      if (is_alias(**region) && std::find(std::next(region), way_up_.end(), *region) != way_up_.end()) return true;
    }
    return false;
  }

  /// In words, from the changed region on if it is part of the cycle.
  std::string cycle() const {
    std::vector<const MemoryRegion*> way(way_up_.rbegin(), way_up_.rend());
    way.insert(way.end(), way_down_.begin(), way_down_.end());
    std::vector<const MemoryRegion*> turn;
    for (auto again = way.begin(); turn.empty() && again != way.end(); ++again) {
      if (is_alias(**again)) turn.assign(std::find(way.begin(), again, *again), again);
    }
    const auto changed = std::find(turn.begin(), turn.end(), &changed_);
    if (changed != turn.end()) std::rotate(turn.begin(), changed, turn.end());
    std::string text;
    for (const MemoryRegion* region : turn) text += fmt::format("'{}' -> ", region->name());
    return text + fmt::format("'{}'", turn.front()->name());
  }

  const ProposedRegion& proposed_;
  const MemoryRegion& changed_;
  bool repeats_below_ = false;  ///< If all of the changed region were seen.
  std::unordered_set<const MemoryRegion*> met_below_;
  std::vector<const MemoryRegion*> way_up_;    ///< From the changed region to where rendering begins.
  std::vector<const MemoryRegion*> way_down_;  ///< From below the changed region on.
};

std::optional<std::string> cycle_closed_by(const ProposedRegion& proposed) { return CycleCheck(proposed).find(); }

}  // namespace sc_memory
