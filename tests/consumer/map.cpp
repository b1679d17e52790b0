// Uses the core alone: a map in C++, the same one by its 2013 names, and an access to each.
#include <cstdint>
#include <cstdio>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/compat/memory.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/region_kinds.h"

namespace {

using namespace sc_memory;
using namespace sc_memory::literals;

bool modern_map_works() {
  Container system("system");
  RamRegion ram("ram", 64_KiB);
  std::uint32_t last = 0;
  IoRegion led("led", 4, io_ops().write32([&](Address, std::uint32_t value) { last = value; }));
  system.add(0, ram);
  system.add(0x1000'0000, led);
  AddressSpace space("space", system);
  const std::uint32_t value = 0x600d;
  space.write(0x1000, &value, 4);
  space.write(0x1000'0000, &value, 4);
  return ram.memory().data[0x1000] == 0x0d && last == value;
}

bool old_map_works() {
  compat::MemoryRegion system;
  compat::MemoryRegion ram;
  compat::AddressSpace space;
  compat::memory_region_init(&system, "system", UINT64_MAX);
  compat::memory_region_init_ram(&ram, "ram", 0x1000);
  compat::memory_region_add_subregion(&system, 0x8000, &ram);
  compat::address_space_init(&space, &system);
  const std::uint8_t byte = 0x42;
  compat::address_space_write(&space, 0x8001, &byte, 1);
  return static_cast<std::uint8_t*>(compat::memory_region_get_ram_ptr(&ram))[1] == byte;
}

bool misuse_throws() {
  Container system("system");
  RamRegion ram("ram", 64_KiB);
  system.add(0, ram);
  try {
    system.add(0x1000, ram);
  } catch (const MapError&) {
    return true;
  }
  return false;
}

}  // namespace

int main() {
  const bool good = modern_map_works() && old_map_works() && misuse_throws();
  std::puts(good ? "map: ok" : "map: wrong");
  return good ? 0 : 1;
}
