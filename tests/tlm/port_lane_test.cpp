// What a port remembers of the ranges that were hit: every access after a change must be served as if nothing had been
// remembered. Each test hits a range first, then changes one thing that a hit depends on.
#include "sc_memory/tlm/port_lane.h"

#include <gtest/gtest.h>
#include <numeric>
#include <random>

#include "sc_memory/map/watchpoint.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"

#include "tests/support/seed.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::TestTarget;

constexpr Address kDevice = 0x1000;
constexpr Address kRam = 0x8000;

/// A target, and memory; both have been hit.
struct HitBench : Bench {
  HitBench() {
    region.bind(target.socket);
    system.add(kDevice, region);
    system.add(kRam, ram);
  }
  void start() {
    Bench::start();
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(cpu.store<std::uint32_t>(kDevice, 0x11), tlm::TLM_OK_RESPONSE);
      EXPECT_EQ(cpu.load<std::uint32_t>(kDevice), 0x11U);
      EXPECT_EQ(cpu.store<std::uint32_t>(kRam, 0x22), tlm::TLM_OK_RESPONSE);
      EXPECT_EQ(cpu.load<std::uint32_t>(kRam), 0x22U);
    }
    target.seen.clear();
  }

  TestTarget<> target{"target", 0x1000};
  TargetRegion region{"device", 0x1000};
  RamRegion ram{"ram", 0x1000};
};

TEST(PortLane, ServesFromTheMapAsItIsNow) {
  HitBench bench;
  bench.start();
  bench.region.set_enabled(false);
  bench.cpu.load<std::uint32_t>(kDevice);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  bench.system.remove(bench.region);
  bench.ram.set_address(kDevice);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(kDevice), 0x22U);
  bench.cpu.load<std::uint32_t>(kRam);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
  bench.ram.set_readonly(true);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(kDevice, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(kDevice), 0x22U);
}

TEST(PortLane, ADestroyedRegionIsAHole) {
  Bench bench;
  auto ram = std::make_unique<RamRegion>("ram", 0x1000);
  bench.system.add(kRam, *ram);
  bench.start();
  bench.cpu.load<std::uint32_t>(kRam);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_OK_RESPONSE);
  ram.reset();
  bench.cpu.load<std::uint32_t>(kRam);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(PortLane, RangesThatShareASlotAreToldApart) {
  // Two pages for which slots are chosen alike, and two ranges within one page.
  constexpr Address kSameSlot = (Address{1} << 22) | (Address{1} << 12);
  Bench bench;
  RamRegion first("first", 0x800), second("second", 0x800), far("far", 0x1000);
  bench.system.add(0, first);
  bench.system.add(0x800, second);
  bench.system.add(kSameSlot, far);
  bench.start();
  for (std::uint32_t round = 0; round < 3; ++round) {
    bench.cpu.store<std::uint32_t>(0, round + 1);
    bench.cpu.store<std::uint32_t>(0x800, round + 2);
    bench.cpu.store<std::uint32_t>(kSameSlot, round + 3);
    EXPECT_EQ(bench.cpu.load<std::uint32_t>(0), round + 1);
    EXPECT_EQ(bench.cpu.load<std::uint32_t>(0x800), round + 2);
    EXPECT_EQ(bench.cpu.load<std::uint32_t>(kSameSlot), round + 3);
  }
}

TEST(PortLane, AccessesOverABorderOfWhatIsRememberedAreCut) {
  HitBench bench;
  bench.start();
  std::uint32_t value = 0;
  // Below the range's first byte, and over its last one, where nothing is.
  EXPECT_EQ(bench.cpu.read(kRam - 2, &value, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.read(kRam + 0xffe, &value, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.read(kRam + 0xffc, &value, 4), tlm::TLM_OK_RESPONSE);
}

TEST(PortLane, PayloadsThatAreNotPlainAreSeen) {
  HitBench bench;
  bench.start();
  std::uint8_t bytes[4] = {1, 2, 3, 4};
  std::uint8_t enables[4] = {TLM_BYTE_ENABLED, TLM_BYTE_DISABLED, TLM_BYTE_DISABLED, TLM_BYTE_DISABLED};
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, kRam, bytes, 4);
  payload.set_byte_enable_ptr(enables);
  payload.set_byte_enable_length(4);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(kRam), 0x01U);
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, kRam, bytes, 4);
  payload.set_streaming_width(1);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(kRam), 0x04U);
  testing::prepare(payload, tlm::TLM_READ_COMMAND, kRam, nullptr, 4);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_GENERIC_ERROR_RESPONSE);
  testing::prepare(payload, tlm::TLM_READ_COMMAND, kDevice, bytes, 0);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_BURST_ERROR_RESPONSE);
  testing::prepare(payload, tlm::TLM_READ_COMMAND, kDevice, bytes, 4);
  payload.set_streaming_width(0);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_BURST_ERROR_RESPONSE);
}

