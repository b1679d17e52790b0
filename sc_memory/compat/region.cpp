// Regions: making them, asking them, changing them, and their dirty logs.
#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "sc_memory/compat/device_ops.h"
#include "sc_memory/compat/memory.h"
#include "sc_memory/compat/objects.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/global_dirty_log.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/map/render.h"

namespace sc_memory::compat {

namespace {

std::string to_name(const char* name) { return name == nullptr ? std::string() : std::string(name); }

template <typename Kind, typename... Arguments>
void init(MemoryRegion* mr, const char* function, const char* name, Arguments&&... arguments) {
  Objects::check_unused(mr, function);
  Objects::own(*mr, std::make_unique<Kind>(to_name(name), std::forward<Arguments>(arguments)...));
}

[[noreturn]] void fail_kind(const char* function, const sc_memory::MemoryRegion& region, const char* wanted) {
  throw MapError(fmt::format("{}: {} is not {}", function, describe(region), wanted));
}

MemoryBackedRegion& memory_of(MemoryRegion* mr, const char* function) {
  sc_memory::MemoryRegion& region = Objects::of(mr, function);
  if (region.kind() != RegionKind::ram && region.kind() != RegionKind::rom_device)
    fail_kind(function, region, "a region with memory of its own");
  return static_cast<MemoryBackedRegion&>(region);
}

ParentRegion& parent_of(MemoryRegion* mr, const char* function) {
  sc_memory::MemoryRegion& region = Objects::of(mr, function);
  if (region.kind() == RegionKind::alias) fail_kind(function, region, "a region that can have subregions");
  return static_cast<ParentRegion&>(region);
}

HandlerPath& path_of(MemoryRegion* mr, const char* function) {
  sc_memory::MemoryRegion& region = Objects::of(mr, function);
  HandlerPath* path = handler_path(region);
  if (path == nullptr) fail_kind(function, region, "a region with callbacks");
  return *path;
}

DirtyClient client_of(unsigned client, const char* function) {
  if (client >= kDirtyClients)
    throw MapError(
        fmt::format("{}: there is no dirty log client {}; they go up to {}", function, client, kDirtyClients - 1));
  return static_cast<DirtyClient>(client);
}

}  // namespace

void memory_region_init(MemoryRegion* mr, const char* name, std::uint64_t size) {
  init<Container>(mr, __func__, name, size);
}

void memory_region_init_io(MemoryRegion* mr, const MemoryRegionOps* ops, void* opaque, const char* name,
                           std::uint64_t size) {
  if (ops == nullptr)
    init<ReservedRegion>(mr, __func__, name, size);
  else
    init<IoRegion>(mr, __func__, name, size, make_handler(*ops, opaque));
}

void memory_region_init_ram(MemoryRegion* mr, const char* name, std::uint64_t size) {
  init<RamRegion>(mr, __func__, name, size);
}

void memory_region_init_ram_ptr(MemoryRegion* mr, const char* name, std::uint64_t size, void* ptr) {
  init<RamRegion>(mr, __func__, name, HostMemory::borrowed(ptr, size));
}

void memory_region_init_alias(MemoryRegion* mr, const char* name, MemoryRegion* orig, hwaddr offset,
                              std::uint64_t size) {
  init<AliasRegion>(mr, __func__, name, Objects::of(orig, __func__), offset, size);
}

void memory_region_init_rom_device(MemoryRegion* mr, const MemoryRegionOps* ops, void* opaque, const char* name,
                                   std::uint64_t size) {
  if (ops == nullptr) throw MapError(fmt::format("{}: '{}' has no callbacks", __func__, to_name(name)));
  init<RomDeviceRegion>(mr, __func__, name, size, make_handler(*ops, opaque));
}

void memory_region_init_reservation(MemoryRegion* mr, const char* name, std::uint64_t size) {
  init<ReservedRegion>(mr, __func__, name, size);
}

void memory_region_destroy(MemoryRegion* mr) {
  sc_memory::MemoryRegion& region = Objects::of(mr, __func__);
  const auto fail = [&](const std::string& why) {
    throw MapError(fmt::format("memory_region_destroy: {} {}", describe(region), why));
  };
  if (region.parent() != nullptr) fail(fmt::format("is still in {}", describe(*region.parent())));
  if (!region.aliases().empty())
    fail(fmt::format("is still shown by the alias {}", describe(*region.aliases().front())));
  if (region.kind() != RegionKind::alias) {
    const auto& children = static_cast<ParentRegion&>(region).children();
    if (!children.empty()) fail(fmt::format("still has the subregion {}", describe(*children.front())));
  }
  for (const sc_memory::AddressSpace* space : MapState::instance().spaces()) {
    if (space->root() == &region) fail(fmt::format("is still the root of the address space '{}'", space->name()));
  }
  Objects::release(*mr);
}

std::uint64_t memory_region_size(MemoryRegion* mr) { return Objects::of(mr, __func__).size(); }

bool memory_region_is_ram(MemoryRegion* mr) { return Objects::of(mr, __func__).kind() == RegionKind::ram; }

bool memory_region_is_romd(MemoryRegion* mr) {
  const sc_memory::MemoryRegion& region = Objects::of(mr, __func__);
  return region.kind() == RegionKind::rom_device && region.service().direct_reads;
}

const char* memory_region_name(MemoryRegion* mr) { return Objects::of(mr, __func__).name().c_str(); }

bool memory_region_is_logging(MemoryRegion* mr) { return Objects::of(mr, __func__).service().log_mask != 0; }

bool memory_region_is_rom(MemoryRegion* mr) { return memory_region_is_ram(mr) && mr->region()->readonly(); }

void* memory_region_get_ram_ptr(MemoryRegion* mr) {
  sc_memory::MemoryRegion& region = Objects::of(mr, __func__);
  if (region.kind() != RegionKind::alias) return memory_of(mr, __func__).memory().data;
  const MemorySpan memory = static_cast<AliasRegion&>(region).memory();
  if (memory.data == nullptr) fail_kind(__func__, region, "an alias of memory");
  return memory.data;
}

ram_addr_t memory_region_get_ram_addr(MemoryRegion* mr) { return memory_of(mr, __func__).ram_address(); }

void memory_region_set_log(MemoryRegion* mr, bool log, unsigned client) {
  memory_of(mr, __func__).set_log(client_of(client, __func__), log);
}

bool memory_region_get_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size, unsigned client) {
  const MemoryBackedRegion& region = memory_of(mr, __func__);
  const DirtyClient asking = client_of(client, __func__);
  const auto range = AddressRange::sized(addr, size);
  return range && region.is_dirty(*range, asking);
}

