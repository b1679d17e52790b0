// What a tree shows: the rules of rendering, each by an example.
#include "sc_memory/map/render.h"

#include <gtest/gtest.h>

#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::short_text;
using testing::test_device;
using testing::TestIo;

std::string shown(const MemoryRegion& root) { return short_text(render(&root)); }

TEST(Render, HolesOfAContainerShowWhatLiesBelow) {
  Container a("A", 0x8000), b("B", 0x4000);
  TestIo c("C", 0x6000), d("D", 0x1000), e("E", 0x1000);
  a.add(0, c, Priority{1});
  a.add(0x2000, b, Priority{2});
  b.add(0, d);
  b.add(0x2000, e);
  EXPECT_EQ(shown(a), "0-1fff C, 2000-2fff D, 3000-3fff C@3000, 4000-4fff E, 5000-5fff C@5000");
}

TEST(Render, ARegionThatIsBackedIsTheBackgroundOfItsChildren) {
  Container a("A", 0x8000);
  TestIo b("B", 0x4000), c("C", 0x6000), d("D", 0x1000), e("E", 0x1000);
  a.add(0, c, Priority{1});
  a.add(0x2000, b, Priority{2});
  b.add(0, d);
  b.add(0x2000, e);
  EXPECT_EQ(shown(a), "0-1fff C, 2000-2fff D, 3000-3fff B@1000, 4000-4fff E, 5000-5fff B@3000");
}

TEST(Render, MemoryAndReservationsMayHaveChildrenToo) {
  RamRegion ram("ram", 0x3000);
  ReservedRegion reserved("reserved", 0x1000);
  TestIo uart("uart", 0x10);
  ram.add(0x1000, reserved);
  reserved.add(0x20, uart);
  EXPECT_EQ(shown(ram), "0-fff ram, 1000-101f reserved, 1020-102f uart, 1030-1fff reserved@30, 2000-2fff ram@2000");
}

TEST(Render, OfEqualPrioritiesTheMostRecentlyAddedWins) {
  Container root("root", 0x1000);
  TestIo first("first", 0x20), second("second", 0x20);
  root.add(0, first, Priority{0});
  root.add(0x10, second, Priority{0});
  EXPECT_EQ(shown(root), "0-f first, 10-2f second");
  root.remove(first);
  root.add(0, first, Priority{0});
  EXPECT_EQ(shown(root), "0-1f first, 20-2f second@10");
}

TEST(Render, ARegionThatMovesIsTheMostRecentlyAdded) {
  Container root("root", 0x1000);
  TestIo first("first", 0x20), second("second", 0x20);
  root.add(0, first, Priority{0});
  root.add(0x10, second, Priority{0});
  first.set_address(8);
  EXPECT_EQ(shown(root), "8-27 first, 28-2f second@18");
  second.set_address(0x10);
  EXPECT_EQ(shown(root), "8-27 first, 28-2f second@18") << "it did not move";
}

TEST(Render, PrioritiesAreSignedAndComparedAmongSiblingsOnly) {
  Container root("root", 0x1000), low("low", 0x1000);
  TestIo top("top", 0x10), negative("negative", 0x40), plain("plain", 0x20);
  root.add(0, low, Priority{-1});
  low.add(0, top, Priority{1000});
  root.add(0, negative, Priority{-5});
  root.add(0, plain);
  EXPECT_EQ(shown(root), "0-1f plain, 20-3f negative@20");
  root.remove(plain);
  EXPECT_EQ(shown(root), "0-f top, 10-3f negative@10");
}

TEST(Render, ADisabledRegionAndAllBelowItHidesNothing) {
  Container root("root", 0x1000), card("card", 0x1000);
  TestIo bar("bar", 0x10), below("below", 0x1000);
  root.add(0, below);
  root.add(0, card, Priority{1});
  card.add(0, bar);
  card.set_enabled(false);
  EXPECT_EQ(shown(root), "0-fff below");
  card.set_enabled(true);
  bar.set_enabled(false);
  EXPECT_EQ(shown(root), "0-fff below");
}

