// Where a region shows: from the region up, through parents and aliases, to the address spaces. For the implementation
// of the map only.
#pragma once

#include <vector>

#include "sc_memory/map/memory_region.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

/// A window of a space, in the space's addresses.
struct RegionPlace {
  AddressSpace* space;
  AddressRange window;
};

/// Sorts by age of the spaces and by address, and makes one of windows that overlap.
void merge_places(std::vector<RegionPlace>& places);

/// Climbs the tree as it is now.
class RegionClimb {
 public:
  /// Calls visit(space, window) for every window of a space through which a part of `part`, relative to `region`, would
  /// be seen if nothing hid it. What lies below something disabled is not seen, `region` itself left aside.
  template <typename Visit>
  static void for_each_place(const MemoryRegion& region, const AddressRange& part, Visit&& visit) {
    const auto inside = region.extent() ? region.extent()->intersection(part) : std::nullopt;
    if (!inside) return;
    for (AddressSpace* space : region.rooted_spaces_) visit(*space, *inside);
    if (region.parent_ != nullptr && region.parent_->enabled()) {
      if (const auto window = inside->moved_up(region.address_)) for_each_place(*region.parent_, *window, visit);
    }
    region.aliases_.for_each_in(*inside, [&](const AliasRegion& alias) {
      const auto shown = AddressRange::sized(alias.alias_offset(), alias.size());
      const auto window = alias.enabled() && shown ? shown->intersection(*inside) : std::nullopt;
      if (window) for_each_place(alias, window->moved_down(alias.alias_offset()), visit);
      return true;
    });
  }
};

}  // namespace sc_memory