TEST(PortLane, ObserversHearFromWhenTheyComeUntilTheyGo) {
  struct Counter : PortObserver {
    void transported(const PortTransaction&) override { ++count; }
    int count = 0;
  } counter;
  HitBench bench;
  bench.start();
  bench.port().add_observer(counter);
  bench.cpu.load<std::uint32_t>(kDevice);
  bench.cpu.load<std::uint32_t>(kRam);
  EXPECT_EQ(counter.count, 2);
  bench.port().remove_observer(counter);
  bench.cpu.load<std::uint32_t>(kDevice);
  bench.cpu.load<std::uint32_t>(kRam);
  EXPECT_EQ(counter.count, 2);
}

TEST(PortLane, TimingThatComesLaterIsPaid) {
  HitBench bench;
  bench.start();
  const sc_core::sc_time latency(20, sc_core::SC_NS);
  bench.bus.timing(bench.ram).latency(latency);
  std::uint32_t value = 0;
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_READ_COMMAND, kRam, &value, 4);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  bench.cpu.socket->b_transport(payload, delay);
  EXPECT_EQ(delay, latency);
}

TEST(PortLane, WatchpointsAreHitAndTakeTheHintAway) {
  HitBench bench;
  bench.start();
  int hits = 0;
  {
    const Watchpoint watchpoint(bench.space, {kDevice, kRam + 3}, WatchFor::accesses, [&](const WatchHit&) { ++hits; });
    bench.cpu.load<std::uint32_t>(kDevice);
    EXPECT_FALSE(bench.cpu.hint);
    bench.cpu.load<std::uint32_t>(kRam);
    EXPECT_FALSE(bench.cpu.hint);
    EXPECT_EQ(hits, 2);
  }
  bench.cpu.load<std::uint32_t>(kRam);
  EXPECT_TRUE(bench.cpu.hint);
  EXPECT_EQ(hits, 2);
}

TEST(PortLane, TheHintFollowsTheSwitchesOfDirectAccess) {
  HitBench bench;
  bench.start();
  const auto hints = [&](bool expected) {
    for (const Address address : {kDevice, kRam}) {
      bench.cpu.load<std::uint32_t>(address);
      EXPECT_EQ(bench.cpu.hint, expected) << address;
      bench.cpu.store<std::uint32_t>(address, 1);
      EXPECT_EQ(bench.cpu.hint, expected) << address;
    }
  };
  hints(true);
  bench.port().allow_dmi(false);
  hints(false);
  bench.port().allow_dmi(true);
  hints(true);
  const DmiHold hold;
  bench.port().hold_back(hold);
  hints(false);
  bench.port().let_go(hold);
  hints(true);
  bench.ram.allow_direct_access(false);
  bench.region.allow_direct_access(false);
  hints(false);
}

TEST(PortLane, WritesAreNotedInTheDirtyLog) {
  HitBench bench;
  bench.start();
  bench.ram.reset_dirty({0, 0xfff}, DirtyClient::vga);
  bench.cpu.load<std::uint32_t>(kRam);
  EXPECT_FALSE(bench.ram.is_dirty({0, 0xfff}, DirtyClient::vga));
  bench.cpu.store<std::uint32_t>(kRam, 1);
  EXPECT_TRUE(bench.cpu.hint);
  EXPECT_TRUE(bench.ram.is_dirty({0, 0xfff}, DirtyClient::vga));
}

TEST(PortLane, ASelectorThatComesLaterIsAsked) {
  HitBench bench;
  Container other("other");
  RamRegion secret("secret", 0x1000);
  other.add(kRam, secret);
  AddressSpace secure("secure", other);
  bench.start();
  bench.port().secure_space(secure);
  AttributesExtension extension;
  extension.attributes.secure = true;
  std::uint32_t value = 0x33;
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, kRam, &value, 4);
  payload.set_extension(&extension);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  payload.clear_extension(&extension);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(kRam), 0x22U);
  EXPECT_EQ(secret.memory().data[0], 0x33);
}

TEST(PortLane, ATargetThatThrowsGivesTheAddressBack) {
  HitBench bench;
  bench.start();
  const testing::ReportCounter reports(kProtocolMessage);
  bench.target.on_transport = [](tlm::tlm_generic_payload&, sc_core::sc_time&) { throw std::runtime_error("broken"); };
  bench.cpu.load<std::uint32_t>(kDevice + 8);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.address_after, kDevice + 8);
  EXPECT_EQ(reports.count(), 1);
}

