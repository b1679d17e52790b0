// Rendering goes from the highest priority down: every region takes what is still free of its window. A window is
// always given in the addresses of the region that is rendered, so that nothing can wrap; `base` carries it over to the
// space's addresses.
#include "sc_memory/map/render.h"

#include <map>

#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

namespace {

class Renderer {
 public:
  explicit Renderer(std::uint8_t global_log_mask) : global_log_mask_(global_log_mask) {}

  /// Renders what `region` shows within `window` (relative to the region). `base` is the space's address of the
  /// region's first byte modulo 2^64: it may lie below zero where only a later part of the region is visible.
  void render(const MemoryRegion& region, AddressRange window, Address base, bool readonly) {
    const auto visible = region.extent() ? region.extent()->intersection(window) : std::nullopt;
    if (!region.enabled() || !visible) return;
    readonly = readonly || region.readonly();
    if (region.kind() == RegionKind::alias) {
      render_target(static_cast<const AliasRegion&>(region), *visible, base, readonly);
      return;
    }
    render_children(static_cast<const ParentRegion&>(region), *visible, base, readonly);
    if (region.service().service != Service::none) fill_gaps(region, *visible, base, readonly);
  }

  std::vector<FlatRange> finish() && {
    std::vector<FlatRange> ranges;
    ranges.reserve(ranges_.size());
    for (const auto& [first, range] : ranges_) {
      if (!ranges.empty() && ranges.back().continues_in(range))
        ranges.back().range.last = range.range.last;
      else
        ranges.push_back(range);
    }
    return ranges;
  }

 private:
  void render_children(const ParentRegion& region, const AddressRange& visible, Address base, bool readonly) {
    const std::size_t begin = children_.size();
    region.append_children_in(visible, children_);
    for (std::size_t i = begin; i < children_.size(); ++i) {
      // By index: a child's own children are put behind, and taken away again.
      const MemoryRegion& child = *children_[i];
      if (const auto part = child.range_in_parent() ? child.range_in_parent()->intersection(visible) : std::nullopt)
        render(child, part->moved_down(child.address()), base + child.address(), readonly);
    }
    children_.resize(begin);
  }

  void render_target(const AliasRegion& alias, const AddressRange& visible, Address base, bool readonly) {
    if (alias.target() == nullptr) return;
    if (const auto part = visible.moved_up(alias.alias_offset()))
      render(*alias.target(), *part, base - alias.alias_offset(), readonly);
  }

  /// Gives `region` every byte of its window that is still free.
  void fill_gaps(const MemoryRegion& region, const AddressRange& visible, Address base, bool readonly) {
    AddressRange rest{base + visible.first, base + visible.last};
    auto next = ranges_.lower_bound(rest.first);
    if (next != ranges_.begin() && std::prev(next)->second.range.last >= rest.first) --next;
    for (; next != ranges_.end() && next->first <= rest.last; ++next) {
      const AddressRange taken = next->second.range;
      if (rest.first < taken.first) place(region, {rest.first, taken.first - 1}, base, readonly);
      if (taken.last >= rest.last) return;
      rest.first = taken.last + 1;
    }
    place(region, rest, base, readonly);
  }

  void place(const MemoryRegion& region, const AddressRange& range, Address base, bool readonly) {
    const RegionService& service = region.service();
    const Address offset = range.first - base;
    const bool is_memory = service.service == Service::memory;
    ranges_.emplace(range.first,
                    FlatRange{range, const_cast<MemoryRegion*>(&region), offset,
                              service.memory == nullptr ? nullptr : service.memory + offset, service.service, readonly,
                              service.direct_reads, service.direct_writes && !readonly,
                              static_cast<std::uint8_t>(service.log_mask | (is_memory ? global_log_mask_ : 0))});
  }

  std::uint8_t global_log_mask_;
  std::vector<MemoryRegion*> children_;  ///< Of the regions that are being rendered, from the root down.
  std::map<Address, FlatRange> ranges_;
};

}  // namespace

std::vector<FlatRange> render_window(const MemoryRegion* root, const AddressRange& window,
                                     std::uint8_t global_log_mask) {
  Renderer renderer(global_log_mask);
  if (root != nullptr) renderer.render(*root, window, 0, false);
  return std::move(renderer).finish();
}

FlatView render(const MemoryRegion* root, std::uint8_t global_log_mask) {
  return FlatView(render_window(root, AddressRange::whole(), global_log_mask));
}

}  // namespace sc_memory
