// A region may be shown inside itself, elsewhere: an alias of a container may lie in that container. It may not be
// shown without end. For the implementation of regions only.
#pragma once

#include <optional>
#include <string>

#include "sc_memory/map/memory_region.h"

namespace sc_memory {

/// A region as a change would make it; what the change does not name is as it is.
struct ProposedRegion {
  explicit ProposedRegion(const MemoryRegion& changed);

  const MemoryRegion& region;
  const ParentRegion* parent;
  Address address;
  std::uint64_t size;
  bool enabled;
  Address alias_offset;  ///< Of an alias.
};

/// The cycle that the change would close, as "'a' -> 'b' -> 'a'"; nothing if it may be made. A cycle is closed when the
/// rendering of some region that is not an alias would enter one alias twice on the way down, with windows that are not
/// empty: priorities do not count, what is disabled, of size 0 or beyond a parent's end is not entered. The tree as it
/// is has no cycle. `proposed.parent` is not below the region.
std::optional<std::string> cycle_closed_by(const ProposedRegion& proposed);

}  // namespace sc_memory
