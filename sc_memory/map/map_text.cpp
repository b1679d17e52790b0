// Printing the tree of regions and the flat views.
#include "sc_memory/map/map_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

namespace {

template <typename... Arguments>
void append(std::string& text, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  text += fmt::format(format, std::forward<Arguments>(arguments)...);
}

/// Spaces that are printed together, and the region they share.
struct SpaceGroup {
  const MemoryRegion* shared;
  std::vector<const AddressSpace*> spaces;
};

template <typename SharedOf>
std::vector<SpaceGroup> group_spaces(const std::vector<const AddressSpace*>& spaces, SharedOf&& shared_of) {
  std::vector<SpaceGroup> groups;
  for (const AddressSpace* space : spaces) {
    const MemoryRegion* const shared = shared_of(*space);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const SpaceGroup& g) { return g.shared == shared; });
    if (group == groups.end()) group = groups.insert(group, {shared, {}});
    group->spaces.push_back(space);
  }
  return groups;
}

class TreePrinter {
 public:
  void print_spaces(SpaceGroup group) {
    std::stable_sort(group.spaces.begin(), group.spaces.end(),
                     [](const AddressSpace* a, const AddressSpace* b) { return a->name() < b->name(); });
    for (const AddressSpace* space : group.spaces) append(text_, "address-space: {}\n", space->name());
    // The space's address 0 is the root's first byte.
    if (group.shared != nullptr) print_region(*group.shared, 0 - group.shared->address(), 1);
    text_ += '\n';
  }

  /// Printing a target may mention further ones, which come at the end of the list.
  void print_targets() {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      append(text_, "memory-region: {}\n", targets_[i]->name());
      print_region(*targets_[i], 0, 1);
      text_ += '\n';
    }
  }

  std::string finish() && { return std::move(text_); }

 private:
  /// `base` is the address that the parent's first byte is printed with, modulo 2^64.
  void print_region(const MemoryRegion& region, Address base, unsigned depth) {
    const Address first = base + region.address();
    const Address last = first + (region.extent() ? region.extent()->last : 0);
    const bool overflow = (first < base && depth > 1) || last < first;
    append(text_, "{}{:{}}{:016x}-{:016x} (prio {}, {}): ", overflow ? "[DETECTED OVERFLOW!] " : "", "", 2 * depth,
           first, last, region.priority(), mtree_kind(region));
    if (region.kind() == RegionKind::alias)
      print_alias(static_cast<const AliasRegion&>(region));
    else
      text_ += region.name();
    append(text_, "{}{}\n", region.extent() ? "" : " [empty]", region.enabled() ? "" : " [disabled]");
    for (const MemoryRegion* child : children_by_address(region)) print_region(*child, first, depth + 1);
  }

  void print_alias(const AliasRegion& alias) {
    const MemoryRegion* const target = alias.target();
    append(text_, "alias {} @{} {:016x}-{:016x}", alias.name(), target != nullptr ? target->name() : "(none)",
           alias.alias_offset(), alias.alias_offset() + (alias.extent() ? alias.extent()->last : 0));
    if (target != nullptr && std::find(targets_.begin(), targets_.end(), target) == targets_.end())
      targets_.push_back(target);
  }

  std::string text_;
  std::vector<const MemoryRegion*> targets_;
};

void print_range(std::string& text, const FlatRange& range) {
  append(text, "  {:016x}-{:016x} (prio {}, {}): {}", range.range.first, range.range.last, range.region->priority(),
         mtree_kind(range), range.region->name());
  if (range.offset != 0) append(text, " @{:016x}", range.offset);
  text += '\n';
}

const char* name_or_none(const MemoryRegion* region) { return region != nullptr ? region->name().c_str() : "(none)"; }

/// The only enabled child of a container, if all of it shows from the container's first byte on.
const MemoryRegion* sole_content(const ParentRegion& container) {
  const MemoryRegion* sole = nullptr;
  for (const MemoryRegion* child : container.children()) {
    if (!child->enabled()) continue;
    if (sole != nullptr) return nullptr;
    sole = child;
  }
  return sole != nullptr && sole->address() == 0 && sole->size() <= container.size() ? sole : nullptr;
}

