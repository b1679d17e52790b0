// The tree: what may be linked and what not, with the whole message; and that a refusal changes nothing.
#include "sc_memory/map/memory_region.h"

#include <gtest/gtest.h>
#include <memory>

#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/map_error_of.h"
#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::map_error_of;
using testing::short_text;
using testing::TestIo;

TEST(MemoryRegion, SiblingsAddedWithoutAPriorityMustNotOverlap) {
  Container root("root", 0x10000);
  TestIo uart("uart", 0x100), timer("timer", 0x100), top("top", 0x100);
  AddressSpace space("space", root);
  root.add(0x1000, uart);
  const std::string before = mtree_text();
  EXPECT_EQ(
      map_error_of([&] { root.add(0x10ff, timer); }),
      "'timer' at [0x10ff-0x11fe] would overlap 'uart' [0x1000-0x10ff] in 'root'; add both elsewhere, or one with "
      "a priority");
  EXPECT_EQ(mtree_text(), before);
  EXPECT_EQ(timer.parent(), nullptr);
  root.add(0x1100, timer);
  root.add(0x10f0, top, Priority{0});
  EXPECT_EQ(
      map_error_of([&] { timer.set_address(0x1001); }),
      "'timer' at [0x1001-0x1100] would overlap 'uart' [0x1000-0x10ff] in 'root'; add both elsewhere, or one with "
      "a priority");
  EXPECT_EQ(timer.address(), 0x1100U);
  EXPECT_EQ(
      map_error_of([&] { uart.set_size(0x101); }),
      "'uart' at [0x1000-0x1100] would overlap 'timer' [0x1100-0x11ff] in 'root'; add both elsewhere, or one with "
      "a priority");
  EXPECT_EQ(uart.size(), 0x100U);
  top.set_address(0x1000);
}

TEST(MemoryRegion, ARegionHasOneParent) {
  Container first("first", 0x1000), second("second", 0x1000);
  TestIo uart("uart", 0x10);
  first.add(0x20, uart);
  EXPECT_EQ(map_error_of([&] { second.add(0, uart); }),
            "cannot add 'uart' [0x20-0x2f] to 'second': it is already in 'first'; remove it there first, or add an "
            "alias of it");
  EXPECT_EQ(uart.parent(), &first);
  EXPECT_EQ(uart.address(), 0x20U);
}

TEST(MemoryRegion, OnlyAChildCanBeRemoved) {
  Container first("first", 0x1000), second("second", 0x1000);
  TestIo uart("uart", 0x10);
  EXPECT_EQ(map_error_of([&] { first.remove(uart); }), "cannot remove 'uart' from 'first': it is in no region");
  second.add(0, uart);
  EXPECT_EQ(map_error_of([&] { first.remove(uart); }),
            "cannot remove 'uart' [0x0-0xf] from 'first': it is in 'second'");
  second.remove(uart);
  EXPECT_EQ(uart.parent(), nullptr);
  EXPECT_TRUE(second.children().empty());
}

TEST(MemoryRegion, CyclesAreRefusedByName) {
  Container a("a", 0x1000), b("b", 0x1000), c("c", 0x1000);
  EXPECT_EQ(map_error_of([&] { a.add(0, a); }), "cannot add 'a' to 'a': that would close the cycle 'a' -> 'a'");
  a.add(0, b);
  b.add(0, c);
  EXPECT_EQ(map_error_of([&] { c.add(0, a); }),
            "cannot add 'a' to 'c': that would close the cycle 'a' -> 'b' -> 'c' -> 'a'");
}

TEST(MemoryRegion, CyclesThroughAliasesAreRefusedByName) {
  Container a("a", 0x1000), b("b", 0x1000);
  AliasRegion of_a("of a", a, 0, 0x1000), of_alias("of alias", of_a, 0, 0x1000);
  a.add(0, b);
  EXPECT_EQ(map_error_of([&] { b.add(0, of_a); }),
            "cannot add 'of a' to 'b': that would close the cycle 'of a' -> 'a' -> 'b' -> 'of a'");
  EXPECT_EQ(map_error_of([&] { b.add(0, of_alias); }),
            "cannot add 'of alias' to 'b': that would close the cycle 'of alias' -> 'of a' -> 'a' -> 'b' -> 'of "
            "alias'");
  EXPECT_TRUE(b.children().empty());
}