TEST(Render, ReadOnlyIsInheritedThroughParentsAndAliasesOntoDevicesToo) {
  Container root("root", 0x10000), inner("inner", 0x2000);
  RamRegion ram("ram", 0x1000);
  TestIo uart("uart", 0x10);
  AliasRegion view("view", inner, 0, 0x2000);
  inner.add(0, ram);
  inner.add(0x1000, uart);
  view.set_readonly(true);
  root.add(0, inner);
  root.add(0x8000, view);
  EXPECT_EQ(shown(root), "0-fff ram, 1000-100f uart, 8000-8fff ram ro, 9000-900f uart ro");
  ram.set_readonly(true);
  EXPECT_EQ(shown(root), "0-fff ram ro, 1000-100f uart, 8000-8fff ram ro, 9000-900f uart ro");
  root.set_readonly(true);
  EXPECT_EQ(shown(root), "0-fff ram ro, 1000-100f uart ro, 8000-8fff ram ro, 9000-900f uart ro");
}

TEST(Render, AnAliasTakesTheTargetsOwnStateButNotThatOfItsParents) {
  Container root("root", 0x10000), off("off", 0x1000);
  RamRegion ram("ram", 0x1000);
  AliasRegion view("view", ram, 0x800, 0x100);
  off.add(0, ram);
  root.add(0, off);
  root.add(0x4000, view);
  off.set_enabled(false);
  off.set_readonly(true);
  EXPECT_EQ(shown(root), "4000-40ff ram@800");
  ram.set_enabled(false);
  EXPECT_EQ(shown(root), "");
}

TEST(Render, AnAliasIsCutAtItsWindowAndAtTheTargetsEnd) {
  Container root("root", 0x10000);
  RamRegion ram("ram", 0x1000);
  AliasRegion overshoot("overshoot", ram, 0xc00, 0x1000), beyond("beyond", ram, 0x1000, 0x1000);
  root.add(0, overshoot);
  root.add(0x4000, beyond);
  EXPECT_EQ(shown(root), "0-3ff ram@c00");
}

TEST(Render, AnAliasMayHaveItsBaseBelowZero) {
  Container root("root");
  RamRegion ram("ram", 0x10000);
  AliasRegion view("view", ram, 0x8000, 0x1000);
  root.add(0x100, view);
  EXPECT_EQ(shown(root), "100-10ff ram@8000") << "the target's first byte would lie at -0x7f00";
}

TEST(Render, AnAliasShowsChildrenAndCutsThem) {
  Container root("root", 0x10000), bus("bus", 0x4000);
  TestIo low("low", 0x1000), high("high", 0x1000);
  bus.add(0x800, low);
  bus.add(0x2000, high);
  AliasRegion window("window", bus, 0x1000, 0x1800);
  root.add(0, window);
  EXPECT_EQ(shown(root), "0-7ff low@800, 1000-17ff high");
}

TEST(Render, AliasesOfAliasesAddTheirOffsetsAndCutTheirWindows) {
  Container root("root", 0x10000);
  RamRegion ram("ram", 0x10000);
  AliasRegion inner("inner", ram, 0x4000, 0x1000), outer("outer", inner, 0x800, 0x1000);
  root.add(0x2000, outer);
  EXPECT_EQ(shown(root), "2000-27ff ram@4800");
  outer.set_alias_offset(0);
  EXPECT_EQ(shown(root), "2000-2fff ram@4000");
  inner.set_alias_offset(0x8000);
  EXPECT_EQ(shown(root), "2000-2fff ram@8000");
}

TEST(Render, ARegionMayShowInManyPlaces) {
  Container root("root", 0x10000);
  RamRegion ram("ram", 0x1000);
  AliasRegion first("first", ram, 0, 0x1000), second("second", ram, 0, 0x1000);
  root.add(0, ram);
  root.add(0x1000, first);
  root.add(0x2000, second);
  EXPECT_EQ(shown(root), "0-fff ram, 1000-1fff ram, 2000-2fff ram");
}

