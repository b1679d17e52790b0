// Address spaces by their 2013 names: accesses, mappings, the printed tree.
#include "sc_memory/map/address_space.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "sc_memory/compat/memory.h"
#include "sc_memory/map/map_error.h"

namespace sc_memory::compat {
namespace {

using ::testing::HasSubstr;

class Space : public ::testing::Test {
 protected:
  Space() {
    memory_region_init(&root, "root", UINT64_MAX);
    memory_region_init_ram(&ram, "ram", 0x4000);
    memory_region_add_subregion(&root, 0x1000, &ram);
    MemoryRegionOps ops;
    ops.impl.max_access_size = 1;
    ops.read = [](void* opaque, hwaddr addr, unsigned) -> std::uint64_t {
      return static_cast<std::uint8_t*>(opaque)[addr];
    };
    ops.write = [](void* opaque, hwaddr addr, std::uint64_t data, unsigned) {
      static_cast<std::uint8_t*>(opaque)[addr] = static_cast<std::uint8_t>(data);
    };
    memory_region_init_io(&io, &ops, registers.data(), "io", registers.size());
    memory_region_add_subregion(&root, 0x10000, &io);
    address_space_init(&space, &root);
  }
  std::uint8_t* ram_bytes() { return static_cast<std::uint8_t*>(memory_region_get_ram_ptr(&ram)); }

