// The mappings of an address space that are open, by pointer. For the implementation of this folder only.
#pragma once

#include <map>

#include "sc_memory/access/address_map.h"
#include "sc_memory/compat/memory.h"

namespace sc_memory::compat {

struct AddressSpace::Mappings {
  /// The same memory may be mapped several times at once.
  std::multimap<const void*, MappedMemory> by_pointer;
};

}  // namespace sc_memory::compat
