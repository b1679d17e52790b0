// The coherence checker: each kind of incoherence made once, and silence on what is right.
#include "sc_memory/tlm/coherence_checker.h"

#include <gtest/gtest.h>

#include "sc_memory/map/io_region.h"
#include "sc_memory/tlm/messages.h"

#include "tests/map/test_device.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::DmiReply;
using testing::OpenModule;
using testing::ReportCounter;
using testing::TestInitiator;
using testing::TestTarget;

/// An initiator and a target that can be made to lie, with the checker between.
struct CheckedPair {
  CheckedPair() {
    cpu.socket.bind(checker.target);
    checker.initiator.bind(memory.socket);
    platform.close();
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }

  OpenModule platform;
  ReportCounter reports{kCoherenceMessage};
  TestInitiator cpu{"cpu"};
  CoherenceChecker<> checker{"checker"};
  TestTarget<> memory{"memory", 0x4000};
};

TEST(CoherenceChecker, IsSilentOnAnHonestTarget) {
  CheckedPair pair;
  pair.cpu.store<std::uint32_t>(0x10, 7);
  const DmiReply reply = pair.cpu.ask_dmi(0x10, Direction::write);
  ASSERT_TRUE(reply.granted);
  EXPECT_EQ(pair.checker.check(), 0u);
  pair.checker.report_access(Direction::read, 0x10, reply.at(0x10), 4);
  EXPECT_EQ(pair.checker.granted(Direction::write), (std::vector<AddressRange>{{0, 0x3fff}}));
  std::vector<std::uint8_t> other(0x4000, 9);
  pair.memory.memory.swap(other);
  pair.memory.socket->invalidate_direct_mem_ptr(0, 0x3fff);
  EXPECT_EQ(pair.cpu.invalidations.size(), 1u);
  EXPECT_EQ(pair.checker.check(), 0u);
  EXPECT_TRUE(pair.checker.granted(Direction::write).empty());
  EXPECT_EQ(pair.checker.count(), 0u);
}

TEST(CoherenceChecker, FindsPointersThatOutlivedTheirMemory) {
  CheckedPair pair;
  pair.cpu.ask_dmi(0x10, Direction::read);
  std::vector<std::uint8_t> other(0x4000);
  pair.memory.memory.swap(other);
  EXPECT_GT(pair.checker.check(), 0u);
  EXPECT_GE(pair.checker.count(CoherenceRule::stale_pointer), 1u);
  EXPECT_NE(ReportCounter::last_text().find("checker"), std::string::npos);
  EXPECT_EQ(pair.checker.check(), 0u) << "said once";
}

TEST(CoherenceChecker, FindsAPointerThatReplacesAnotherUnannounced) {
  CheckedPair pair;
  pair.cpu.ask_dmi(0x10, Direction::read);
  std::vector<std::uint8_t> other(0x4000);
  pair.memory.memory.swap(other);
  pair.cpu.ask_dmi(0x10, Direction::read);
  EXPECT_GE(pair.checker.count(CoherenceRule::stale_pointer), 1u);
}

TEST(CoherenceChecker, FindsALostRightToWrite) {
  CheckedPair pair;
  pair.cpu.ask_dmi(0x10, Direction::write);
  pair.memory.on_dmi = [&](tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    dmi.set_end_address(0x3fff);
    dmi.set_dmi_ptr(pair.memory.memory.data());
    dmi.allow_read();
    return payload.is_read();
  };
  pair.checker.check();
  EXPECT_EQ(pair.checker.count(CoherenceRule::lost_right), 1u);
  EXPECT_EQ(pair.checker.count(), 1u) << "reads are still right";
}

TEST(CoherenceChecker, FindsAnotherLatency) {
  CheckedPair pair;
  pair.cpu.ask_dmi(0x10, Direction::read);
  pair.memory.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_end_address(0x3fff);
    dmi.set_dmi_ptr(pair.memory.memory.data());
    dmi.allow_read_write();
    dmi.set_read_latency(sc_core::sc_time(1, sc_core::SC_NS));
    return true;
  };
  pair.checker.check();
  EXPECT_EQ(pair.checker.count(CoherenceRule::wrong_latency), 1u);
  EXPECT_EQ(pair.checker.count(), 1u);
}

TEST(CoherenceChecker, FindsBytesThatDiffer) {
  CheckedPair pair;
  pair.cpu.ask_dmi(0x10, Direction::read);
  pair.memory.on_debug = [&](tlm::tlm_generic_payload& payload) {
    std::fill_n(payload.get_data_ptr(), payload.get_data_length(), std::uint8_t{0});
    if (payload.get_address() == 0x2000) payload.get_data_ptr()[0x123] = 1;
    return payload.get_data_length();
  };
  pair.checker.check();
  EXPECT_EQ(pair.checker.count(CoherenceRule::wrong_bytes), 1u);
  EXPECT_NE(ReportCounter::last_text().find("0x2123"), std::string::npos);
  EXPECT_EQ(pair.checker.count(), 1u);
}