  std::array<std::uint8_t, 0x1000> registers{};
  MemoryRegion root;
  MemoryRegion ram;
  MemoryRegion io;
  AddressSpace space;
};

TEST_F(Space, ReadsAndWritesAnyLength) {
  std::array<std::uint8_t, 64> out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i + 1);
  address_space_write(&space, 0x1ff0, out.data(), 64);
  std::array<std::uint8_t, 64> in{};
  address_space_read(&space, 0x1ff0, in.data(), 64);
  EXPECT_EQ(in, out);
  address_space_rw(&space, 0x10003, out.data(), 7, true);
  EXPECT_EQ(registers[9], 7);
  address_space_rw(&space, 0x10003, in.data(), 7, false);
  EXPECT_EQ(in[6], 7);
}

TEST_F(Space, AHoleReadsAsZeroAndTheRestIsCarriedOut) {
  std::array<std::uint8_t, 4> bytes{9, 9, 9, 9};
  ram_bytes()[0] = 0x42;
  address_space_read(&space, 0xffe, bytes.data(), 4);
  EXPECT_THAT(bytes, ::testing::ElementsAre(0, 0, 0x42, 0));
}

TEST_F(Space, LengthsAreNotNegative) {
  std::uint8_t byte = 1;
  EXPECT_THROW(address_space_read(&space, 0, &byte, -1), MapError);
  EXPECT_THROW(address_space_write(&space, 0, &byte, -1), MapError);
  address_space_read(&space, 0x1000, &byte, 0);
  EXPECT_EQ(byte, 1);
}

TEST_F(Space, MemoryIsMappedInPlace) {
  hwaddr length = 0x10000;
  void* const data = address_space_map(&space, 0x2000, &length, true);
  EXPECT_EQ(data, ram_bytes() + 0x1000);
  EXPECT_EQ(length, 0x3000u) << "as far as the memory goes";
  memory_region_reset_dirty(&ram, 0, 0x4000, DIRTY_MEMORY_VGA);
  address_space_unmap(&space, data, length, true, 1);
  EXPECT_TRUE(memory_region_get_dirty(&ram, 0x1000, 1, DIRTY_MEMORY_VGA));
  EXPECT_FALSE(memory_region_get_dirty(&ram, 0x2000, 0x2000, DIRTY_MEMORY_VGA));
}

TEST_F(Space, DevicesAreMappedThroughABuffer) {
  registers[4] = 0x44;
  hwaddr length = 16;
  void* data = address_space_map(&space, 0x10000, &length, false);
  EXPECT_EQ(static_cast<std::uint8_t*>(data)[4], 0x44);
  address_space_unmap(&space, data, length, false, length);
  data = address_space_map(&space, 0x10000, &length, true);
  std::memset(data, 0x55, 16);
  address_space_unmap(&space, data, length, true, 3);
  EXPECT_EQ(registers[2], 0x55);
  EXPECT_EQ(registers[3], 0);
}

TEST_F(Space, TheSameMemoryMayBeMappedTwice) {
  hwaddr length = 8;
  hwaddr shorter = 4;
  void* const first = address_space_map(&space, 0x1000, &length, false);
  void* const second = address_space_map(&space, 0x1000, &shorter, true);
  EXPECT_EQ(first, second);
  address_space_unmap(&space, second, shorter, true, 4);
  EXPECT_THROW(address_space_unmap(&space, second, shorter, true, 4), MapError);
  address_space_unmap(&space, first, length, false, 8);
  EXPECT_THROW(address_space_unmap(&space, first, length, false, 8), MapError);
}

TEST_F(Space, AnExhaustedBudgetIsSaidAndItsEndToo) {
  space.space()->mapping_budget().set_limit(16);
  hwaddr length = 16;
  void* const data = address_space_map(&space, 0x10000, &length, false);
  ASSERT_NE(data, nullptr);
  hwaddr more = 16;
  EXPECT_EQ(address_space_map(&space, 0x10000, &more, false), nullptr);
  EXPECT_EQ(more, 0u);
  int called = 0;
  const auto count = [](void* opaque) { ++*static_cast<int*>(opaque); };
  address_space_register_map_client(&space, &called, count);
  const std::uint64_t other = address_space_register_map_client(&space, &called, count);
  address_space_unregister_map_client(&space, other);
  EXPECT_EQ(called, 0);
  address_space_unmap(&space, data, length, false, 0);
  EXPECT_EQ(called, 1);
}

TEST_F(Space, MisusedMappingsAreRefused) {
  hwaddr length = 8;
  void* const data = address_space_map(&space, 0x1000, &length, true);
  EXPECT_THROW(address_space_unmap(&space, &length, 8, true, 0), MapError) << "another pointer";
  EXPECT_THROW(address_space_unmap(&space, data, 4, true, 0), MapError) << "another length";
  EXPECT_THROW(address_space_unmap(&space, data, 8, false, 0), MapError) << "another direction";
  EXPECT_THROW(address_space_unmap(&space, data, 8, true, 9), MapError) << "more than is mapped";
  address_space_unmap(&space, data, 8, true, 8);
  hwaddr nothing = 0;
  EXPECT_EQ(address_space_map(&space, 0x1000, &nothing, false), nullptr);
}

TEST_F(Space, IsMadeOnceAndDestroyedOnce) {
  EXPECT_THROW(address_space_init(&space, &root), MapError);
  address_space_destroy(&space);
  EXPECT_THROW(address_space_destroy(&space), MapError);
  EXPECT_THROW(address_space_init(nullptr, &root), MapError);
  std::uint8_t byte = 0;
  EXPECT_THROW(address_space_read(nullptr, 0, &byte, 1), MapError);
  address_space_init(&space, &root);
  EXPECT_EQ(space.space()->name(), "root");
}

TEST_F(Space, GoesWithItsOpenMappings) {
  hwaddr length = 8;
  address_space_map(&space, 0x10000, &length, true);
  address_space_destroy(&space);
  EXPECT_EQ(registers[0], 0);
}

int print_to_string(void* f, const char* fmt, ...) {
  std::array<char, 512> line;
  va_list arguments;
  va_start(arguments, fmt);
  const int length = std::vsnprintf(line.data(), line.size(), fmt, arguments);
  va_end(arguments);
  static_cast<std::string*>(f)->append(line.data());
  return length;
}

TEST_F(Space, PrintsItsTreeAndItsFlatView) {
  MemoryRegion alias;
  memory_region_init_alias(&alias, "100%alias", &ram, 0x1000, 0x1000);
  memory_region_add_subregion_overlap(&root, 0x8000, &alias, 3);
  std::string text;
  mtree_info(print_to_string, &text);
  EXPECT_THAT(text, HasSubstr("address-space: root"));
  EXPECT_THAT(text, HasSubstr("0000000000001000-0000000000004fff (prio 0, ram): ram"));
  EXPECT_THAT(text, HasSubstr("(prio 3, ram): alias 100%alias @ram 0000000000001000-0000000000001fff"));
  EXPECT_THAT(text, HasSubstr("FlatView"));
  EXPECT_THAT(text, HasSubstr("ffffffffffffffff (prio 0, i/o): root"));
}

}  // namespace
}  // namespace sc_memory::compat
