// What listeners hear, in which order, on registration and the end of it, and what they may do meanwhile. That their
// events always add up to the view is map_random_test.cpp's business.
#include "sc_memory/map/memory_listener.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>

#include "sc_memory/map/global_dirty_log.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/region_kinds.h"

#include "tests/map/test_device.h"
#include "tests/map/view_text.h"

namespace sc_memory {
namespace {

using testing::short_text;
using testing::TestIo;

using Events = std::vector<std::string>;

/// Writes down every hook, and does something on one if told to.
class Recorder : public MemoryListener {
 public:
  Recorder(std::string name, Events& events, int priority = 0)
      : MemoryListener(priority), name_(std::move(name)), events_(events) {}

  bool unchanged = false;
  std::function<void(const std::string&)> on_event;

  bool wants_unchanged() const override { return unchanged; }
  void begin(AddressSpace& space) override { say("begin " + space.name()); }
  void commit(AddressSpace& space) override { say("commit " + space.name()); }
  void region_add(const Section& section) override { say("add " + text(section)); }
  void region_del(const Section& section) override { say("del " + text(section)); }
  void region_nop(const Section& section) override { say("nop " + text(section)); }
  void log_start(const Section& section, std::uint8_t before, std::uint8_t after) override {
    say(fmt::format("log_start {} {}->{}", text(section), before, after));
  }
  void log_stop(const Section& section, std::uint8_t before, std::uint8_t after) override {
    say(fmt::format("log_stop {} {}->{}", text(section), before, after));
  }
  void log_sync(const Section& section) override { say("log_sync " + text(section)); }
  void log_global_start() override { say("log_global_start"); }
  void log_global_stop() override { say("log_global_stop"); }

 private:
  static std::string text(const Section& section) {
    return fmt::format("{} {:x}-{:x}@{:x}", section.region->name(), section.range.first, section.range.last,
                       section.offset);
  }
  void say(const std::string& event) {
    events_.push_back(name_ + event);
    if (on_event) on_event(event);
  }

  std::string name_;
  Events& events_;
};

class Listening : public ::testing::Test {
 protected:
  Container root_{"root", 0x10000};
  TestIo uart_{"uart", 0x10};
  RamRegion ram_{"ram", 0x1000};
  AddressSpace space_{"space", root_};
  Events events_;