TEST(PortLane, ATargetMayChangeTheMapWhileItIsCalled) {
  HitBench bench;
  bench.start();
  bench.target.on_transport = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    bench.region.set_enabled(false);
    payload.set_dmi_allowed(true);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  bench.cpu.load<std::uint32_t>(kDevice);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_OK_RESPONSE);
  EXPECT_FALSE(bench.cpu.hint);
  EXPECT_EQ(bench.cpu.address_after, kDevice);
}

TEST(PortLane, DebugTransportsReachWhatIsThereNow) {
  HitBench bench;
  bench.start();
  std::uint32_t value = 0;
  EXPECT_EQ(bench.cpu.debug_read(kDevice, &value, 4), 4U);
  EXPECT_EQ(value, 0x11U);
  EXPECT_EQ(bench.cpu.address_after, kDevice);
  bench.region.set_readonly(true);
  value = 0x44;
  EXPECT_EQ(bench.cpu.debug_write(kDevice, &value, 4), 4U);
  bench.region.set_enabled(false);
  EXPECT_EQ(bench.cpu.debug_read(kDevice, &value, 4), 0U);
}

/// The pages of a memory in any order, each of which holds its number.
struct ManyPages : Bench {
  static constexpr std::size_t kPages = 6000;
  static constexpr std::size_t kPage = 4096;

  ManyPages() : shown(kPages) {
    std::iota(shown.begin(), shown.end(), 0);
    std::shuffle(shown.begin(), shown.end(), random);
    MapTransaction change;
    for (std::size_t page = 0; page < kPages; ++page) {
      const auto number = static_cast<std::uint32_t>(page);
      std::memcpy(ram.memory().data + page * kPage, &number, sizeof number);
      windows.push_back(std::make_unique<AliasRegion>("window", ram, shown[page] * kPage, kPage));
      system.add(page * kPage, *windows[page]);
    }
    change.commit();
  }
  void swap(std::size_t a, std::size_t b) {
    std::swap(shown[a], shown[b]);
    windows[a]->set_alias_offset(shown[a] * kPage);
    windows[b]->set_alias_offset(shown[b] * kPage);
  }
  std::size_t any_page() { return std::uniform_int_distribution<std::size_t>(0, kPages - 1)(random); }
  std::uint32_t load(std::size_t page) { return cpu.load<std::uint32_t>(page * kPage); }

  std::mt19937_64 random{testing::seed()};
  std::vector<std::uint32_t> shown;
  RamRegion ram{"ram", kPages* kPage};
  std::vector<std::unique_ptr<AliasRegion>> windows;
};

TEST(PortLane, HasRoomForAsManyPagesAsAreUsed) {
  ManyPages bench;
  TimingTable timings;
  PortLane lane(bench.space, timings, [](const auto&, const auto&, DmiCause) {});
  const auto is_remembered = [&](std::size_t page) {
    const ServedRange& served = lane.remembered(page * ManyPages::kPage);
    return lane.is_current(served) && served.holds(page * ManyPages::kPage);
  };
  const auto remembered = [&] {
    std::size_t count = 0;
    for (std::size_t page = 0; page < ManyPages::kPages; ++page) count += is_remembered(page) ? 1 : 0;
    return count;
  };
  const auto use_all = [&] {
    for (std::size_t page = 0; page < ManyPages::kPages; ++page)
      EXPECT_TRUE(lane.served_at(page * ManyPages::kPage).holds(page * ManyPages::kPage));
  };
  use_all();
  EXPECT_LT(remembered(), ManyPages::kPages);
  for (int i = 0; i < 4; ++i) use_all();
  EXPECT_EQ(remembered(), ManyPages::kPages);
  lane.forget();
  EXPECT_EQ(remembered(), 0U);
  for (int i = 0; i < 5; ++i) use_all();
  EXPECT_EQ(remembered(), ManyPages::kPages);
}

// While the order of the pages changes, and with it, and with observers, how much the port remembers.
TEST(PortLane, ServesManyPagesFromTheMapAsItIsNow) {
  ManyPages bench;
  bench.start();
  PortObserver observer;
  for (int round = 0; round < 20; ++round) {
    for (int access = 0; access < 20'000; ++access) {
      const std::size_t page = bench.any_page();
      ASSERT_EQ(bench.load(page), bench.shown[page]);
    }
    const std::size_t changed = bench.any_page();
    bench.swap(changed, bench.any_page());
    if (round % 5 == 4) bench.port().add_observer(observer);
    EXPECT_EQ(bench.load(changed), bench.shown[changed]);
    if (round % 5 == 4) bench.port().remove_observer(observer);
  }
}

}  // namespace
}  // namespace sc_memory