bool has_enabled_child(const ParentRegion& region) {
  const std::vector<MemoryRegion*> children = region.children();
  return std::any_of(children.begin(), children.end(), [](const MemoryRegion* child) { return child->enabled(); });
}

/// What a region shows whole and unaltered, if it is not itself that it shows.
const MemoryRegion* shown_whole(const MemoryRegion& region) {
  if (region.readonly()) return nullptr;
  if (region.kind() == RegionKind::container) return sole_content(static_cast<const ParentRegion&>(region));
  if (region.kind() != RegionKind::alias) return nullptr;
  const auto& alias = static_cast<const AliasRegion&>(region);
  const bool whole = alias.target() != nullptr && alias.alias_offset() == 0 && alias.size() >= alias.target()->size();
  return whole ? alias.target() : nullptr;
}

bool shows_nothing(const MemoryRegion& region) {
  if (!region.enabled() || !region.extent()) return true;
  if (region.kind() == RegionKind::alias) return static_cast<const AliasRegion&>(region).target() == nullptr;
  return region.kind() == RegionKind::container && !has_enabled_child(static_cast<const ParentRegion&>(region));
}

}  // namespace

const MemoryRegion* view_root(const MemoryRegion* root) {
  while (root != nullptr) {
    if (shows_nothing(*root)) return nullptr;
    const MemoryRegion* const inner = shown_whole(*root);
    if (inner == nullptr) return root;
    root = inner;
  }
  return nullptr;
}

std::vector<const MemoryRegion*> children_by_address(const MemoryRegion& region) {
  if (region.kind() == RegionKind::alias) return {};
  const std::vector<MemoryRegion*> children = static_cast<const ParentRegion&>(region).children();
  std::vector<const MemoryRegion*> sorted(children.begin(), children.end());
  // The children's own order is by priority and then by who hides whom.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const MemoryRegion* a, const MemoryRegion* b) { return a->address() < b->address(); });
  return sorted;
}

const char* mtree_kind(const MemoryRegion& region) {
  switch (region.kind()) {
    case RegionKind::alias: {
      const MemoryRegion* const target = static_cast<const AliasRegion&>(region).target();
      return target != nullptr ? mtree_kind(*target) : "i/o";
    }
    case RegionKind::ram:
      return region.readonly() ? "rom" : "ram";
    case RegionKind::rom_device:
      return region.service().direct_reads ? "romd" : "i/o";
    default:
      return "i/o";
  }
}

const char* mtree_kind(const FlatRange& range) {
  if (range.service == Service::memory) return range.readonly ? "rom" : "ram";
  return range.direct_reads ? "romd" : "i/o";
}

std::vector<const AddressSpace*> all_spaces() {
  const std::vector<AddressSpace*>& spaces = MapState::instance().spaces();
  return {spaces.begin(), spaces.end()};
}

std::string tree_text(const std::vector<const AddressSpace*>& spaces) {
  TreePrinter printer;
  for (SpaceGroup& group : group_spaces(spaces, [](const AddressSpace& space) { return space.root(); }))
    printer.print_spaces(std::move(group));
  printer.print_targets();
  return std::move(printer).finish();
}

std::string flat_text(const std::vector<const AddressSpace*>& spaces) {
  std::string text;
  unsigned number = 0;
  for (const SpaceGroup& group :
       group_spaces(spaces, [](const AddressSpace& space) { return view_root(space.root()); })) {
    append(text, "FlatView #{}\n", number++);
    for (const AddressSpace* space : group.spaces)
      append(text, " AS \"{}\", root: {}\n", space->name(), name_or_none(space->root()));
    append(text, " Root memory region: {}\n", name_or_none(group.shared));
    const FlatView& view = group.spaces.front()->view();
    for (const FlatRange& range : view.ranges()) print_range(text, range);
    if (view.ranges().empty()) text += "  No rendered FlatView\n";
    text += '\n';
  }
  return text;
}

std::string tree_text(const AddressSpace& space) { return tree_text(std::vector{&space}); }

std::string flat_text(const AddressSpace& space) { return flat_text(std::vector{&space}); }

std::string mtree_text() { return tree_text(all_spaces()); }

std::string mtree_flat_text() { return flat_text(all_spaces()); }

}  // namespace sc_memory
