// What a tree of regions shows at one address, found out the slow way: from the root down, one address at a time, with
// numbers wide enough that nothing can wrap. Shares no code with the library, and is what the renderer is checked
// against.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sc_memory/map/io_region.h"

namespace sc_memory::testing {

__extension__ using Wide = unsigned __int128;
inline constexpr Wide kTop = Wide{1} << 64;

/// A region as the test believes it to be. Other regions are named by their index in the model; -1 is none.
struct ModelRegion {
  RegionKind kind = RegionKind::container;
  std::uint64_t size = 0;
  std::uint64_t address = 0;
  bool enabled = true;
  bool readonly = false;
  bool readable = true;  ///< Of a ROM device.
  bool may_overlap = false;
  bool withdrawn = false;  ///< Destroyed while a transaction was open: a hole until its end.
  std::uint8_t log_mask = 0;
  int priority = 0;
  int parent = -1;
  int target = -1;
  std::uint64_t alias_offset = 0;
  std::uint64_t added = 0;  ///< Counts up: the later of two equals hides the earlier.
  std::vector<EventTrigger> triggers;
  std::vector<AddressRange> coalesced;

  Wide wide_size() const { return size == kWholeSpace ? kTop : Wide{size}; }
  bool is_backed() const { return kind != RegionKind::container && kind != RegionKind::alias; }
  bool has_memory() const { return kind == RegionKind::ram || kind == RegionKind::rom_device; }
};

/// What serves a byte.
struct ModelHit {
  int region;
  std::uint64_t offset;
  bool readonly;
};

class MapModel {
 public:
  std::vector<std::optional<ModelRegion>> regions;

  ModelRegion& at(int index) { return *regions[static_cast<std::size_t>(index)]; }
  const ModelRegion& at(int index) const { return *regions[static_cast<std::size_t>(index)]; }

  /// True if `region` is `wanted` or lies in it, aliases not followed.
  bool lies_in(int region, int wanted) const {
    for (; region >= 0; region = at(region).parent) {
      if (region == wanted) return true;
    }
    return false;
  }

  /// True if rendering some region that is no alias would enter one alias twice on the way down.
  bool has_cycle() const {
    std::vector<int> way;
    for (std::size_t i = 0; i < regions.size(); ++i) {
      if (regions[i] && regions[i]->kind != RegionKind::alias && enters_twice(static_cast<int>(i), 0, kTop, way))
        return true;
    }
    return false;
  }

  /// True if an alias is seen in what it shows itself.
  bool shows_itself() const {
    for (std::size_t i = 0; i < regions.size(); ++i) {
      std::vector<int> way;
      if (regions[i] && regions[i]->kind == RegionKind::alias && enters_twice(static_cast<int>(i), 0, kTop, way))
        return true;
    }
    return false;
  }

  /// True if `child`, put at `address` with this size, and a sibling would be in each other's way.
  bool clashes(int parent, int child, std::uint64_t address, std::uint64_t size, bool may_overlap) const {
    if (may_overlap || size == 0) return false;
    const Wide end = std::min(kTop, Wide{address} + (size == kWholeSpace ? kTop : Wide{size}));
    for (const int sibling : children_of(parent)) {
      const ModelRegion& other = at(sibling);
      if (sibling == child || other.may_overlap || other.size == 0) continue;
      if (Wide{address} < Wide{other.address} + other.wide_size() && Wide{other.address} < end) return true;
    }
    return false;
  }

  /// Those that hide others first.
  std::vector<int> children_of(int parent) const {
    std::vector<int> children;
    for (std::size_t i = 0; i < regions.size(); ++i) {
      if (regions[i] && regions[i]->parent == parent) children.push_back(static_cast<int>(i));
    }
    std::sort(children.begin(), children.end(), [&](int a, int b) {
      return std::make_pair(at(a).priority, at(a).added) > std::make_pair(at(b).priority, at(b).added);
    });
    return children;
  }

 private:
  /// Enters the bytes [first, end) of a region; `way` holds the aliases above.
  bool enters_twice(int index, Wide first, Wide end, std::vector<int>& way) const {
    const ModelRegion& region = at(index);
    end = std::min(end, region.wide_size());
    if (!region.enabled || first >= end) return false;
    if (region.kind == RegionKind::alias) {
      if (std::find(way.begin(), way.end(), index) != way.end()) return true;
      if (region.target < 0) return false;
      way.push_back(index);
      const bool twice =
          enters_twice(region.target, first + region.alias_offset, std::min(kTop, end + region.alias_offset), way);
      way.pop_back();
      return twice;
    }
    for (std::size_t i = 0; i < regions.size(); ++i) {
      if (!regions[i] || regions[i]->parent != index) continue;
      const Wide address = regions[i]->address;
      const Wide from = std::max(first, address);
      if (from < end && enters_twice(static_cast<int>(i), from - address, end - address, way)) return true;
    }
    return false;
  }
};

/// Answers for one state of a model, which must not change meanwhile.
class AddressOracle {
 public:
  explicit AddressOracle(const MapModel& model) : model_(model) {
    for (std::size_t i = 0; i < model.regions.size(); ++i) children_.push_back(model.children_of(static_cast<int>(i)));
  }

  /// What serves `address` of a space whose root is `root`.
  std::optional<ModelHit> resolve(int root, std::uint64_t address) const {
    if (root < 0 || !model_.regions[static_cast<std::size_t>(root)]) return std::nullopt;
    const auto hit = resolve_in(root, address, false);
    return hit && model_.at(hit->region).withdrawn ? std::nullopt : hit;
  }

 private:
  std::optional<ModelHit> resolve_in(int index, Wide offset, bool readonly) const {
    const ModelRegion& region = model_.at(index);
    if (!region.enabled || offset >= region.wide_size()) return std::nullopt;
    readonly = readonly || region.readonly;
    if (region.kind == RegionKind::alias) {
      const Wide in_target = offset + region.alias_offset;
      if (region.target < 0 || in_target >= kTop) return std::nullopt;
      return resolve_in(region.target, in_target, readonly);
    }
    for (const int child : children_[static_cast<std::size_t>(index)]) {
      if (offset < model_.at(child).address) continue;
      if (const auto hit = resolve_in(child, offset - model_.at(child).address, readonly)) return hit;
    }
    if (!region.is_backed()) return std::nullopt;
    return ModelHit{index, static_cast<std::uint64_t>(offset), readonly};
  }

  const MapModel& model_;
  std::vector<std::vector<int>> children_;
};

}  // namespace sc_memory::testing
