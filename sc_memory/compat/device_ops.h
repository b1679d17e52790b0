// From a MemoryRegionOps to the handler of a region. For the implementation of this folder only.
#pragma once

#include <memory>

#include "sc_memory/compat/memory.h"
#include "sc_memory/map/io_handler.h"

namespace sc_memory::compat {

/// The callbacks get `opaque` as their first argument. Throws MapError when the sizes make no sense.
std::unique_ptr<IoHandler> make_handler(const MemoryRegionOps& ops, void* opaque);

}  // namespace sc_memory::compat