TEST(CoherenceChecker, FindsAGrantThatLeaks) {
  CheckedPair pair;
  pair.memory.on_dmi = [&](tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const bool mine = payload.get_address() < 0x1000;
    dmi.set_start_address(mine ? 0 : 0x1000);
    dmi.set_end_address(mine ? 0x10ff : 0x3fff);
    dmi.set_dmi_ptr(pair.memory.memory.data());
    dmi.allow_read_write();
    return mine;
  };
  pair.cpu.ask_dmi(0x10, Direction::read);
  EXPECT_GE(pair.checker.count(CoherenceRule::leak), 1u);
}

TEST(CoherenceChecker, FindsARefusalThatNoLongerHolds) {
  CheckedPair pair;
  pair.memory.grants = false;
  EXPECT_FALSE(pair.cpu.ask_dmi(0x10, Direction::read).granted);
  EXPECT_EQ(pair.checker.check(), 0u);
  pair.memory.grants = true;
  pair.checker.check();
  EXPECT_GE(pair.checker.count(CoherenceRule::stale_refusal), 1u);
}

TEST(CoherenceChecker, FindsNeedlessInvalidations) {
  CheckedPair pair;
  pair.memory.socket->invalidate_direct_mem_ptr(0, 0xff);
  EXPECT_EQ(pair.checker.count(CoherenceRule::needless_invalidation), 1u) << "nothing was held";
  pair.cpu.ask_dmi(0x10, Direction::write);
  pair.memory.socket->invalidate_direct_mem_ptr(0, 0xff);
  pair.checker.check();
  EXPECT_EQ(pair.checker.count(CoherenceRule::needless_invalidation), 2u) << "nothing has changed";
  EXPECT_EQ(pair.cpu.invalidations.size(), 2u) << "passed on all the same";
  pair.checker.expect_exactness(false);
  pair.cpu.ask_dmi(0x10, Direction::write);
  pair.memory.socket->invalidate_direct_mem_ptr(0, 0xff);
  pair.checker.check();
  EXPECT_EQ(pair.checker.count(), 2u);
}

TEST(CoherenceChecker, DoesNotBlameARouterForWhatATargetTakesBackNeedlessly) {
  testing::TargetBench bench(0x1000);
  TestInitiator core("core");
  CoherenceChecker<> checker("checker");
  core.socket.bind(checker.target);
  bench.bus.initiator("core", bench.space).bind(checker.initiator);
  bench.start();
  EXPECT_TRUE(core.ask_dmi(0x1000, Direction::read).granted);
  bench.target.socket->invalidate_direct_mem_ptr(0, 0xfff);
  EXPECT_EQ(core.invalidations.size(), 1u);
  checker.check();
  EXPECT_EQ(checker.count(), 0u) << "the target would grant the same again, but it said so";
}

TEST(CoherenceChecker, FindsAnInvalidationThatIsTooWide) {
  CheckedPair pair;
  std::vector<std::uint8_t> other(0x1000);
  bool moved = false;
  pair.memory.on_dmi = [&](tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const Address page = payload.get_address() & ~Address{0xfff};
    dmi.set_start_address(page);
    dmi.set_end_address(page + 0xfff);
    dmi.set_dmi_ptr(moved && page == 0x1000 ? other.data() : &pair.memory.memory[page]);
    dmi.allow_read_write();
    return true;
  };
  for (const Address page : {0x0000, 0x1000, 0x2000}) pair.cpu.ask_dmi(page, Direction::write);
  moved = true;
  pair.memory.socket->invalidate_direct_mem_ptr(0x1000, 0x2fff);
  pair.checker.check();
  EXPECT_EQ(pair.checker.count(CoherenceRule::needless_invalidation), 1u);
}

TEST(CoherenceChecker, FindsLyingHints) {
  CheckedPair pair;
  pair.memory.on_dmi = [](auto&, tlm::tlm_dmi& dmi) {
    dmi.allow_read_write();
    return false;
  };
  pair.cpu.load<std::uint32_t>(0x10);
  EXPECT_EQ(pair.checker.count(CoherenceRule::lying_hint), 1u);
  pair.memory.on_dmi = nullptr;
  pair.memory.on_transport = [&](tlm::tlm_generic_payload& payload, auto&) {
    pair.memory.serve(payload);
    payload.set_dmi_allowed(false);
  };
  pair.cpu.load<std::uint32_t>(0x10);
  EXPECT_EQ(pair.checker.count(CoherenceRule::lying_hint), 2u);
  pair.checker.expect_exactness(false);
  pair.cpu.load<std::uint32_t>(0x10);
  EXPECT_EQ(pair.checker.count(CoherenceRule::lying_hint), 2u) << "a standard target may keep quiet";
}