  Events heard() { return std::exchange(events_, {}); }
};

TEST_F(Listening, ACommitRemovesThenAddsByAscendingAddress) {
  Recorder listener("", events_);
  listener.unchanged = true;
  listener.listen_to(space_);
  heard();
  root_.add(0x100, uart_);
  EXPECT_EQ(heard(), (Events{"begin space", "add uart 100-10f@0", "commit space"}));
  root_.add(0x2000, ram_);
  EXPECT_EQ(heard(), (Events{"begin space", "nop uart 100-10f@0", "add ram 2000-2fff@0", "commit space"}));
  {
    MapTransaction change;
    uart_.set_address(0x3000);
    ram_.set_address(0x1000);
    EXPECT_EQ(heard(), Events{}) << "nothing before the end";
  }
  EXPECT_EQ(heard(), (Events{"begin space", "del uart 100-10f@0", "del ram 2000-2fff@0", "add ram 1000-1fff@0",
                             "add uart 3000-300f@0", "commit space"}));
}

TEST_F(Listening, AChangedSizeOrAttributeIsARemovalAndAnAddition) {
  root_.add(0, ram_);
  Recorder listener("", events_);
  listener.listen_to(space_);
  heard();
  ram_.set_readonly(true);
  EXPECT_EQ(heard(), (Events{"begin space", "del ram 0-fff@0", "add ram 0-fff@0", "commit space"}));
  root_.add(0x800, uart_, Priority{1});
  EXPECT_EQ(heard(), (Events{"begin space", "del ram 0-fff@0", "add ram 0-7ff@0", "add uart 800-80f@0",
                             "add ram 810-fff@810", "commit space"}));
}

TEST_F(Listening, AChangeThatShowsNowhereIsNotHeard) {
  Recorder listener("", events_);
  listener.listen_to(space_);
  heard();
  Container elsewhere("elsewhere", 0x100);
  elsewhere.add(0, uart_);
  { MapTransaction nothing; }
  {
    MapTransaction back_and_forth;
    root_.add(0, ram_);
    root_.remove(ram_);
  }
  EXPECT_EQ(heard(), Events{});
}

TEST_F(Listening, AChangedLogMaskIsNoRemapping) {
  root_.add(0, ram_);
  Recorder listener("", events_);
  listener.listen_to(space_);
  heard();
  ram_.set_log(DirtyClient::vga, true);
  ram_.set_log(DirtyClient::migration, true);
  ram_.set_log(DirtyClient::vga, false);
  EXPECT_EQ(heard(), (Events{"begin space", "log_start ram 0-fff@0 0->1", "commit space", "begin space",
                             "log_start ram 0-fff@0 1->9", "commit space", "begin space", "log_stop ram 0-fff@0 9->8",
                             "commit space"}));
  {
    MapTransaction change;
    ram_.set_log(DirtyClient::code, true);
    ram_.set_log(DirtyClient::migration, false);
  }
  EXPECT_EQ(heard(),
            (Events{"begin space", "log_start ram 0-fff@0 8->2", "log_stop ram 0-fff@0 8->2", "commit space"}));
}

TEST_F(Listening, AdditionsAreToldByAscendingPriorityAndRemovalsByDescending) {
  Recorder high("high ", events_, 10), low("low ", events_, -1), late("late ", events_, -1);
  high.listen_to(space_);
  low.listen_to_all();
  late.listen_to(space_);
  heard();
  root_.add(0, uart_);
  EXPECT_EQ(heard(), (Events{"low begin space", "late begin space", "high begin space", "low add uart 0-f@0",
                             "late add uart 0-f@0", "high add uart 0-f@0", "low commit space", "late commit space",
                             "high commit space"}));
  root_.remove(uart_);
  const Events removal = heard();
  EXPECT_EQ((Events{removal[3], removal[4], removal[5]}),
            (Events{"high del uart 0-f@0", "late del uart 0-f@0", "low del uart 0-f@0"}));
}

TEST_F(Listening, RegisteringReplaysAndStoppingUndoes) {
  root_.add(0x100, uart_);
  root_.add(0x2000, ram_);
  ram_.set_log(DirtyClient::code, true);
  GlobalDirtyLog global;
  Recorder listener("", events_);
  listener.listen_to_all();
  EXPECT_TRUE(listener.listening());
  EXPECT_EQ(heard(), (Events{"log_global_start", "begin space", "add uart 100-10f@0", "add ram 2000-2fff@0",
                             "log_start ram 2000-2fff@0 0->10", "commit space"}));
  listener.stop_listening();
  EXPECT_FALSE(listener.listening());
  EXPECT_EQ(heard(),
            (Events{"begin space", "del uart 100-10f@0", "del ram 2000-2fff@0", "commit space", "log_global_stop"}));
  root_.remove(uart_);
  EXPECT_EQ(heard(), Events{});
}

TEST_F(Listening, AFilterLetsOneSpaceThrough) {
  Container other_root("other root", 0x100);
  AddressSpace other("other", other_root);
  Recorder listener("", events_);
  listener.listen_to(other);
  heard();
  root_.add(0, uart_);
  EXPECT_EQ(heard(), Events{});
  TestIo timer("timer", 4);
  other_root.add(0, timer);
  EXPECT_EQ(heard(), (Events{"begin other", "add timer 0-3@0", "commit other"}));
}

TEST_F(Listening, RegisteringTwiceAndStoppingTwiceAreErrors) {
  Recorder listener("", events_);
  EXPECT_THROW(listener.stop_listening(), MapError);
  listener.listen_to(space_);
  EXPECT_THROW(listener.listen_to_all(), MapError);
  EXPECT_EQ(listener.filter(), &space_);
  listener.stop_listening();
  EXPECT_THROW(listener.stop_listening(), MapError);
}

TEST_F(Listening, AnEndingSpaceTellsItsRemovalsToEverybodyInDescendingOrder) {
  root_.add(0, uart_);
  auto ending = std::make_unique<AddressSpace>("ending", root_);
  Recorder filtered("filtered ", events_, 1), all("all ", events_);
  filtered.listen_to(*ending);
  all.listen_to_all();
  heard();
  filtered.on_event = [](const std::string&) { throw std::runtime_error("nobody hears this"); };
  ending.reset();
  EXPECT_EQ(heard(), (Events{"all begin ending", "filtered begin ending", "filtered del uart 0-f@0",
                             "all del uart 0-f@0", "all commit ending", "filtered commit ending"}));
  EXPECT_FALSE(filtered.listening());
  EXPECT_TRUE(all.listening());
}

TEST_F(Listening, TheNewViewIsThereBeforeTheFirstHook) {
  Recorder listener("", events_);
  std::string seen;
  listener.listen_to(space_);
  listener.on_event = [&](const std::string& event) {
    if (event == "begin space") seen = short_text(space_);
  };
  root_.add(0, uart_);
  EXPECT_EQ(seen, "0-f uart");
}

TEST_F(Listening, AChangeFromAHookComesAfterTheCommitThatCalledIt) {
  Recorder listener("", events_);
  listener.listen_to(space_);
  heard();
  listener.on_event = [&](const std::string& event) {
    if (event == "add uart 0-f@0") {
      root_.add(0x2000, ram_);
      EXPECT_EQ(short_text(space_), "0-f uart");
    }
  };
  root_.add(0, uart_);
  EXPECT_EQ(short_text(space_), "0-f uart, 2000-2fff ram");
  EXPECT_EQ(heard(), (Events{"begin space", "add uart 0-f@0", "commit space", "begin space", "add ram 2000-2fff@0",
                             "commit space"}));
}

TEST_F(Listening, ASpaceThatWaitsForItsTurnIsNotToldOfWhatAHookTookAway) {
  AddressSpace second("second", root_);
  auto gone = std::make_unique<TestIo>("gone", 0x10);
  Recorder listener("", events_);
  listener.listen_to_all();
  heard();
  listener.on_event = [&](const std::string& event) {
    if (event == "commit space" && gone != nullptr) {
      const auto destroyed = std::move(gone);
      root_.remove(*destroyed);
    }
  };
  root_.add(0x40, *gone);
  EXPECT_EQ(heard(), (Events{"begin space", "add gone 40-4f@0", "commit space", "begin space", "del gone 40-4f@0",
                             "commit space"}));
  EXPECT_EQ(short_text(second), "");
}

TEST_F(Listening, NobodyHearsMoreOfARegionThatAHookDestroyed) {
  auto gone = std::make_unique<TestIo>("gone", 0x10);
  Recorder first("first ", events_), second("second ", events_, 1);
  first.listen_to(space_);
  second.listen_to(space_);
  heard();
  first.on_event = [&](const std::string& event) {
    if (event == "add gone 0-f@0") gone.reset();
  };
  root_.add(0, *gone);
  EXPECT_EQ(heard(), (Events{"first begin space", "second begin space", "first add gone 0-f@0",
                             // At once, within the other:
                             "first begin space", "second begin space", "second del gone 0-f@0", "first del gone 0-f@0",
                             "first commit space", "second commit space",
                             // And the rest of the other:
                             "first commit space", "second commit space"}));
  EXPECT_EQ(short_text(space_), "");
  EXPECT_TRUE(root_.children().empty());
}

TEST_F(Listening, ASpaceMadeByAHookIsRenderedBeforeTheChangeReturns) {
  std::unique_ptr<AddressSpace> made;
  Recorder listener("", events_);
  listener.listen_to(space_);
  listener.on_event = [&](const std::string& event) {
    if (event == "add uart 0-f@0") made = std::make_unique<AddressSpace>("made", root_);
  };
  root_.add(0, uart_);
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(short_text(*made), "0-f uart");
}

TEST_F(Listening, AHookMayTakeListenersOff) {
  Recorder first("first ", events_);
  auto second = std::make_unique<Recorder>("second ", events_, 1);
  first.listen_to(space_);
  second->listen_to(space_);
  heard();
  first.on_event = [&](const std::string& event) {
    if (event == "add uart 0-f@0") second.reset();
  };
  root_.add(0, uart_);
  EXPECT_EQ(heard(), (Events{"first begin space", "second begin space", "first add uart 0-f@0", "first commit space"}));
}

TEST_F(Listening, AnExceptionReachesWhoeverChangedTheMapAfterEverybodyHeard) {
  Recorder first("first ", events_), second("second ", events_, 1);
  first.listen_to(space_);
  second.listen_to(space_);
  heard();
  first.on_event = [](const std::string& event) {
    if (event == "add uart 0-f@0") throw std::runtime_error("from the hook");
  };
  EXPECT_THROW(root_.add(0, uart_), std::runtime_error);
  EXPECT_EQ(heard(), (Events{"first begin space", "second begin space", "first add uart 0-f@0", "second add uart 0-f@0",
                             "first commit space", "second commit space"}));
  EXPECT_EQ(uart_.parent(), &root_) << "the change stands";
  EXPECT_EQ(short_text(space_), "0-f uart");
  first.on_event = nullptr;
  ram_.set_enabled(true);
  root_.add(0x2000, ram_);
  EXPECT_EQ(short_text(space_), "0-f uart, 2000-2fff ram");
}

TEST_F(Listening, AnExceptionOnRegistrationOrItsEndLeavesNothingHalfDone) {
  root_.add(0, uart_);
  Recorder listener("", events_);
  listener.on_event = [](const std::string&) { throw std::runtime_error("from the hook"); };
  EXPECT_THROW(listener.listen_to(space_), std::runtime_error);
  EXPECT_TRUE(listener.listening());
  EXPECT_EQ(heard(), (Events{"begin space", "add uart 0-f@0", "commit space"}));
  EXPECT_THROW(listener.stop_listening(), std::runtime_error);
  EXPECT_FALSE(listener.listening());
  EXPECT_EQ(heard(), (Events{"begin space", "del uart 0-f@0", "commit space"}));
}

TEST_F(Listening, TheGlobalLogIsCountedAndSurvivesThrowingHooks) {
  root_.add(0, ram_);
  root_.add(0x2000, uart_);
  Recorder listener("", events_);
  listener.listen_to(space_);
  heard();
  GlobalDirtyLog::start();
  GlobalDirtyLog::start();
  EXPECT_EQ(heard(), (Events{"log_global_start", "begin space", "log_start ram 0-fff@0 0->8", "commit space"}));
  GlobalDirtyLog::stop();
  EXPECT_EQ(heard(), Events{});
  GlobalDirtyLog::stop();
  EXPECT_EQ(heard(), (Events{"begin space", "log_stop ram 0-fff@0 8->0", "commit space", "log_global_stop"}));
  EXPECT_THROW(GlobalDirtyLog::stop(), MapError);
  listener.on_event = [](const std::string&) { throw std::runtime_error("from the hook"); };
  EXPECT_THROW(GlobalDirtyLog(), std::runtime_error);
  EXPECT_FALSE(GlobalDirtyLog::is_on());
  listener.on_event = nullptr;
  {
    GlobalDirtyLog log;
    EXPECT_TRUE(GlobalDirtyLog::is_on());
    listener.on_event = [](const std::string&) { throw std::runtime_error("from the hook"); };
  }
  EXPECT_FALSE(GlobalDirtyLog::is_on());
}

TEST_F(Listening, SyncAsksForEveryPlaceWhereLoggedMemoryShows) {
  AliasRegion part("part", ram_, 0x800, 0x100);
  root_.add(0, ram_);
  root_.add(0x4000, part);
  root_.add(0x8000, uart_);
  Recorder listener("", events_);
  listener.listen_to(space_);
  heard();
  ram_.sync_dirty_log();
  EXPECT_EQ(heard(), (Events{"log_sync ram 0-fff@0", "log_sync ram 4000-40ff@800"}));
  space_.sync_dirty_log();
  EXPECT_EQ(heard(), Events{}) << "nothing is logged";
  ram_.set_log(DirtyClient::code, true);
  heard();
  space_.sync_dirty_log();
  EXPECT_EQ(heard(), (Events{"log_sync ram 0-fff@0", "log_sync ram 4000-40ff@800"}));
}

}  // namespace
}  // namespace sc_memory
