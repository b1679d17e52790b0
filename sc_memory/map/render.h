// From a tree of regions to its flat view.
#pragma once

#include "sc_memory/map/flat_view.h"

namespace sc_memory {

/// Renders the whole tree below `root` from scratch, the root's first byte at address 0. A null root renders to an
/// empty view. `global_log_mask` is added to the log mask of every RAM region.
FlatView render(const MemoryRegion* root, std::uint8_t global_log_mask = 0);

}  // namespace sc_memory
