// A port that looks at more than one map: spaces chosen by attributes, private overlays, watchpoints and policies on
// the way.
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "sc_memory/map/map_error.h"
#include "sc_memory/map/watchpoint.h"
#include "sc_memory/tlm/payload_access.h"

#include "tests/tlm/test_bench.h"

namespace sc_memory::testing {
namespace {

/// A transaction with attributes.
struct AttributedAccess {
  AttributedAccess(TestInitiator& initiator, const Attributes& attributes) : initiator_(initiator) {
    extension_.attributes = attributes;
  }

  tlm::tlm_response_status load(Address address, std::uint8_t& byte) {
    tlm::tlm_generic_payload payload;
    prepare(payload, tlm::TLM_READ_COMMAND, address, &byte, 1);
    payload.set_extension(&extension_);
    const tlm::tlm_response_status response = initiator_.transport(payload);
    payload.clear_extension(&extension_);
    return response;
  }
  DmiReply ask_dmi(Address address) {
    tlm::tlm_generic_payload payload;
    prepare(payload, tlm::TLM_READ_COMMAND, address, nullptr, 0);
    payload.set_extension(&extension_);
    DmiReply reply{};
    reply.granted = initiator_.socket->get_direct_mem_ptr(payload, reply.dmi);
    payload.clear_extension(&extension_);
    return reply;
  }

 private:
  TestInitiator& initiator_;
  AttributesExtension extension_;
};

Attributes secure() {
  Attributes attributes;
  attributes.secure = true;
  return attributes;
}

struct TwoWorlds : Bench {
  TwoWorlds() {
    open.memory().data[0] = 1;
    hidden.memory().data[0] = 2;
    system.add(0x1000, open);
    secure_root.add(0x1000, hidden);
    port().secure_space(secure_space);
  }
  RamRegion open{"open", 0x1000};
  RamRegion hidden{"hidden", 0x1000};
  Container secure_root{"secure-root"};
  AddressSpace secure_space{"secure-space", secure_root};
};

TEST(PortSpaces, AttributesChooseTheMap) {
  TwoWorlds bench;
  bench.start();
  EXPECT_EQ(bench.cpu.load<std::uint8_t>(0x1000), 1);
  std::uint8_t byte = 0;
  EXPECT_EQ(AttributedAccess(bench.cpu, secure()).load(0x1000, byte), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(byte, 2);
  EXPECT_EQ(AttributedAccess(bench.cpu, Attributes{}).load(0x1000, byte), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(byte, 1);
}

TEST(PortSpaces, EachMapTakesBackItsOwnPointers) {
  TwoWorlds bench;
  bench.start();
  EXPECT_EQ(bench.cpu.ask_dmi(0x1000, Direction::read).dmi.get_dmi_ptr(), bench.open.memory().data);
  EXPECT_EQ(AttributedAccess(bench.cpu, secure()).ask_dmi(0x1000).dmi.get_dmi_ptr(), bench.hidden.memory().data);
  bench.hidden.set_address(0x8000);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x1000, 0x1fff}}));
  bench.open.set_readonly(true);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x1000, 0x1fff}}));
  bench.hidden.set_address(0x9000);
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty()) << "nothing was held there";
}

TEST(PortSpaces, ASpaceThatThePortWasNotGivenIsReported) {
  Bench bench;
  AddressSpace stranger("stranger", bench.system);
  bench.port().select_space([&](const Attributes&) { return &stranger; });
  bench.start();
  const ReportCounter reports("/sc_memory/binding");
  bench.cpu.load<std::uint8_t>(0);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_ADDRESS_ERROR_RESPONSE) << "served by the port's own space";
  bench.cpu.load<std::uint8_t>(0);
  EXPECT_EQ(reports.count(), 1) << "software may repeat it as often as it likes";
  EXPECT_THROW(bench.port().add_space(bench.space), MapError);
}

