// The memory API of 2013 under its own names, for device models that were written for it: a thin layer over the C++
// classes, with which it can be mixed freely. docs/memory-api.md puts the two side by side.
//
// What the original aborts on, and what it fails to notice, throws sc_memory::MapError and changes nothing. Everything
// here is called in the simulation's thread. All structs may be members or globals of a model; a MemoryRegion or
// AddressSpace that goes without having been destroyed by name detaches itself safely.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "sc_memory/access/event_notifier.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory {
class AddressSpace;
class MemoryRegion;
}  // namespace sc_memory

namespace sc_memory::compat {

using hwaddr = std::uint64_t;
using ram_addr_t = std::uint64_t;

enum device_endian { DEVICE_NATIVE_ENDIAN, DEVICE_BIG_ENDIAN, DEVICE_LITTLE_ENDIAN };

constexpr unsigned DIRTY_MEMORY_VGA = 0;
constexpr unsigned DIRTY_MEMORY_CODE = 1;
constexpr unsigned DIRTY_MEMORY_MIGRATION = 3;

using CPUReadMemoryFunc = std::uint32_t(void* opaque, hwaddr addr);
using CPUWriteMemoryFunc = void(void* opaque, hwaddr addr, std::uint32_t value);
using IOPortReadFunc = std::uint32_t(void* opaque, std::uint32_t address);
using IOPortWriteFunc = void(void* opaque, std::uint32_t address, std::uint32_t data);
using fprintf_function = int (*)(void* f, const char* fmt, ...);

/// Callbacks for accesses of 1, 2 and 4 bytes; one of 8 is two of 4. An access without a callback is a decode error.
struct MemoryRegionMmio {
  CPUReadMemoryFunc* read[3] = {};
  CPUWriteMemoryFunc* write[3] = {};
};

/// Callbacks for accesses of `size` bytes to [offset, offset+len). The first entry that has the address, the size and
/// the direction is called. Without one an access of two bytes is made of two of one, any other reads as all ones or
/// writes nothing. Ports have no alignment. Addresses are relative to the region. An entry of size 0 ends the list.
struct MemoryRegionPortio {
  std::uint32_t offset = 0;
  std::uint32_t len = 0;
  unsigned size = 0;
  IOPortReadFunc* read = nullptr;
  IOPortWriteFunc* write = nullptr;
};

#define PORTIO_END_OF_LIST() \
  {}

/// What the guest may do. Sizes are in bytes; a maximum of 0 is no bound at all.
struct MemoryRegionValidAccesses {
  unsigned min_access_size = 0;
  unsigned max_access_size = 0;
  bool unaligned = false;
  bool (*accepts)(void* opaque, hwaddr addr, unsigned size, bool is_write) = nullptr;
};

/// What the callbacks implement; 0 stands for 1 and for 4.
struct MemoryRegionImplementedAccesses {
  unsigned min_access_size = 0;
  unsigned max_access_size = 0;
  bool unaligned = false;
};

/// Copied by the functions that take it. For each direction the callback counts, without one the port list, without
/// that the callbacks by size.
struct MemoryRegionOps {
  std::uint64_t (*read)(void* opaque, hwaddr addr, unsigned size) = nullptr;
  void (*write)(void* opaque, hwaddr addr, std::uint64_t data, unsigned size) = nullptr;
  device_endian endianness = DEVICE_NATIVE_ENDIAN;
  MemoryRegionValidAccesses valid = {};
  MemoryRegionImplementedAccesses impl = {};
  const MemoryRegionPortio* old_portio = nullptr;
  MemoryRegionMmio old_mmio = {};
};

/// The byte order that DEVICE_NATIVE_ENDIAN stands for from now on: the simulated processor's. Little at first.
void set_native_endian(Endian order);

struct MemoryRegion {
  MemoryRegion();
  MemoryRegion(const MemoryRegion&) = delete;
  MemoryRegion& operator=(const MemoryRegion&) = delete;
  ~MemoryRegion();

  /// The C++ region, to be used with the rest of the library. Null until it is initialized and after it is destroyed.
  sc_memory::MemoryRegion* region() const { return region_; }

 private:
  friend struct Objects;
  std::unique_ptr<sc_memory::MemoryRegion> owned_;
  sc_memory::MemoryRegion* region_ = nullptr;
};

struct AddressSpace {
  AddressSpace();
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;
  ~AddressSpace();

  /// The C++ address space, to be given to a Router. Null until it is initialized and after it is destroyed.
  sc_memory::AddressSpace* space() const { return space_; }

