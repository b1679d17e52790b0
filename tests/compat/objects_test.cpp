// The 2013 structs and the C++ objects in one map.
#include "sc_memory/compat/objects.h"

#include <gtest/gtest.h>
#include <memory>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory::compat {
namespace {

TEST(Objects, CxxRegionsShowInSectionsToo) {
  MemoryRegion root;
  memory_region_init(&root, "root", UINT64_MAX);
  RamRegion ram("modern", 0x1000);
  static_cast<Container*>(root.region())->add(0x1000, ram);
  AddressSpace space;
  address_space_init(&space, &root);
  const MemoryRegionSection section = memory_region_find(&root, 0, 0x2000);
  ASSERT_NE(section.mr, nullptr);
  EXPECT_EQ(section.mr->region(), &ram);
  EXPECT_STREQ(memory_region_name(section.mr), "modern");
  EXPECT_EQ(memory_region_find(&root, 0, 0x2000).mr, section.mr) << "one struct an object";
}

TEST(Objects, CxxSpacesShowInSectionsToo) {
  MemoryRegion root;
  MemoryRegion ram;
  memory_region_init(&root, "root", UINT64_MAX);
  memory_region_init_ram(&ram, "ram", 0x1000);
  memory_region_add_subregion(&root, 0, &ram);
  sc_memory::AddressSpace space("modern", *root.region());
  const MemoryRegionSection section = memory_region_find(&root, 0, 1);
  ASSERT_NE(section.address_space, nullptr);
  EXPECT_EQ(section.address_space->space(), &space);
  hwaddr length = 4;
  void* const data = address_space_map(section.address_space, 0, &length, true);
  EXPECT_EQ(data, memory_region_get_ram_ptr(&ram));
  address_space_unmap(section.address_space, data, length, true, 4);
}

TEST(Objects, AnAddressThatIsUsedAgainFindsItsNewObject) {
  MemoryRegion root;
  memory_region_init(&root, "root", UINT64_MAX);
  alignas(RamRegion) unsigned char place[sizeof(RamRegion)];
  auto* first = new (place) RamRegion("first", 0x1000);
  static_cast<Container*>(root.region())->add(0, *first);
  EXPECT_STREQ(memory_region_name(memory_region_find(&root, 0, 1).mr), "first");
  first->~RamRegion();
  auto* second = new (place) RamRegion("second", 0x1000);
  static_cast<Container*>(root.region())->add(0, *second);
  EXPECT_STREQ(memory_region_name(memory_region_find(&root, 0, 1).mr), "second");
  second->~RamRegion();
}

TEST(Objects, ListenersKnowASpaceWhileItIsMade) {
  MemoryRegion root;
  MemoryRegion ram;
  memory_region_init(&root, "root", UINT64_MAX);
  memory_region_init_ram(&ram, "ram", 0x1000);
  memory_region_add_subregion(&root, 0, &ram);
  struct Listener {
    MemoryListener hooks;
    AddressSpace* space = nullptr;
    sc_memory::AddressSpace* behind = nullptr;
    MemoryRegion* deleted = nullptr;
  } listener;
  listener.hooks.region_add = [](MemoryListener* hooks, MemoryRegionSection* section) {
    auto& self = *reinterpret_cast<Listener*>(hooks);
    self.space = section->address_space;
    self.behind = section->address_space->space();
  };
  listener.hooks.region_del = [](MemoryListener* hooks, MemoryRegionSection* section) {
    reinterpret_cast<Listener*>(hooks)->deleted = section->mr;
  };
  memory_listener_register(&listener.hooks, nullptr);
  AddressSpace space;
  address_space_init(&space, &root);
  EXPECT_EQ(listener.space, &space);
  EXPECT_EQ(listener.behind, space.space());
  {
    MemoryRegion going;
    memory_region_init_ram(&going, "going", 0x100);
    memory_region_add_subregion(&root, 0x8000, &going);
    MemoryRegion* const expected = &going;
    memory_region_del_subregion(&root, &going);
    EXPECT_EQ(listener.deleted, expected);
  }
  memory_listener_unregister(&listener.hooks);
}

TEST(Objects, AFailedSpaceLeavesItsStructUnused) {
  MemoryRegion root;
  MemoryRegion ram;
  memory_region_init(&root, "root", UINT64_MAX);
  memory_region_init_ram(&ram, "ram", 0x1000);
  memory_region_add_subregion(&root, 0, &ram);
  class Thrower : public sc_memory::MemoryListener {
   public:
    void region_add(const Section& section) override {
      if (!section.space->name().empty()) throw std::runtime_error("no");
    }
  } thrower;
  MemoryRegion empty;
  memory_region_init(&empty, "", 0);
  thrower.listen_to_all();
  AddressSpace space;
  EXPECT_THROW(address_space_init(&space, &root), std::runtime_error);
  EXPECT_EQ(space.space(), nullptr);
  thrower.stop_listening();
  address_space_init(&space, &root);
  EXPECT_NE(space.space(), nullptr);
}

}  // namespace
}  // namespace sc_memory::compat