void memory_region_set_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size) {
  MemoryBackedRegion& region = memory_of(mr, __func__);
  if (const auto range = AddressRange::sized(addr, size)) region.set_dirty(*range);
}

bool memory_region_test_and_clear_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size, unsigned client) {
  MemoryBackedRegion& region = memory_of(mr, __func__);
  const DirtyClient asking = client_of(client, __func__);
  const auto range = AddressRange::sized(addr, size);
  return range && region.test_and_clear_dirty(*range, asking);
}

void memory_region_sync_dirty_bitmap(MemoryRegion* mr) {
  if (Objects::of(mr, __func__).service().memory != nullptr) memory_of(mr, __func__).sync_dirty_log();
}

void memory_region_reset_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size, unsigned client) {
  memory_region_test_and_clear_dirty(mr, addr, size, client);
}

void memory_global_dirty_log_start() { GlobalDirtyLog::start(); }

void memory_global_dirty_log_stop() { GlobalDirtyLog::stop(); }

void memory_region_set_readonly(MemoryRegion* mr, bool readonly) { Objects::of(mr, __func__).set_readonly(readonly); }

void memory_region_rom_device_set_readable(MemoryRegion* mr, bool readable) {
  sc_memory::MemoryRegion& region = Objects::of(mr, __func__);
  if (region.kind() != RegionKind::rom_device) fail_kind(__func__, region, "a ROM device");
  static_cast<RomDeviceRegion&>(region).set_readable(readable);
}

void memory_region_set_coalescing(MemoryRegion* mr) {
  memory_region_clear_coalescing(mr);
  if (const auto extent = mr->region()->extent()) path_of(mr, __func__).add_coalescing(*extent);
}

void memory_region_add_coalescing(MemoryRegion* mr, hwaddr offset, std::uint64_t size) {
  HandlerPath& path = path_of(mr, __func__);
  if (const auto range = AddressRange::sized(offset, size)) path.add_coalescing(*range);
}

void memory_region_clear_coalescing(MemoryRegion* mr) {
  HandlerPath& path = path_of(mr, __func__);
  path.clear_coalescing();
  path.set_flush_coalesced(false);
}

