// Regions that are shown inside themselves, elsewhere: what such a map shows, and which changes are refused because
// rendering would not come to an end of it.
#include <gtest/gtest.h>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/map/render.h"

#include "tests/map/map_error_of.h"
#include "tests/map/mirror_listener.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::map_error_of;
using testing::MirrorListener;
using testing::short_text;

/// A container with RAM at its beginning, which shows its lower half once more in the upper one.
class SelfShowing : public ::testing::Test {
 protected:
  SelfShowing() {
    root.add(0, ram);
    root.add(0x8000, again, Priority{-1500});
    listener.listen_to_all();
  }

  /// `action` is refused with this message, and nothing has changed.
  template <typename Action>
  void expect_refused(const std::string& message, Action&& action) {
    const std::uint64_t generation = space.generation();
    const std::string tree = tree_text(space);
    EXPECT_EQ(map_error_of(action), message);
    EXPECT_EQ(space.generation(), generation);
    EXPECT_EQ(tree_text(space), tree);
    EXPECT_EQ(short_text(space), short_text(render(&root)));
    EXPECT_EQ(listener.compare(space), "");
  }

  Container root{"root", 0x20000};
  RamRegion ram{"ram", 0x1000};
  AliasRegion again{"again", root, 0, 0x8000};
  AddressSpace space{"space", root};
  MirrorListener listener;
};

TEST_F(SelfShowing, TheRegionShowsAtBothPlaces) { EXPECT_EQ(short_text(space), "0-fff ram, 8000-8fff ram"); }

TEST(SelfShowingMachine, AContainerShowsItsBeginning256MiBHigherAsSse200Does) {
  Container container("container", 2_GiB);
  RamRegion ram("ram", 0x10000);
  AliasRegion secure("secure", container, 0, 256_MiB);
  AddressSpace space("space", container);
  container.add(0, ram);
  container.add(0x10000000, secure, Priority{-1500});
  EXPECT_EQ(short_text(space), "0-ffff ram, 10000000-1000ffff ram");
}

TEST_F(SelfShowing, ChangesBelowAreSeenAtBothPlaces) {
  RomRegion rom("rom", 0x1000);
  root.add(0x2000, rom);
  EXPECT_EQ(short_text(space), "0-fff ram, 2000-2fff rom ro, 8000-8fff ram, a000-afff rom ro");
  rom.set_address(0x7800);
  EXPECT_EQ(short_text(space), "0-fff ram, 7800-87ff rom ro, 8800-8fff ram@800, f800-ffff rom ro");
  ram.set_enabled(false);
  EXPECT_EQ(short_text(space), "7800-87ff rom ro, f800-ffff rom ro");
  again.set_size(0x4000);
  again.set_alias_offset(0x4000);
  EXPECT_EQ(short_text(space), "7800-87ff rom ro, b800-bfff rom ro");
  EXPECT_EQ(listener.compare(space), "");
}

TEST_F(SelfShowing, AnAliasOfAnAliasOfTheContainerIsShown) {
  AliasRegion higher("higher", again, 0, 0x8000);
  root.add(0x10000, higher, Priority{0});
  EXPECT_EQ(short_text(space), "0-fff ram, 8000-8fff ram, 10000-10fff ram");
}

TEST_F(SelfShowing, ALaterBranchMayShowWhatIsShownThere) {
  // Shows the first copy, which is the alias's own: that one is entered once on each way down.
  AliasRegion both("both", root, 0, 0x10000);
  root.add(0x10000, both, Priority{0});
  EXPECT_EQ(short_text(space), "0-fff ram, 8000-8fff ram, 10000-10fff ram, 18000-18fff ram");
  ram.set_enabled(false);
  EXPECT_EQ(short_text(space), "");
}

TEST_F(SelfShowing, AnAdditionThatWouldCloseACycleIsRefused) {
  AliasRegion too_low("too low", root, 0, 0x10001);
  expect_refused("cannot add 'too low' to 'root': that would close the cycle 'too low' -> 'root' -> 'too low'",
                 [&] { root.add(0xffff, too_low, Priority{0}); });
  EXPECT_EQ(too_low.parent(), nullptr);
  Container box("box", 0x1000);
  AliasRegion boxed("boxed", root, 0, 0x1000);
  box.add(0, boxed);
  expect_refused("cannot add 'box' to 'root': that would close the cycle 'box' -> 'boxed' -> 'root' -> 'box'",
                 [&] { root.add(0xfff, box, Priority{0}); });
  EXPECT_EQ(box.parent(), nullptr);
  root.add(0x1000, box);
  EXPECT_EQ(short_text(space), "0-fff ram, 1000-1fff ram, 8000-8fff ram, 9000-9fff ram");
}

TEST_F(SelfShowing, AMoveThatWouldCloseACycleIsRefused) {
  expect_refused(
      "cannot move 'again' [0x8000-0xffff] to 0x7fff: that would close the cycle 'again' -> 'root' -> 'again'",
      [&] { again.set_address(0x7fff); });
  again.set_address(0x8001);
  EXPECT_EQ(short_text(space), "0-fff ram, 8001-9000 ram");
}

