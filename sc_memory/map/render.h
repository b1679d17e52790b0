// From a tree of regions to its flat view.
#pragma once

#include <vector>

#include "sc_memory/map/flat_view.h"

namespace sc_memory {

/// What the tree below `root` shows within `window`, the root's first byte at address 0: sorted, and cut at the
/// window's borders. A null root shows nothing. `global_log_mask` is added to the log mask of every RAM region.
std::vector<FlatRange> render_window(const MemoryRegion* root, const AddressRange& window,
                                     std::uint8_t global_log_mask);

/// Renders the whole tree from scratch. Commits do not: they render the windows that changed, and what they publish
/// must be the same as this.
FlatView render(const MemoryRegion* root, std::uint8_t global_log_mask = 0);

}  // namespace sc_memory
