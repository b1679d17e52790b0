// Address spaces: accesses, mappings by pointer, and the printed tree.
#include "sc_memory/map/address_space.h"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>
#include <utility>

#include "sc_memory/compat/mappings.h"
#include "sc_memory/compat/memory.h"
#include "sc_memory/compat/objects.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_text.h"

namespace sc_memory::compat {

namespace {

std::size_t length_of(int len, const char* function) {
  if (len < 0) throw MapError(fmt::format("{}: the length {} is negative", function, len));
  return static_cast<std::size_t>(len);
}

}  // namespace

void address_space_init(AddressSpace* as, MemoryRegion* root) {
  Objects::check_unused(as, __func__);
  Objects::make_space(*as, Objects::of(root, __func__));
}

void address_space_destroy(AddressSpace* as) {
  Objects::of(as, __func__);
  Objects::release(*as);
}

void address_space_write(AddressSpace* as, hwaddr addr, const std::uint8_t* buf, int len) {
  Objects::of(as, __func__).write(addr, buf, length_of(len, __func__));
}

void address_space_read(AddressSpace* as, hwaddr addr, std::uint8_t* buf, int len) {
  Objects::of(as, __func__).read(addr, buf, length_of(len, __func__));
}

void address_space_rw(AddressSpace* as, hwaddr addr, std::uint8_t* buf, int len, bool is_write) {
  if (is_write)
    address_space_write(as, addr, buf, len);
  else
    address_space_read(as, addr, buf, len);
}

void* address_space_map(AddressSpace* as, hwaddr addr, hwaddr* plen, bool is_write) {
  sc_memory::AddressSpace& space = Objects::of(as, __func__);
  MappedMemory mapped = map_memory(space, addr, *plen, is_write ? Direction::write : Direction::read);
  *plen = mapped.size();
  if (!mapped) return nullptr;
  void* const data = mapped.data();
  Objects::mappings_of(*as).by_pointer.emplace(data, std::move(mapped));
  return data;
}

void address_space_unmap(AddressSpace* as, void* buffer, hwaddr len, int is_write, hwaddr access_len) {
  Objects::of(as, __func__);
  auto& mappings = Objects::mappings_of(*as).by_pointer;
  const Direction direction = is_write != 0 ? Direction::write : Direction::read;
  const auto [first, end] = mappings.equal_range(buffer);
  const auto found = std::find_if(first, end, [&](const auto& entry) {
    return entry.second.size() == len && entry.second.direction() == direction;
  });
  if (found == end)
    throw MapError(fmt::format("{}: {} is not mapped with {:#x} bytes for {}s", __func__, buffer, len,
                               is_write != 0 ? "write" : "read"));
  if (access_len > len)
    throw MapError(fmt::format("{}: {:#x} bytes are said to have been accessed of {:#x}", __func__, access_len, len));
  MappedMemory mapped = std::move(found->second);
  mappings.erase(found);
  mapped.unmap(access_len);
}

std::uint64_t address_space_register_map_client(AddressSpace* as, void* opaque, void (*callback)(void* opaque)) {
  return Objects::of(as, __func__).mapping_budget().call_when_free([=] { callback(opaque); });
}

void address_space_unregister_map_client(AddressSpace* as, std::uint64_t client) {
  Objects::of(as, __func__).mapping_budget().cancel(client);
}

void mtree_info(fprintf_function mon_printf, void* f) {
  std::istringstream text(mtree_text() + "\n" + mtree_flat_text());
  for (std::string line; std::getline(text, line);) mon_printf(f, "%s\n", line.c_str());
}

}  // namespace sc_memory::compat