TEST_F(SelfShowing, ASizeThatWouldCloseACycleIsRefused) {
  expect_refused(
      "cannot give 'again' [0x8000-0xffff] a size of 0x8001 bytes: that would close the cycle 'again' -> "
      "'root' -> 'again'",
      [&] { again.set_size(0x8001); });
  again.set_size(0x10);
  EXPECT_EQ(short_text(space), "0-fff ram, 8000-800f ram");
}

TEST_F(SelfShowing, ASizeOfWhatHoldsTheAliasMayCloseACycleToo) {
  root.set_size(0x9000);
  again.set_alias_offset(0x7000);
  expect_refused("cannot give 'root' a size of 0x9001 bytes: that would close the cycle 'root' -> 'again' -> 'root'",
                 [&] { root.set_size(0x9001); });
  EXPECT_EQ(root.size(), 0x9000U);
}

TEST_F(SelfShowing, AnOffsetThatWouldCloseACycleIsRefused) {
  expect_refused(
      "cannot let 'again' [0x8000-0xffff] show its target from 0x1 on: that would close the cycle 'again' "
      "-> 'root' -> 'again'",
      [&] { again.set_alias_offset(1); });
  again.set_alias_offset(0x10000);
  EXPECT_EQ(short_text(space), "0-fff ram");
}

TEST_F(SelfShowing, AnEnablingThatWouldCloseACycleIsRefused) {
  again.set_enabled(false);
  again.set_address(0x4000);
  EXPECT_EQ(short_text(space), "0-fff ram");
  expect_refused("cannot enable 'again' [0x4000-0xbfff]: that would close the cycle 'again' -> 'root' -> 'again'",
                 [&] { again.set_enabled(true); });
  EXPECT_FALSE(again.enabled());
  again.set_size(0x4000);
  again.set_enabled(true);
  EXPECT_EQ(short_text(space), "0-fff ram, 4000-4fff ram");
}

TEST_F(SelfShowing, ARefusalInsideATransactionLeavesTheRestOfIt) {
  MapTransaction change;
  ram.set_address(0x800);
  EXPECT_NE(map_error_of([&] { again.set_alias_offset(1); }), "no error");
  change.commit();
  EXPECT_EQ(short_text(space), "800-17ff ram, 8800-97ff ram");
}

TEST_F(SelfShowing, WhatIsBeyondAParentsEndIsNotEntered) {
  Container small("small", 0x1000);
  AliasRegion beyond("beyond", small, 0, 0x4000);
  small.add(0x800, beyond, Priority{0});
  root.add(0x2000, small);
  EXPECT_EQ(short_text(space), "0-fff ram, 8000-8fff ram");
  expect_refused(
      "cannot give 'small' [0x2000-0x2fff] a size of 0x1001 bytes: that would close the cycle 'small' -> "
      "'beyond' -> 'small'",
      [&] { small.set_size(0x1001); });
}

TEST_F(SelfShowing, TwoAliasesMayNotShowEachOther) {
  Container left("left", 0x1000), right("right", 0x1000);
  AliasRegion to_right("to right", right, 0, 0x1000), to_left("to left", left, 0, 0x1000);
  left.add(0, to_right);
  root.add(0x10000, left);
  root.add(0x11000, right);
  expect_refused(
      "cannot add 'to left' to 'right': that would close the cycle 'to left' -> 'left' -> 'to right' -> "
      "'right' -> 'to left'",
      [&] { right.add(0, to_left); });
}

TEST_F(SelfShowing, WhatIsDestroyedGoesFromBothPlaces) {
  {
    RamRegion more("more", 0x1000);
    root.add(0x2000, more);
    EXPECT_EQ(short_text(space), "0-fff ram, 2000-2fff more, 8000-8fff ram, a000-afff more");
  }
  EXPECT_EQ(short_text(space), "0-fff ram, 8000-8fff ram");
  EXPECT_EQ(listener.compare(space), "");
}

TEST_F(SelfShowing, DirtyLogsAreToldOfAtBothPlaces) {
  ram.set_log(DirtyClient::vga, true);
  for (const Address address : {0x0, 0x8000}) EXPECT_EQ(space.view().find(address)->log_mask, 1U);
  struct Recorder final : MemoryListener {
    void direct_access_changed(const Section& section, DirectAccessChange) override { told.push_back(section.range); }
    std::vector<AddressRange> told;
  } recorder;
  recorder.listen_to(space);
  ram.reset_dirty({0, 0xfff}, DirtyClient::vga);
  EXPECT_EQ(recorder.told, (std::vector<AddressRange>{{0, 0xfff}, {0x8000, 0x8fff}}));
}

TEST(SelfShowingText, ARegionOfSizeZeroThatShowsItselfIsPrinted) {
  Container root("root", 0);
  AliasRegion again("again", root, 0, 0);
  root.add(0, again);
  AddressSpace space("space", root);
  EXPECT_NE(flat_text(space).find("No rendered FlatView"), std::string::npos);
}

}  // namespace
}  // namespace sc_memory