TEST(PortSpaces, TheRequesterMayChooseTheMap) {
  TwoWorlds bench;
  Container third_root("third-root");
  AddressSpace third("third", third_root);
  bench.port().add_space(third).select_space([&](const Attributes& attributes) -> AddressSpace* {
    if (attributes.requester == 7) return &bench.secure_space;
    return attributes.requester == 8 ? &third : nullptr;
  });
  bench.start();
  const auto load_as = [&](std::uint32_t requester, std::uint8_t& byte) {
    Attributes attributes;
    attributes.requester = requester;
    return AttributedAccess(bench.cpu, attributes).load(0x1000, byte);
  };
  std::uint8_t byte = 0;
  EXPECT_EQ(load_as(1, byte), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(byte, 1);
  EXPECT_EQ(load_as(7, byte), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(byte, 2);
  EXPECT_EQ(load_as(8, byte), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(PortSpaces, AnOverlayOfOneInitiatorIsItsOwn) {
  // Two initiators share a system; one of them sees a scratchpad of its own before it.
  Bench bench;
  RamRegion shared("shared", 0x10000);
  RamRegion scratchpad("scratchpad", 0x1000);
  bench.system.add(0, shared);
  Container view("dsp-view");
  AliasRegion system("system-alias", bench.system, 0, kWholeSpace);
  view.add(0, system, Priority{-1});
  view.add(0x4000, scratchpad, Priority{0});
  AddressSpace dsp_space("dsp-space", view);
  TestInitiator dsp("dsp");
  bench.bus.initiator("dsp", dsp_space).bind(dsp.socket);
  bench.start();

  const DmiReply whole = bench.cpu.ask_dmi(0x4000, Direction::write);
  EXPECT_EQ(whole.range(), (AddressRange{0, 0xffff})) << "the overlay of another is no border";
  EXPECT_EQ(dsp.ask_dmi(0x100, Direction::write).range(), (AddressRange{0, 0x3fff}));
  EXPECT_EQ(dsp.ask_dmi(0x4000, Direction::write).dmi.get_dmi_ptr(), scratchpad.memory().data);
  dsp.store<std::uint32_t>(0x4000, 7);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(0x4000), 0U);
  dsp.store<std::uint32_t>(0x5000, 8);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(0x5000), 8U);

  scratchpad.set_enabled(false);
  EXPECT_EQ(dsp.taken_invalidations(), (std::vector<AddressRange>{{0x4000, 0x4fff}}));
  EXPECT_TRUE(bench.cpu.taken_invalidations().empty());
}

TEST(PortSpaces, AWatchpointHoldsPointersBackOnlyWhereItIs) {
  Bench bench;
  RamRegion ram("ram", 0x10000);
  bench.system.add(0, ram);
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::write).granted);
  std::vector<AddressRange> hits;
  {
    const Watchpoint watchpoint(bench.space, {0x2000, 0x2003}, WatchFor::writes, [&](const WatchHit& hit) {
      hits.push_back(*AddressRange::sized(hit.address, hit.length));
    });
    EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x2000, 0x2003}}));
    EXPECT_EQ(bench.cpu.ask_dmi(0x1000, Direction::write).range(), (AddressRange{0, 0x1fff}));
    EXPECT_FALSE(bench.cpu.ask_dmi(0x2001, Direction::write).granted);
    const DmiReply read = bench.cpu.ask_dmi(0x2001, Direction::read);
    EXPECT_TRUE(read.granted);
    EXPECT_EQ(read.range(), (AddressRange{0x2000, 0x2003}));
    EXPECT_FALSE(read.dmi.is_write_allowed());
    bench.cpu.store<std::uint64_t>(0x1ffc, 0);
    EXPECT_TRUE(bench.cpu.hint) << "a pointer for the address of this access would be given";
    bench.cpu.load<std::uint32_t>(0x2000);
    bench.cpu.store<std::uint32_t>(0x2004, 0);
    EXPECT_EQ(hits, (std::vector<AddressRange>{{0x1ffc, 0x2003}}));
    bench.cpu.store<std::uint8_t>(0x2003, 0);
    EXPECT_FALSE(bench.cpu.hint);
    EXPECT_EQ(hits.size(), 2U);
  }
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x2000, 0x2003}}))
      << "the refusal holds no longer";
  EXPECT_EQ(bench.cpu.ask_dmi(0x2001, Direction::write).range(), (AddressRange{0, 0xffff}));
}