 private:
  friend struct Objects;
  struct Mappings;
  std::unique_ptr<sc_memory::AddressSpace> owned_;
  sc_memory::AddressSpace* space_ = nullptr;
  std::unique_ptr<Mappings> mappings_;
};

/// `mr` and `address_space` of objects that were made with the C++ API lead to them as well. A `size` of 2^64 is
/// UINT64_MAX.
struct MemoryRegionSection {
  MemoryRegion* mr = nullptr;
  AddressSpace* address_space = nullptr;
  hwaddr offset_within_region = 0;
  std::uint64_t size = 0;
  hwaddr offset_within_address_space = 0;
  bool readonly = false;
};

/// A host eventfd that guest writes signal; `on_notify`, if set, is called as well, for instance to notify an sc_event.
struct EventNotifier final : public Notifier {
  std::function<void()> on_notify;

  void notify() override;
  EventFdNotifier& eventfd() { return eventfd_; }

 private:
  EventFdNotifier eventfd_;
};

bool event_notifier_test_and_clear(EventNotifier* e);
void event_notifier_set(EventNotifier* e);
int event_notifier_get_fd(EventNotifier* e);

/// Every hook may be null. Lower priorities hear earlier of additions and later of removals. `begin` and `commit` come
/// for each address space that changed. A section given to eventfd_add and eventfd_del is the trigger's own address and
/// size. `e` is null for a notifier that was made with the C++ API.
struct MemoryListener {
  void (*begin)(MemoryListener* listener) = nullptr;
  void (*commit)(MemoryListener* listener) = nullptr;
  void (*region_add)(MemoryListener* listener, MemoryRegionSection* section) = nullptr;
  void (*region_del)(MemoryListener* listener, MemoryRegionSection* section) = nullptr;
  void (*region_nop)(MemoryListener* listener, MemoryRegionSection* section) = nullptr;
  void (*log_start)(MemoryListener* listener, MemoryRegionSection* section) = nullptr;
  void (*log_stop)(MemoryListener* listener, MemoryRegionSection* section) = nullptr;
  void (*log_sync)(MemoryListener* listener, MemoryRegionSection* section) = nullptr;
  void (*log_global_start)(MemoryListener* listener) = nullptr;
  void (*log_global_stop)(MemoryListener* listener) = nullptr;
  void (*eventfd_add)(MemoryListener* listener, MemoryRegionSection* section, bool match_data, std::uint64_t data,
                      EventNotifier* e) = nullptr;
  void (*eventfd_del)(MemoryListener* listener, MemoryRegionSection* section, bool match_data, std::uint64_t data,
                      EventNotifier* e) = nullptr;
  void (*coalesced_mmio_add)(MemoryListener* listener, MemoryRegionSection* section, hwaddr addr, hwaddr len) = nullptr;
  void (*coalesced_mmio_del)(MemoryListener* listener, MemoryRegionSection* section, hwaddr addr, hwaddr len) = nullptr;
  unsigned priority = 0;
  AddressSpace* address_space_filter = nullptr;
};

// Regions: making and unmaking. A region that is initialized already is not initialized again. A null `ops` is a
// reservation. memory_region_destroy throws while the region has a parent, children, aliases or an address space.
void memory_region_init(MemoryRegion* mr, const char* name, std::uint64_t size);
void memory_region_init_io(MemoryRegion* mr, const MemoryRegionOps* ops, void* opaque, const char* name,
                           std::uint64_t size);
void memory_region_init_ram(MemoryRegion* mr, const char* name, std::uint64_t size);
void memory_region_init_ram_ptr(MemoryRegion* mr, const char* name, std::uint64_t size, void* ptr);
void memory_region_init_alias(MemoryRegion* mr, const char* name, MemoryRegion* orig, hwaddr offset,
                              std::uint64_t size);
void memory_region_init_rom_device(MemoryRegion* mr, const MemoryRegionOps* ops, void* opaque, const char* name,
                                   std::uint64_t size);
void memory_region_init_reservation(MemoryRegion* mr, const char* name, std::uint64_t size);
void memory_region_destroy(MemoryRegion* mr);

// Regions: what they are.
std::uint64_t memory_region_size(MemoryRegion* mr);
bool memory_region_is_ram(MemoryRegion* mr);
bool memory_region_is_romd(MemoryRegion* mr);
const char* memory_region_name(MemoryRegion* mr);
bool memory_region_is_logging(MemoryRegion* mr);
bool memory_region_is_rom(MemoryRegion* mr);
void* memory_region_get_ram_ptr(MemoryRegion* mr);
ram_addr_t memory_region_get_ram_addr(MemoryRegion* mr);

// The dirty log of a region with memory. Addresses are relative to the region; a range of size 0 has no pages.
void memory_region_set_log(MemoryRegion* mr, bool log, unsigned client);
bool memory_region_get_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size, unsigned client);
void memory_region_set_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size);
bool memory_region_test_and_clear_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size, unsigned client);
void memory_region_sync_dirty_bitmap(MemoryRegion* mr);
void memory_region_reset_dirty(MemoryRegion* mr, hwaddr addr, hwaddr size, unsigned client);
/// For every address space whose root is the topmost region above `address_space`; throws if there is none.
void memory_global_sync_dirty_bitmap(MemoryRegion* address_space);
void memory_global_dirty_log_start();
void memory_global_dirty_log_stop();