void memory_region_set_flush_coalesced(MemoryRegion* mr) { path_of(mr, __func__).set_flush_coalesced(true); }

void memory_region_clear_flush_coalesced(MemoryRegion* mr) {
  HandlerPath& path = path_of(mr, __func__);
  if (path.coalesced_ranges().empty()) path.set_flush_coalesced(false);
}

void memory_region_add_eventfd(MemoryRegion* mr, hwaddr addr, unsigned size, bool match_data, std::uint64_t data,
                               EventNotifier* e) {
  path_of(mr, __func__).add_event_trigger({addr, size, match_data, data, e});
}

void memory_region_del_eventfd(MemoryRegion* mr, hwaddr addr, unsigned size, bool match_data, std::uint64_t data,
                               EventNotifier* e) {
  path_of(mr, __func__).remove_event_trigger({addr, size, match_data, data, e});
}

void memory_region_add_subregion(MemoryRegion* mr, hwaddr offset, MemoryRegion* subregion) {
  parent_of(mr, __func__).add(offset, Objects::of(subregion, __func__));
}

void memory_region_add_subregion_overlap(MemoryRegion* mr, hwaddr offset, MemoryRegion* subregion, int priority) {
  parent_of(mr, __func__).add(offset, Objects::of(subregion, __func__), Priority{priority});
}

void memory_region_del_subregion(MemoryRegion* mr, MemoryRegion* subregion) {
  parent_of(mr, __func__).remove(Objects::of(subregion, __func__));
}

void memory_region_set_enabled(MemoryRegion* mr, bool enabled) { Objects::of(mr, __func__).set_enabled(enabled); }

void memory_region_set_address(MemoryRegion* mr, hwaddr addr) { Objects::of(mr, __func__).set_address(addr); }

void memory_region_set_alias_offset(MemoryRegion* mr, hwaddr offset) {
  sc_memory::MemoryRegion& region = Objects::of(mr, __func__);
  if (region.kind() != RegionKind::alias) fail_kind(__func__, region, "an alias");
  static_cast<AliasRegion&>(region).set_alias_offset(offset);
}

void memory_region_transaction_begin() { MapTransaction::begin_explicit(); }

void memory_region_transaction_commit() { MapTransaction::end_explicit(); }

namespace {

/// The topmost region above `region`, and where the region's first byte lies in it.
struct Top {
  sc_memory::MemoryRegion* region;
  Address offset;
};

Top top_of(sc_memory::MemoryRegion& region) {
  Top top{&region, 0};
  while (top.region->parent() != nullptr) {
    top.offset += top.region->address();
    top.region = top.region->parent();
  }
  return top;
}

MemoryRegionSection find_in_tree(const sc_memory::MemoryRegion& root, const AddressRange& wanted) {
  const FlatView view = render(&root);
  const FlatRange* range = view.first_from(wanted.first);
  const auto part = range != nullptr ? range->range.intersection(wanted) : std::nullopt;
  if (!part) return {};
  return to_section({nullptr, range->region, *part, range->offset_of(part->first), range->readonly});
}

}  // namespace

MemoryRegionSection memory_region_find(MemoryRegion* address_space, hwaddr addr, std::uint64_t size) {
  const Top top = top_of(Objects::of(address_space, __func__));
  const auto relative = AddressRange::sized(addr, size);
  const auto wanted = relative ? relative->moved_up(top.offset) : std::nullopt;
  if (!wanted) return {};
  for (const sc_memory::AddressSpace* space : MapState::instance().spaces()) {
    if (space->root() == top.region) return to_section(space->find(wanted->first, wanted->size()));
  }
  return find_in_tree(*top.region, *wanted);
}

hwaddr memory_region_section_addr(MemoryRegionSection* section, hwaddr addr) {
  return addr - section->offset_within_address_space + section->offset_within_region;
}

void memory_global_sync_dirty_bitmap(MemoryRegion* address_space) {
  const sc_memory::MemoryRegion* root = top_of(Objects::of(address_space, __func__)).region;
  const std::vector<sc_memory::AddressSpace*> spaces = MapState::instance().spaces();
  bool any = false;
  for (sc_memory::AddressSpace* space : spaces) {
    if (space->root() != root) continue;
    any = true;
    space->sync_dirty_log();
  }
  if (!any) throw MapError(fmt::format("{}: {} is not the root of an address space", __func__, describe(*root)));
}

}  // namespace sc_memory::compat