TEST(PortSpaces, AWatchpointCoversATargetToo) {
  Bench bench;
  TestTarget<> target("target", 0x1000);
  TargetRegion region("region", 0x1000);
  bench.system.add(0x4000, region);
  region.bind(target.socket);
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0x4000, Direction::write).granted);
  bench.cpu.taken_invalidations();
  int hits = 0;
  const Watchpoint watchpoint(bench.space, {0x4100, 0x41ff}, WatchFor::accesses, [&](const WatchHit&) { ++hits; });
  ASSERT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x4100, 0x41ff}}));
  EXPECT_EQ(bench.cpu.ask_dmi(0x4000, Direction::write).range(), (AddressRange{0x4000, 0x40ff}));
  EXPECT_EQ(bench.cpu.ask_dmi(0x4200, Direction::write).range(), (AddressRange{0x4200, 0x4fff}));
  EXPECT_FALSE(bench.cpu.ask_dmi(0x4150, Direction::read).granted);
  bench.cpu.store<std::uint32_t>(0x41fc, 5);
  EXPECT_FALSE(bench.cpu.hint) << "the target's hint is not passed on where a pointer would not be given";
  EXPECT_EQ(hits, 1);
}

TEST(PortSpaces, DirectAccessCanBeSwitchedOffByPortAndByRegion) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  RamRegion other("other", 0x1000);
  bench.system.add(0, ram);
  bench.system.add(0x1000, other);
  bench.start();
  EXPECT_TRUE(bench.cpu.ask_dmi(0, Direction::write).granted);
  EXPECT_TRUE(bench.cpu.ask_dmi(0x1000, Direction::write).granted);
  ram.allow_direct_access(false);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0, 0xfff}}));
  EXPECT_FALSE(bench.cpu.ask_dmi(0, Direction::read).granted);
  bench.cpu.load<std::uint32_t>(0);
  EXPECT_FALSE(bench.cpu.hint);
  bench.port().allow_dmi(false);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x1000, 0x1fff}}));
  EXPECT_FALSE(bench.cpu.ask_dmi(0x1000, Direction::read).granted);
  bench.port().allow_dmi(true);
  EXPECT_EQ(bench.cpu.taken_invalidations(), (std::vector<AddressRange>{{0x1000, 0x1fff}}));
  EXPECT_TRUE(bench.cpu.ask_dmi(0x1000, Direction::read).granted);
}

TEST(PortSpaces, APolicySaysWhatAHoleAnswers) {
  Bench bench;
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x100, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  bench.space.policy().unmapped = AccessPolicy::Unmapped::ignore;
  bench.space.policy().unmapped_byte = 0xab;
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(0x100), 0xababababU);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_OK_RESPONSE);
  bench.space.policy().unmapped = AccessPolicy::Unmapped::warn_once;
  const ReportCounter reports("/sc_memory/access");
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x100, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x200, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(reports.count(), 1) << "once, as an sc_report of the library's own type";
}

TEST(PortSpaces, ADefaultTargetIsABackgroundOfLowPriority) {
  Bench bench;
  TestTarget<> everything_else("everything_else", 0x10000);
  TargetRegion background("background", kWholeSpace);
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, background, Priority{-1000});
  bench.system.add(0x1000, ram);
  background.bind(everything_else.socket);
  bench.start();
  bench.cpu.store<std::uint32_t>(0x1000, 1);
  EXPECT_TRUE(everything_else.seen.empty());
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x2000, 2), tlm::TLM_OK_RESPONSE);
  ASSERT_EQ(everything_else.seen.size(), 1U);
  EXPECT_EQ(everything_else.seen[0].address, 0x2000U);
  EXPECT_EQ(bench.cpu.ask_dmi(0x2000, Direction::write).range(), (AddressRange{0x2000, 0xffff}))
      << "the target's window, cut at what hides it";
}

}  // namespace
}  // namespace sc_memory::testing
