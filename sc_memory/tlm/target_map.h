// Targets in a map, a line each:
//
//     TargetMap devices{system};                                // a member of the platform
//     devices.add(0x0200'0000, 64_KiB, "clint", clint.socket);
//     devices.add(0x1000'0000, 0x100,  "uart",  uart.socket);
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

/// Owns a TargetRegion for each target that it puts into `parent`, which outlives it or is destroyed before, as with
/// any region. Targets are added during elaboration.
class TargetMap {
 public:
  explicit TargetMap(Container& parent) : parent_(parent) {}

  /// What `target` serves: `size` bytes from `first` on, in the parent's addresses. `target` is whatever
  /// TargetRegion::bind takes; `priority` is a Priority, or left out. The region that comes back can be moved, hidden
  /// and shown through aliases like any other. Throws MapError where it would overlap a sibling and both have no
  /// priority.
  template <typename Target, typename... Order>
  TargetRegion& add(Address first, std::uint64_t size, std::string name, Target& target, Order... priority) {
    auto region = std::make_unique<TargetRegion>(std::move(name), size);
    parent_.add(first, *region, priority...);
    region->bind(target);
    regions_.push_back(std::move(region));
    return *regions_.back();
  }

 private:
  Container& parent_;
  std::vector<std::unique_ptr<TargetRegion>> regions_;
};

}  // namespace sc_memory
