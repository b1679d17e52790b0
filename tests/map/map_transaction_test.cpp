// Transactions: nesting, visibility, their ends by exception, and misuse.
#include "sc_memory/map/map_transaction.h"

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>

#include "sc_memory/map/map_error.h"
#include "sc_memory/map/memory_listener.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::short_text;
using testing::TestIo;

class Transaction : public ::testing::Test {
 protected:
  Container root_{"root", 0x1000};
  TestIo uart_{"uart", 0x10};
  AddressSpace space_{"space", root_};
};

TEST_F(Transaction, NothingIsVisibleBeforeTheOutermostEnd) {
  {
    MapTransaction outer;
    {
      MapTransaction inner;
      root_.add(0, uart_);
      inner.commit();
    }
    EXPECT_EQ(short_text(space_), "");
    uart_.set_address(0x20);
  }
  EXPECT_EQ(short_text(space_), "20-2f uart");
}

TEST_F(Transaction, ManyChangesAreOnePublication) {
  const std::uint64_t generation = space_.generation();
  MapTransaction change;
  root_.add(0, uart_);
  for (Address address = 0; address < 0x100; ++address) uart_.set_address(address);
  change.commit();
  EXPECT_EQ(space_.generation(), generation + 1);
  EXPECT_EQ(short_text(space_), "ff-10e uart");
}

TEST_F(Transaction, AnExceptionEndsItAndKeepsTheChanges) {
  EXPECT_THROW(
      {
        MapTransaction change;
        root_.add(0, uart_);
        throw std::runtime_error("meanwhile");
      },
      std::runtime_error);
  EXPECT_EQ(short_text(space_), "0-f uart");
}

TEST_F(Transaction, CommittingTwiceOrWithoutBeginIsAnError) {
  MapTransaction change;
  change.commit();
  EXPECT_THROW(change.commit(), MapError);
  EXPECT_THROW(MapTransaction::end_explicit(), MapError);
  root_.add(0, uart_);
  EXPECT_EQ(short_text(space_), "0-f uart");
}

TEST_F(Transaction, ThePairOfFunctionsNestsWithTheScope) {
  MapTransaction::begin_explicit();
  {
    MapTransaction change;
    root_.add(0, uart_);
  }
  EXPECT_EQ(short_text(space_), "");
  MapTransaction::end_explicit();
  EXPECT_EQ(short_text(space_), "0-f uart");
}

TEST_F(Transaction, ASpaceMadeInsideOneShowsItsRootAtTheEnd) {
  root_.add(0, uart_);
  MapTransaction change;
  AddressSpace made("made", root_);
  change.commit();
  EXPECT_EQ(short_text(made), "0-f uart");
  EXPECT_EQ(made.view_pointer(), space_.view_pointer()) << "spaces of one root share one view";
}

TEST_F(Transaction, SpacesOfOneRootShareOneView) {
  AddressSpace second("second", root_);
  EXPECT_EQ(second.view_pointer(), space_.view_pointer());
  root_.add(0, uart_);
  EXPECT_EQ(second.view_pointer(), space_.view_pointer());
}

TEST_F(Transaction, AHeldViewStaysAsItWas) {
  root_.add(0, uart_);
  const std::shared_ptr<const FlatView> held = space_.view_pointer();
  uart_.set_address(0x100);
  EXPECT_EQ(short_text(*held), "0-f uart");
  EXPECT_EQ(short_text(space_), "100-10f uart");
}

TEST_F(Transaction, AReplacedRegionIsAnotherEvenAtTheSamePlaceInMemory) {
  auto device = std::make_unique<TestIo>("old", 0x10);
  root_.add(0, *device);
  const std::uint64_t generation = space_.generation();
  {
    MapTransaction change;
    device->~TestIo();
    new (device.get()) TestIo("new", 0x10);
    root_.add(0, *device);
  }
  EXPECT_EQ(short_text(space_), "0-f new");
  EXPECT_EQ(space_.generation(), generation + 2) << "one for what went, one for what came";
}

/// Throws as soon as it hears of anything.
class ThrowingListener final : public MemoryListener {
 public:
  void region_add(const Section&) override { throw std::runtime_error("from the listener"); }
};

TEST_F(Transaction, AListenersExceptionComesOutOfItsEndAndTheChangeStands) {
  ThrowingListener listener;
  listener.listen_to(space_);
  EXPECT_THROW({ root_.add(0, uart_); }, std::runtime_error);
  uart_.set_enabled(false);
  const auto by_scope = [&] {
    MapTransaction change;
    uart_.set_enabled(true);
  };
  EXPECT_THROW(by_scope(), std::runtime_error);
  EXPECT_EQ(short_text(space_), "0-f uart");
  uart_.set_enabled(false);
  MapTransaction::begin_explicit();
  uart_.set_enabled(true);
  EXPECT_THROW(MapTransaction::end_explicit(), std::runtime_error);
  EXPECT_EQ(short_text(space_), "0-f uart");
}

TEST_F(Transaction, AListenersExceptionGivesWayToTheOneOnItsWay) {
  ThrowingListener listener;
  listener.listen_to(space_);
  const auto failing = [&] {
    MapTransaction change;
    root_.add(0, uart_);
    throw std::logic_error("first");
  };
  EXPECT_THROW(failing(), std::logic_error);
  EXPECT_EQ(short_text(space_), "0-f uart");
}

TEST_F(Transaction, OneThatEndsWithoutAChangePublishesNothing) {
  root_.add(0, uart_);
  const std::uint64_t generation = space_.generation();
  {
    MapTransaction change;
    uart_.set_address(0x40);
    uart_.set_address(0);
  }
  EXPECT_EQ(space_.generation(), generation);
}

}  // namespace
}  // namespace sc_memory
