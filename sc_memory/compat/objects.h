// Between the structs of memory.h and the C++ objects behind them. For the implementation of this folder only.
#pragma once

#include <memory>

#include "sc_memory/compat/memory.h"
#include "sc_memory/map/memory_listener.h"

namespace sc_memory::compat {

struct Objects {
  /// The C++ object of an initialized struct. Throws MapError, naming `function`, for a null pointer or a struct that
  /// is not initialized.
  static sc_memory::MemoryRegion& of(MemoryRegion* mr, const char* function);
  static sc_memory::AddressSpace& of(AddressSpace* as, const char* function);

  /// The struct of a C++ object; one that was not made here gets a struct that only refers to it. Null for null.
  static MemoryRegion* struct_of(sc_memory::MemoryRegion* region);
  static AddressSpace* struct_of(sc_memory::AddressSpace* space);

  /// Throws MapError if the struct is null or initialized.
  static void check_unused(const MemoryRegion* mr, const char* function);
  static void check_unused(const AddressSpace* as, const char* function);

  /// Makes `mr`, which is unused, own `region`.
  static void own(MemoryRegion& mr, std::unique_ptr<sc_memory::MemoryRegion> region);
  /// Makes an address space for `as`, which is unused. Listeners hear of it by its struct already.
  static void make_space(AddressSpace& as, sc_memory::MemoryRegion& root);
  /// Destroys what the struct owns; it is unused again.
  static void release(MemoryRegion& mr) noexcept;
  static void release(AddressSpace& as) noexcept;

  static AddressSpace::Mappings& mappings_of(AddressSpace& as) { return *as.mappings_; }
};

MemoryRegionSection to_section(const Section& section);

}  // namespace sc_memory::compat
