// memory.h compiles as the only include, and every name in it has exactly the type that models rely on.
#include "sc_memory/compat/memory.h"

#include <cstddef>
#include <gtest/gtest.h>
#include <type_traits>

namespace sc_memory::compat {
namespace {

template <typename Type, typename Function>
constexpr bool has_type(Function*) {
  return std::is_same_v<Type, Function>;
}

using MR = MemoryRegion*;
using Section = MemoryRegionSection*;
using u64 = std::uint64_t;

static_assert(std::is_same_v<hwaddr, u64> && std::is_same_v<ram_addr_t, u64>);
static_assert(DEVICE_NATIVE_ENDIAN == 0 && DEVICE_BIG_ENDIAN == 1 && DEVICE_LITTLE_ENDIAN == 2);
static_assert(DIRTY_MEMORY_VGA == 0 && DIRTY_MEMORY_CODE == 1 && DIRTY_MEMORY_MIGRATION == 3);
static_assert(std::is_same_v<const unsigned, decltype(DIRTY_MEMORY_VGA)>);
static_assert(std::is_same_v<CPUReadMemoryFunc, std::uint32_t(void*, hwaddr)>);
static_assert(std::is_same_v<CPUWriteMemoryFunc, void(void*, hwaddr, std::uint32_t)>);
static_assert(std::is_same_v<IOPortReadFunc, std::uint32_t(void*, std::uint32_t)>);
static_assert(std::is_same_v<IOPortWriteFunc, void(void*, std::uint32_t, std::uint32_t)>);
static_assert(std::is_same_v<fprintf_function, int (*)(void*, const char*, ...)>);

static_assert(has_type<void(MR, const char*, u64)>(memory_region_init));
static_assert(has_type<void(MR, const MemoryRegionOps*, void*, const char*, u64)>(memory_region_init_io));
static_assert(has_type<void(MR, const char*, u64)>(memory_region_init_ram));
static_assert(has_type<void(MR, const char*, u64, void*)>(memory_region_init_ram_ptr));
static_assert(has_type<void(MR, const char*, MR, hwaddr, u64)>(memory_region_init_alias));
static_assert(has_type<void(MR, const MemoryRegionOps*, void*, const char*, u64)>(memory_region_init_rom_device));
static_assert(has_type<void(MR, const char*, u64)>(memory_region_init_reservation));
static_assert(has_type<void(MR)>(memory_region_destroy));
static_assert(has_type<u64(MR)>(memory_region_size));
static_assert(has_type<bool(MR)>(memory_region_is_ram));
static_assert(has_type<bool(MR)>(memory_region_is_romd));
static_assert(has_type<const char*(MR)>(memory_region_name));
static_assert(has_type<bool(MR)>(memory_region_is_logging));
static_assert(has_type<bool(MR)>(memory_region_is_rom));
static_assert(has_type<void*(MR)>(memory_region_get_ram_ptr));
static_assert(has_type<void(MR, bool, unsigned)>(memory_region_set_log));
static_assert(has_type<bool(MR, hwaddr, hwaddr, unsigned)>(memory_region_get_dirty));
static_assert(has_type<void(MR, hwaddr, hwaddr)>(memory_region_set_dirty));
static_assert(has_type<bool(MR, hwaddr, hwaddr, unsigned)>(memory_region_test_and_clear_dirty));
static_assert(has_type<void(MR)>(memory_region_sync_dirty_bitmap));
static_assert(has_type<void(MR, hwaddr, hwaddr, unsigned)>(memory_region_reset_dirty));
static_assert(has_type<void(MR, bool)>(memory_region_set_readonly));
static_assert(has_type<void(MR, bool)>(memory_region_rom_device_set_readable));
static_assert(has_type<void(MR)>(memory_region_set_coalescing));
static_assert(has_type<void(MR, hwaddr, u64)>(memory_region_add_coalescing));
static_assert(has_type<void(MR)>(memory_region_clear_coalescing));
static_assert(has_type<void(MR)>(memory_region_set_flush_coalesced));
static_assert(has_type<void(MR)>(memory_region_clear_flush_coalesced));
static_assert(has_type<void(MR, hwaddr, unsigned, bool, u64, EventNotifier*)>(memory_region_add_eventfd));
static_assert(has_type<void(MR, hwaddr, unsigned, bool, u64, EventNotifier*)>(memory_region_del_eventfd));
static_assert(has_type<void(MR, hwaddr, MR)>(memory_region_add_subregion));
static_assert(has_type<void(MR, hwaddr, MR, int)>(memory_region_add_subregion_overlap));
static_assert(has_type<ram_addr_t(MR)>(memory_region_get_ram_addr));
static_assert(has_type<void(MR, MR)>(memory_region_del_subregion));
static_assert(has_type<void(MR, bool)>(memory_region_set_enabled));
static_assert(has_type<void(MR, hwaddr)>(memory_region_set_address));
static_assert(has_type<void(MR, hwaddr)>(memory_region_set_alias_offset));
static_assert(has_type<MemoryRegionSection(MR, hwaddr, u64)>(memory_region_find));
static_assert(has_type<hwaddr(Section, hwaddr)>(memory_region_section_addr));
static_assert(has_type<void(MR)>(memory_global_sync_dirty_bitmap));
static_assert(has_type<void()>(memory_region_transaction_begin));
static_assert(has_type<void()>(memory_region_transaction_commit));
static_assert(has_type<void(MemoryListener*, AddressSpace*)>(memory_listener_register));
static_assert(has_type<void(MemoryListener*)>(memory_listener_unregister));
static_assert(has_type<void()>(memory_global_dirty_log_start));
static_assert(has_type<void()>(memory_global_dirty_log_stop));
static_assert(has_type<void(fprintf_function, void*)>(mtree_info));
static_assert(has_type<void(AddressSpace*, MR)>(address_space_init));
static_assert(has_type<void(AddressSpace*)>(address_space_destroy));
static_assert(has_type<void(AddressSpace*, hwaddr, std::uint8_t*, int, bool)>(address_space_rw));
static_assert(has_type<void(AddressSpace*, hwaddr, const std::uint8_t*, int)>(address_space_write));
static_assert(has_type<void(AddressSpace*, hwaddr, std::uint8_t*, int)>(address_space_read));
static_assert(has_type<void*(AddressSpace*, hwaddr, hwaddr*, bool)>(address_space_map));
static_assert(has_type<void(AddressSpace*, void*, hwaddr, int, hwaddr)>(address_space_unmap));
static_assert(has_type<bool(EventNotifier*)>(event_notifier_test_and_clear));

static_assert(std::is_same_v<decltype(MemoryRegionSection::mr), MR>);
static_assert(std::is_same_v<decltype(MemoryRegionSection::address_space), AddressSpace*>);
static_assert(std::is_same_v<decltype(MemoryRegionSection::offset_within_region), hwaddr>);
static_assert(std::is_same_v<decltype(MemoryRegionSection::size), u64>);
static_assert(std::is_same_v<decltype(MemoryRegionSection::offset_within_address_space), hwaddr>);
static_assert(std::is_same_v<decltype(MemoryRegionSection::readonly), bool>);
static_assert(std::is_same_v<decltype(MemoryRegionOps::read), u64 (*)(void*, hwaddr, unsigned)>);
static_assert(std::is_same_v<decltype(MemoryRegionOps::write), void (*)(void*, hwaddr, u64, unsigned)>);
static_assert(std::is_same_v<decltype(MemoryRegionOps::endianness), device_endian>);
static_assert(std::is_same_v<decltype(MemoryRegionOps::old_portio), const MemoryRegionPortio*>);
static_assert(std::is_same_v<decltype(MemoryRegionMmio::read), CPUReadMemoryFunc* [3]>);
static_assert(std::is_same_v<decltype(MemoryRegionMmio::write), CPUWriteMemoryFunc* [3]>);
static_assert(std::is_same_v<decltype(MemoryListener::begin), void (*)(MemoryListener*)>);
static_assert(std::is_same_v<decltype(MemoryListener::region_add), void (*)(MemoryListener*, Section)>);
static_assert(std::is_same_v<decltype(MemoryListener::eventfd_del),
                             void (*)(MemoryListener*, Section, bool, u64, EventNotifier*)>);
static_assert(
    std::is_same_v<decltype(MemoryListener::coalesced_mmio_del), void (*)(MemoryListener*, Section, hwaddr, hwaddr)>);
static_assert(std::is_same_v<decltype(MemoryListener::priority), unsigned>);
static_assert(std::is_same_v<decltype(MemoryListener::address_space_filter), AddressSpace*>);
static_assert(offsetof(MemoryListener, begin) == 0 &&
              offsetof(MemoryListener, commit) < offsetof(MemoryListener, region_add) &&
              offsetof(MemoryListener, region_nop) < offsetof(MemoryListener, log_start) &&
              offsetof(MemoryListener, log_sync) < offsetof(MemoryListener, log_global_start) &&
              offsetof(MemoryListener, log_global_stop) < offsetof(MemoryListener, eventfd_add) &&
              offsetof(MemoryListener, eventfd_del) < offsetof(MemoryListener, coalesced_mmio_add) &&
              offsetof(MemoryListener, coalesced_mmio_del) < offsetof(MemoryListener, priority) &&
              offsetof(MemoryListener, priority) < offsetof(MemoryListener, address_space_filter));

const MemoryRegionPortio kPorts[] = {{0, 4, 1, nullptr, nullptr}, PORTIO_END_OF_LIST()};

TEST(MemoryHeader, StructsBeginEmpty) {
  const MemoryRegion region;
  const AddressSpace space;
  const MemoryRegionSection section;
  const MemoryListener listener;
  const MemoryRegionOps ops;
  EXPECT_EQ(region.region(), nullptr);
  EXPECT_EQ(space.space(), nullptr);
  EXPECT_EQ(section.mr, nullptr);
  EXPECT_EQ(listener.commit, nullptr);
  EXPECT_EQ(ops.old_mmio.read[2], nullptr);
  EXPECT_EQ(kPorts[1].size, 0u);
}

}  // namespace
}  // namespace sc_memory::compat