TEST(MemoryRegion, TheSettersDoWhatTheySayAndNothingWhenNothingChanges) {
  Container root("root", 0x10000);
  TestIo uart("uart", 0x10);
  AddressSpace space("space", root);
  root.add(0x1000, uart);
  const std::uint64_t generation = space.generation();
  uart.set_enabled(true);
  uart.set_readonly(false);
  uart.set_address(0x1000);
  uart.set_size(0x10);
  EXPECT_EQ(space.generation(), generation);
  uart.set_address(0x2000);
  EXPECT_EQ(short_text(space), "2000-200f uart");
  uart.set_size(0x20);
  EXPECT_EQ(short_text(space), "2000-201f uart");
  uart.set_enabled(false);
  EXPECT_EQ(short_text(space), "");
  EXPECT_EQ(space.generation(), generation + 3);
}

TEST(MemoryRegion, WithoutAParentOnlyTheAddressIsRemembered) {
  TestIo uart("uart", 0x10);
  uart.set_address(0x1234);
  EXPECT_EQ(uart.address(), 0x1234U);
}

TEST(MemoryRegion, ADestroyedRegionLeavesItsPlaceAndItsAliasesBecomeHoles) {
  Container root("root", 0x10000);
  auto ram = std::make_unique<RamRegion>("ram", 0x1000);
  auto alias = std::make_unique<AliasRegion>("alias", *ram, 0, 0x1000);
  AddressSpace space("space", root);
  root.add(0, *ram);
  root.add(0x4000, *alias);
  EXPECT_EQ(short_text(space), "0-fff ram, 4000-4fff ram");
  ram.reset();
  EXPECT_EQ(short_text(space), "");
  EXPECT_EQ(alias->target(), nullptr);
  EXPECT_EQ(root.children(), std::vector<MemoryRegion*>{alias.get()});
  alias.reset();
  EXPECT_TRUE(root.children().empty());
}

TEST(MemoryRegion, ADestroyedParentLetsItsChildrenGo) {
  auto root = std::make_unique<Container>("root", 0x10000);
  auto inner = std::make_unique<TestIo>("inner", 0x1000);
  TestIo uart("uart", 0x10);
  AddressSpace space("space", *root);
  root->add(0, *inner);
  inner->add(0x20, uart);
  inner.reset();
  EXPECT_EQ(short_text(space), "");
  EXPECT_EQ(uart.parent(), nullptr);
  root->add(0x40, uart);
  EXPECT_EQ(short_text(space), "40-4f uart");
  root.reset();
  EXPECT_EQ(uart.parent(), nullptr);
  EXPECT_EQ(space.root(), nullptr);
  EXPECT_TRUE(space.view().ranges().empty());
}

TEST(MemoryRegion, ARegionDestroyedInsideATransactionLeavesTheViewAtOnceAndAlone) {
  Container root("root", 0x10000);
  auto ram = std::make_unique<RamRegion>("ram", 0x1000);
  TestIo uart("uart", 0x10), below("below", 0x1000);
  AddressSpace space("space", root);
  root.add(0, *ram, Priority{1});
  root.add(0, below);
  root.add(0x4000, uart);
  {
    MapTransaction change;
    uart.set_enabled(false);
    root.remove(*ram);
    ram.reset();
    EXPECT_EQ(short_text(space), "4000-400f uart") << "a hole; the rest of the transaction is not visible yet";
    std::uint8_t byte = 0;
    EXPECT_EQ(space.read(0, &byte, 1), AccessResult::unmapped);
  }
  EXPECT_EQ(short_text(space), "0-fff below");
}

}  // namespace
}  // namespace sc_memory