TEST(Render, TheWholeSpaceIsAnOrdinaryRange) {
  Container root("root");
  TestIo everything("everything", kWholeSpace), last("last", 1);
  root.add(0, everything, Priority{-1});
  EXPECT_EQ(shown(root), "0-ffffffffffffffff everything");
  root.add(UINT64_MAX, last);
  EXPECT_EQ(shown(root), "0-fffffffffffffffe everything, ffffffffffffffff-ffffffffffffffff last");
  everything.set_enabled(false);
  EXPECT_EQ(shown(root), "ffffffffffffffff-ffffffffffffffff last");
}

TEST(Render, WhatReachesBeyondTheTopIsCut) {
  Container root("root"), high("high");
  TestIo uart("uart", 0x1000);
  AliasRegion view("view", uart, 0x800, kWholeSpace);
  root.add(0xffff'ffff'ffff'fc00, high);
  high.add(0, uart);
  EXPECT_EQ(shown(root), "fffffffffffffc00-ffffffffffffffff uart");
  high.set_address(0);
  root.add(UINT64_MAX - 0xff, view, Priority{1});
  EXPECT_EQ(shown(root), "0-fff uart, ffffffffffffff00-ffffffffffffffff uart@800");
}

TEST(Render, EverythingIsCutAtItsParentsEnd) {
  Container root("root", 0x1000), inner("inner", 0x80);
  TestIo uart("uart", 0x100);
  root.add(0xf80, inner);
  inner.add(0x40, uart);
  EXPECT_EQ(shown(root), "fc0-fff uart");
  inner.set_size(0x40);
  EXPECT_EQ(shown(root), "");
}

TEST(Render, RegionsOfSizeZeroShowNothing) {
  Container root("root", 0x1000), empty("empty", 0);
  TestIo uart("uart", 0x10), none("none", 0);
  root.add(0, empty);
  root.add(0, none);
  empty.add(0, uart);
  EXPECT_EQ(shown(root), "");
}

TEST(Render, NeighboursMergeOnlyIfNothingTellsThemApart) {
  Container root("root", 0x10000), other("other", 0x10000);
  RamRegion ram("ram", 0x2000);
  AliasRegion low("low", ram, 0, 0x1000), high("high", ram, 0x1000, 0x1000);
  root.add(0, low);
  root.add(0x1000, high);
  EXPECT_EQ(shown(root), "0-1fff ram");
  high.set_readonly(true);
  EXPECT_EQ(shown(root), "0-fff ram, 1000-1fff ram@1000 ro");
  high.set_readonly(false);
  high.set_alias_offset(0xfff);
  EXPECT_EQ(shown(root), "0-fff ram, 1000-1fff ram@fff");
}

TEST(Render, TheLogMaskAndTheModeOfARomDeviceAreInTheView) {
  RamRegion ram("ram", 0x1000);
  ram.set_log(DirtyClient::vga, true);
  EXPECT_EQ(render(&ram).ranges().front().log_mask, 1);
  EXPECT_EQ(render(&ram, 8).ranges().front().log_mask, 9) << "the global log adds to RAM";
  RomDeviceRegion flash("flash", 0x1000, test_device());
  EXPECT_EQ(render(&flash, 8).ranges().front().log_mask, 0);
  EXPECT_TRUE(render(&flash).ranges().front().direct_reads);
  EXPECT_FALSE(render(&flash).ranges().front().direct_writes);
  flash.set_readable(false);
  EXPECT_FALSE(render(&flash).ranges().front().direct_reads);
}

TEST(Render, NothingRendersToNothing) { EXPECT_TRUE(render(nullptr).ranges().empty()); }

}  // namespace
}  // namespace sc_memory