TEST(CoherenceChecker, ChecksReportedAccesses) {
  CheckedPair pair;
  std::uint8_t nowhere[8] = {};
  pair.checker.report_access(Direction::read, 0x10, nowhere, 4);
  EXPECT_EQ(pair.checker.count(CoherenceRule::no_grant), 1u);
  const DmiReply reply = pair.cpu.ask_dmi(0x10, Direction::read);
  pair.checker.report_access(Direction::read, 0x3ffe, reply.at(0x3ffe), 4);
  EXPECT_EQ(pair.checker.count(CoherenceRule::no_grant), 2u) << "over the end of the grant";
  pair.checker.report_access(Direction::read, 0x10, reply.at(0x11), 4);
  EXPECT_EQ(pair.checker.count(CoherenceRule::no_grant), 3u) << "not the pointer of this address";
  std::vector<std::uint8_t> other(0x4000);
  pair.memory.memory.swap(other);
  pair.checker.report_access(Direction::read, 0x10, reply.at(0x10), 4);
  EXPECT_EQ(pair.checker.count(CoherenceRule::stale_pointer), 1u);
}

TEST(CoherenceChecker, ChecksFromTimeToTime) {
  CheckedPair pair;
  pair.checker.check_every(sc_core::sc_time(10, sc_core::SC_NS));
  pair.cpu.ask_dmi(0x10, Direction::read);
  pair.memory.on_debug = [](tlm::tlm_generic_payload& payload) {
    std::fill_n(payload.get_data_ptr(), payload.get_data_length(), std::uint8_t{0xff});
    return payload.get_data_length();
  };
  pair.cpu.load<std::uint32_t>(0x10);
  EXPECT_EQ(pair.checker.count(), 0u) << "not yet";
  sc_core::sc_start(sc_core::sc_time(20, sc_core::SC_NS));
  pair.cpu.load<std::uint32_t>(0x10);
  EXPECT_EQ(pair.checker.count(CoherenceRule::wrong_bytes), 1u);
}

TEST(CoherenceChecker, LargeRangesAreCheckedInParts) {
  CheckedPair pair;
  pair.checker.set_check_limit(0x300);
  pair.cpu.ask_dmi(0x10, Direction::read);
  std::vector<Address> read;
  pair.memory.on_debug = [&](tlm::tlm_generic_payload& payload) {
    read.push_back(payload.get_address());
    std::memcpy(payload.get_data_ptr(), &pair.memory.memory[payload.get_address()], payload.get_data_length());
    return payload.get_data_length();
  };
  pair.checker.check();
  pair.checker.check();
  EXPECT_EQ(read, (std::vector<Address>{0, 0, 0x3f00, 0, 0x100, 0x3f00})) << "both ends, and on and on between";
  EXPECT_EQ(pair.checker.count(), 0u);
}

TEST(CoherenceChecker, IsSilentOnARouter) {
  testing::Bench bench;
  ReportCounter reports(kCoherenceMessage);
  TestInitiator core("core");
  CoherenceChecker<> checker("checker");
  core.socket.bind(checker.target);
  bench.bus.initiator("core", bench.space).bind(checker.initiator);
  RamRegion ram("ram", 0x4000);
  RomRegion rom("rom", 0x1000);
  testing::DeviceLog log;
  RomDeviceRegion flash("flash", 0x1000, testing::test_device(&log));
  TestTarget<> target("target", 0x1000);
  TargetRegion region("region", 0x1000);
  region.bind(target.socket);
  bench.system.add(0x0000, ram, Priority{0});
  bench.system.add(0x8000, rom);
  bench.system.add(0x9000, flash);
  bench.system.add(0xa000, region);
  bench.start();
  const auto touch_everything = [&] {
    for (Address address = 0; address < 0xc000; address += 0x800) {
      for (const Direction direction : {Direction::read, Direction::write}) {
        const DmiReply reply = core.ask_dmi(address, direction);
        if (reply.granted) checker.report_access(direction, address, reply.at(address), 1);
      }
      core.store<std::uint32_t>(address, 0x11);
      core.load<std::uint32_t>(address);
    }
    checker.check();
  };
  touch_everything();
  flash.set_readable(false);
  touch_everything();
  ram.reset_dirty({0, 0x3fff}, DirtyClient::vga);
  touch_everything();
  rom.set_address(0x2000);
  checker.check();
  EXPECT_EQ(checker.count(), 0u) << "nothing of what was held lay there";
  EXPECT_EQ(checker.count(), 0u) << ReportCounter::last_text();
}

}  // namespace
}  // namespace sc_memory
