// The printed tree and flat view, line by line. Whole machines are compared in mtree_import_test.cpp.
#include "sc_memory/map/map_text.h"

#include <gtest/gtest.h>
#include <memory>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"

namespace sc_memory {
namespace {

using testing::test_device;
using testing::TestIo;

TEST(MapText, PrintsEveryKindWithItsRangePriorityAndName) {
  Container system("system");
  RamRegion ram("ram", 64_KiB);
  RomRegion rom("boot", 4_KiB);
  RomDeviceRegion flash("flash", 4_KiB, test_device());
  TestIo uart("uart", 8);
  ReservedRegion reserved("reserved", 4_KiB);
  AliasRegion shadow("shadow", rom, 0x100, 0x200);
  system.add(0x80000000, ram);
  system.add(0x1000, rom);
  system.add(0x20000000, flash);
  system.add(0x10000000, uart);
  system.add(0x30000000, reserved);
  system.add(0, shadow, Priority{-7});
  AddressSpace memory("memory", system);
  EXPECT_EQ(
      tree_text(memory),
      "address-space: memory\n"
      "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n"
      "    0000000000000000-00000000000001ff (prio -7, rom): alias shadow @boot 0000000000000100-00000000000002ff\n"
      "    0000000000001000-0000000000001fff (prio 0, rom): boot\n"
      "    0000000010000000-0000000010000007 (prio 0, i/o): uart\n"
      "    0000000020000000-0000000020000fff (prio 0, romd): flash\n"
      "    0000000030000000-0000000030000fff (prio 0, i/o): reserved\n"
      "    0000000080000000-000000008000ffff (prio 0, ram): ram\n"
      "\n"
      "memory-region: boot\n"
      "  0000000000001000-0000000000001fff (prio 0, rom): boot\n"
      "\n");
  EXPECT_EQ(flat_text(memory),
            "FlatView #0\n"
            " AS \"memory\", root: system\n"
            " Root memory region: system\n"
            "  0000000000000000-00000000000001ff (prio 0, rom): boot @0000000000000100\n"
            "  0000000000001000-0000000000001fff (prio 0, rom): boot\n"
            "  0000000010000000-0000000010000007 (prio 0, i/o): uart\n"
            "  0000000020000000-0000000020000fff (prio 0, romd): flash\n"
            "  0000000030000000-0000000030000fff (prio 0, i/o): reserved\n"
            "  0000000080000000-000000008000ffff (prio 0, ram): ram\n"
            "\n");
}

TEST(MapText, KindsFollowTheStateOfTheRegion) {
  RamRegion ram("ram", 64_KiB);
  EXPECT_STREQ(mtree_kind(ram), "ram");
  ram.set_readonly(true);
  EXPECT_STREQ(mtree_kind(ram), "rom");
  RomDeviceRegion flash("flash", 4_KiB, test_device());
  EXPECT_STREQ(mtree_kind(flash), "romd");
  flash.set_readable(false);
  EXPECT_STREQ(mtree_kind(flash), "i/o");
  AliasRegion alias("alias", ram, 0, 4_KiB);
  AliasRegion alias_of_alias("alias of alias", alias, 0, 4_KiB);
  EXPECT_STREQ(mtree_kind(alias_of_alias), "rom");
}

TEST(MapText, AReadOnlyViewOfMemoryIsRomAndOneOfADeviceStaysIo) {
  Container system("system", 64_KiB);
  RamRegion ram("ram", 4_KiB);
  TestIo uart("uart", 8);
  system.add(0, ram);
  system.add(0x2000, uart);
  system.set_readonly(true);
  AddressSpace memory("memory", system);
  EXPECT_EQ(flat_text(memory),
            "FlatView #0\n"
            " AS \"memory\", root: system\n"
            " Root memory region: system\n"
            "  0000000000000000-0000000000000fff (prio 0, rom): ram\n"
            "  0000000000002000-0000000000002007 (prio 0, i/o): uart\n"
            "\n");
}

TEST(MapText, SpacesOfOneRootAreOneSectionWithSortedNames) {
  Container system("system", 0x100);
  Container other("io", 0x10);
  AddressSpace memory("memory", system);
  AddressSpace io("I/O", other);
  AddressSpace cpu("cpu", system);
  EXPECT_EQ(tree_text({&memory, &io, &cpu}),
            "address-space: cpu\n"
            "address-space: memory\n"
            "  0000000000000000-00000000000000ff (prio 0, i/o): system\n"
            "\n"
            "address-space: I/O\n"
            "  0000000000000000-000000000000000f (prio 0, i/o): io\n"
            "\n");
}

TEST(MapText, AllSpacesOfTheProcessAreInTheOrderOfTheirCreation) {
  Container system("system", 0x100);
  Container other("io", 0x10);
  AddressSpace memory("memory", system);
  AddressSpace io("I/O", other);
  EXPECT_EQ(all_spaces(), (std::vector<const AddressSpace*>{&memory, &io}));
  EXPECT_EQ(mtree_text(), tree_text({&memory, &io}));
  EXPECT_EQ(mtree_flat_text(), flat_text({&memory, &io}));
}

TEST(MapText, SiblingsAreSortedByAddressThenPriorityThenByWhoHidesWhom) {
  Container system("system", 64_KiB);
  TestIo low("low", 0x10), first("first", 0x20), second("second", 0x20), above("above", 0x20);
  system.add(0x100, first, Priority{0});
  system.add(0x100, second, Priority{0});
  system.add(0x100, above, Priority{1});
  system.add(0x0, low, Priority{-5});
  AddressSpace memory("memory", system);
  EXPECT_EQ(tree_text(memory),
            "address-space: memory\n"
            "  0000000000000000-000000000000ffff (prio 0, i/o): system\n"
            "    0000000000000000-000000000000000f (prio -5, i/o): low\n"
            "    0000000000000100-000000000000011f (prio 1, i/o): above\n"
            "    0000000000000100-000000000000011f (prio 0, i/o): second\n"
            "    0000000000000100-000000000000011f (prio 0, i/o): first\n"
            "\n");
}

TEST(MapText, TargetsAreSectionsInTheOrderOfTheirFirstMentionAndMentionFurtherOnes) {
  Container system("system", 64_KiB), inner("inner", 4_KiB);
  RamRegion ram("ram", 4_KiB);
  AliasRegion to_inner("to-inner", inner, 0, 4_KiB), to_ram("to-ram", ram, 0, 4_KiB), again("again", inner, 0, 4_KiB);
  inner.add(0, to_ram);
  system.add(0x1000, to_inner);
  system.add(0x4000, again);
  AddressSpace memory("memory", system);
  EXPECT_EQ(
      tree_text(memory),
      "address-space: memory\n"
      "  0000000000000000-000000000000ffff (prio 0, i/o): system\n"
      "    0000000000001000-0000000000001fff (prio 0, i/o): alias to-inner @inner 0000000000000000-0000000000000fff\n"
      "    0000000000004000-0000000000004fff (prio 0, i/o): alias again @inner 0000000000000000-0000000000000fff\n"
      "\n"
      "memory-region: inner\n"
      "  0000000000000000-0000000000000fff (prio 0, i/o): inner\n"
      "    0000000000000000-0000000000000fff (prio 0, ram): alias to-ram @ram 0000000000000000-0000000000000fff\n"
      "\n"
      "memory-region: ram\n"
      "  0000000000000000-0000000000000fff (prio 0, ram): ram\n"
      "\n");
}

TEST(MapText, ASectionOfARegionInsideATreeSaysWhereItLiesInItsParent) {
  Container system("system", 64_KiB), pci("pci", 4_KiB);
  TestIo bar("bar", 0x10);
  AliasRegion window("window", pci, 0, 4_KiB);
  system.add(0x1000, pci, Priority{-1});
  pci.add(0x20, bar);
  system.add(0x8000, window);
  AddressSpace memory("memory", system);
  EXPECT_EQ(tree_text(memory),
            "address-space: memory\n"
            "  0000000000000000-000000000000ffff (prio 0, i/o): system\n"
            "    0000000000001000-0000000000001fff (prio -1, i/o): pci\n"
            "      0000000000001020-000000000000102f (prio 0, i/o): bar\n"
            "    0000000000008000-0000000000008fff (prio 0, i/o): alias window @pci 0000000000000000-0000000000000fff\n"
            "\n"
            "memory-region: pci\n"
            "  0000000000001000-0000000000001fff (prio -1, i/o): pci\n"
            "    0000000000001020-000000000000102f (prio 0, i/o): bar\n"
            "\n");
}

TEST(MapText, ASpaceShowsItsRootFromAddressZeroWhereverElseTheRootLies) {
  Container system("system", 64_KiB), pci("pci", 4_KiB);
  TestIo bar("bar", 0x10);
  system.add(0x1000, pci);
  pci.add(0x20, bar);
  AddressSpace space("pci", pci);
  EXPECT_EQ(tree_text(space),
            "address-space: pci\n"
            "  0000000000000000-0000000000000fff (prio 0, i/o): pci\n"
            "    0000000000000020-000000000000002f (prio 0, i/o): bar\n"
            "\n");
}

TEST(MapText, MarksDisabledRegionsAndStillPrintsWhatIsBelow) {
  Container system("system", 0x100), pm("pm", 0x40);
  TestIo timer("timer", 4);
  AliasRegion alias("alias", timer, 0, 4);
  system.add(0, pm);
  pm.add(8, timer);
  pm.add(12, alias);
  pm.set_enabled(false);
  alias.set_enabled(false);
  AddressSpace io("I/O", system);
  EXPECT_EQ(
      tree_text(io),
      "address-space: I/O\n"
      "  0000000000000000-00000000000000ff (prio 0, i/o): system\n"
      "    0000000000000000-000000000000003f (prio 0, i/o): pm [disabled]\n"
      "      0000000000000008-000000000000000b (prio 0, i/o): timer\n"
      "      000000000000000c-000000000000000f (prio 0, i/o): alias alias @timer 0000000000000000-0000000000000003 "
      "[disabled]\n"
      "\n"
      "memory-region: timer\n"
      "  0000000000000008-000000000000000b (prio 0, i/o): timer\n"
      "\n");
}

TEST(MapText, RegionsThatReachBeyondTheTopAreMarked) {
  Container system("system"), high("high");
  TestIo uart("uart", 8);
  system.add(0x1000, high);
  high.add(0xffff'ffff'ffff'f800, uart);
  AddressSpace memory("memory", system);
  EXPECT_EQ(tree_text(memory),
            "address-space: memory\n"
            "  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n"
            "[DETECTED OVERFLOW!]     0000000000001000-0000000000000fff (prio 0, i/o): high\n"
            "[DETECTED OVERFLOW!]       0000000000000800-0000000000000807 (prio 0, i/o): uart\n"
            "\n");
}

TEST(MapText, AnEmptyRegionAndAnAliasOfADestroyedTargetAreMarked) {
  Container system("system", 0x100), nothing("nothing", 0);
  auto ram = std::make_unique<RamRegion>("ram", 0x10);
  AliasRegion alias("alias", *ram, 0, 0x10);
  system.add(0x20, nothing);
  system.add(0x40, alias);
  ram.reset();
  AddressSpace memory("memory", system);
  EXPECT_EQ(
      tree_text(memory),
      "address-space: memory\n"
      "  0000000000000000-00000000000000ff (prio 0, i/o): system\n"
      "    0000000000000020-0000000000000020 (prio 0, i/o): nothing [empty]\n"
      "    0000000000000040-000000000000004f (prio 0, i/o): alias alias @(none) 0000000000000000-000000000000000f\n"
      "\n");
}

TEST(MapText, ASpaceWhoseRootIsGoneIsStillPrinted) {
  auto system = std::make_unique<Container>("system");
  AddressSpace memory("memory", *system);
  system.reset();
  EXPECT_EQ(tree_text(memory), "address-space: memory\n\n");
  EXPECT_EQ(flat_text(memory),
            "FlatView #0\n"
            " AS \"memory\", root: (none)\n"
            " Root memory region: (none)\n"
            "  No rendered FlatView\n"
            "\n");
}

TEST(MapText, ViewsAreSharedThroughWholeAliasesAndContainersOfOneChild) {
  Container system("system"), master("bus master container"), off("off");
  RamRegion ram("ram", 0x1000);
  AliasRegion all("bus master", system, 0, kWholeSpace), none("bus master", system, 0, kWholeSpace);
  system.add(0, ram);
  master.add(0, all);
  off.add(0, none);
  none.set_enabled(false);
  AddressSpace memory("memory", system), dma("dma", master), idle("idle", off);
  EXPECT_EQ(view_root(&master), &ram) << "the system holds nothing but the RAM";
  EXPECT_EQ(flat_text({&memory, &dma, &idle}),
            "FlatView #0\n"
            " AS \"memory\", root: system\n"
            " AS \"dma\", root: bus master container\n"
            " Root memory region: ram\n"
            "  0000000000000000-0000000000000fff (prio 0, ram): ram\n"
            "\n"
            "FlatView #1\n"
            " AS \"idle\", root: off\n"
            " Root memory region: (none)\n"
            "  No rendered FlatView\n"
            "\n");
}

TEST(MapText, AViewIsNotSharedWithWhatAddsReadOnlyOrAnOffset) {
  Container system("system", 0x2000), protecting("protecting", 0x2000);
  RamRegion ram("ram", 0x1000);
  TestIo uart("uart", 8);
  AliasRegion readonly("readonly", system, 0, 0x2000), part("part", system, 0, 0x1000),
      later("later", system, 8, 0x2000);
  system.add(0, ram);
  system.add(0x1000, uart);
  readonly.set_readonly(true);
  protecting.add(0, readonly);
  EXPECT_EQ(view_root(&system), &system);
  EXPECT_EQ(view_root(&protecting), &readonly);
  EXPECT_EQ(view_root(&part), &part);
  EXPECT_EQ(view_root(&later), &later);
  EXPECT_EQ(view_root(nullptr), nullptr);
}

}  // namespace
}  // namespace sc_memory