// Devices: what stands before their callbacks.
void memory_region_set_readonly(MemoryRegion* mr, bool readonly);
void memory_region_rom_device_set_readable(MemoryRegion* mr, bool readable);
void memory_region_set_coalescing(MemoryRegion* mr);
void memory_region_add_coalescing(MemoryRegion* mr, hwaddr offset, std::uint64_t size);
void memory_region_clear_coalescing(MemoryRegion* mr);
void memory_region_set_flush_coalesced(MemoryRegion* mr);
void memory_region_clear_flush_coalesced(MemoryRegion* mr);
void memory_region_add_eventfd(MemoryRegion* mr, hwaddr addr, unsigned size, bool match_data, std::uint64_t data,
                               EventNotifier* e);
void memory_region_del_eventfd(MemoryRegion* mr, hwaddr addr, unsigned size, bool match_data, std::uint64_t data,
                               EventNotifier* e);

// The tree.
void memory_region_add_subregion(MemoryRegion* mr, hwaddr offset, MemoryRegion* subregion);
void memory_region_add_subregion_overlap(MemoryRegion* mr, hwaddr offset, MemoryRegion* subregion, int priority);
void memory_region_del_subregion(MemoryRegion* mr, MemoryRegion* subregion);
void memory_region_set_enabled(MemoryRegion* mr, bool enabled);
void memory_region_set_address(MemoryRegion* mr, hwaddr addr);
void memory_region_set_alias_offset(MemoryRegion* mr, hwaddr offset);
/// `addr` is relative to `address_space`, which may be any region below the root of an address space; the section is in
/// the address space's addresses. A tree that no address space shows is searched all the same: the section's
/// address_space is null then.
MemoryRegionSection memory_region_find(MemoryRegion* address_space, hwaddr addr, std::uint64_t size);
hwaddr memory_region_section_addr(MemoryRegionSection* section, hwaddr addr);
void memory_region_transaction_begin();
void memory_region_transaction_commit();

// Listeners. The struct stays where it is until it is unregistered. `filter` may be null.
void memory_listener_register(MemoryListener* listener, AddressSpace* filter);
void memory_listener_unregister(MemoryListener* listener);

/// Prints the tree and then the flat view of every address space.
void mtree_info(fprintf_function mon_printf, void* f);

// Address spaces. The name is the root's. A negative length throws.
void address_space_init(AddressSpace* as, MemoryRegion* root);
void address_space_destroy(AddressSpace* as);
void address_space_rw(AddressSpace* as, hwaddr addr, std::uint8_t* buf, int len, bool is_write);
void address_space_write(AddressSpace* as, hwaddr addr, const std::uint8_t* buf, int len);
void address_space_read(AddressSpace* as, hwaddr addr, std::uint8_t* buf, int len);
/// Null, and *plen 0, when the space's budget for buffers is exhausted.
void* address_space_map(AddressSpace* as, hwaddr addr, hwaddr* plen, bool is_write);
/// Throws for a buffer that is not mapped with this length and direction, and for an access_len beyond `len`.
void address_space_unmap(AddressSpace* as, void* buffer, hwaddr len, int is_write, hwaddr access_len);
/// Calls callback(opaque) once when address_space_map is worth another try; the result is for unregistering before.
std::uint64_t address_space_register_map_client(AddressSpace* as, void* opaque, void (*callback)(void* opaque));
void address_space_unregister_map_client(AddressSpace* as, std::uint64_t client);

}  // namespace sc_memory::compat
