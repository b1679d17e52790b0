// The DMI cache of initiators: what it grants itself from, what it drops, and when it asks.
#include "sc_memory/tlm/dmi_cache.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/map/test_device.h"
#include "tests/support/seed.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::TestTarget;

/// A bench whose initiator has a cache, and counts what goes past it.
struct CacheBench : Bench {
  CacheBench() {
    cpu.on_invalidate = [this](const AddressRange& range) { cache.invalidate(range); };
    bus.add_observer(observer);
  }
  // The bus, which the base has, outlives the observer.
  ~CacheBench() { bus.remove_observer(observer); }
  struct Observer : PortObserver {
    void transported(const PortTransaction&) override { ++transports; }
    void granted(const InitiatorPort&, MemoryRegion*, const AddressRange&) override { ++requests; }
    void refused(const InitiatorPort&, MemoryRegion*, const AddressRange&) override { ++requests; }
    int transports = 0;
    int requests = 0;
  };
  Observer observer;
  DmiCache cache{cpu.socket};
  sc_core::sc_time delay;
};

TEST(DmiCache, TheHintMakesItAskOnce) {
  CacheBench bench;
  RamRegion ram("ram", 0x4000);
  bench.system.add(0x8000, ram);
  bench.start();
  for (std::uint32_t i = 0; i < 100; ++i)
    EXPECT_EQ(bench.cache.store(0x8000 + 4 * i, i, bench.delay), tlm::TLM_OK_RESPONSE);
  std::uint32_t word = 0;
  EXPECT_EQ(bench.cache.load(0x8000 + 4 * 77, word, bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 77u);
  EXPECT_EQ(bench.observer.transports, 1) << "a write grant is good for reads";
  EXPECT_EQ(bench.observer.requests, 1);
}

TEST(DmiCache, ReadsAndWritesAreGrantedApart) {
  CacheBench bench;
  RomRegion rom("rom", 0x1000);
  bench.system.add(0, rom);
  bench.start();
  std::uint8_t byte = 0;
  bench.cache.load(0, byte, bench.delay);
  EXPECT_NE(bench.cache.find(0x10, Direction::read).data, nullptr);
  EXPECT_EQ(bench.cache.find(0x10, Direction::write).data, nullptr);
  EXPECT_EQ(bench.cache.store(0x10, byte, bench.delay), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(bench.cache.request(0x10, Direction::write).data, nullptr);
  const int requests = bench.observer.requests;
  bench.cache.request(0x20, Direction::write);
  EXPECT_EQ(bench.observer.requests, requests) << "a refusal is remembered for its range";
  rom.set_readonly(false);
  EXPECT_NE(bench.cache.request(0x20, Direction::write).data, nullptr) << "and taken back with it";
}

TEST(DmiCache, APartialInvalidationLeavesTheRest) {
  CacheBench bench;
  RamRegion ram("ram", 0x4000);
  testing::TestIo device("device", 0x1000);
  bench.system.add(0, ram, Priority{0});
  bench.start();
  bench.cache.request(0, Direction::write);
  const std::uint64_t epoch = bench.cache.epoch();
  bench.system.add(0x1000, device, Priority{1});
  EXPECT_GT(bench.cache.epoch(), epoch);
  EXPECT_EQ(bench.cache.grant_count(Direction::read), 2u);
  EXPECT_EQ(bench.cache.find(0x0fff, Direction::read).range, (AddressRange{0, 0xfff}));
  EXPECT_EQ(bench.cache.find(0x1000, Direction::read).data, nullptr);
  const DmiCache::Direct above = bench.cache.find(0x2004, Direction::write);
  EXPECT_EQ(above.data, ram.memory().data + 0x2004);
  EXPECT_EQ(above.range, (AddressRange{0x2000, 0x3fff}));
}

TEST(DmiCache, AdjacentGrantsThatContinueAreOne) {
  CacheBench bench;
  TestTarget<> target("target", 0x3000);
  TargetRegion region("region", 0x3000);
  region.bind(target.socket);
  bench.system.add(0, region);
  bench.start();
  target.on_dmi = [&](tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const Address page = payload.get_address() & ~Address{0xfff};
    dmi.set_start_address(page);
    dmi.set_end_address(page + 0xfff);
    dmi.set_dmi_ptr(&target.memory[page]);
    dmi.allow_read_write();
    return true;
  };
  bench.cache.request(0x0000, Direction::read);
  bench.cache.request(0x2000, Direction::read);
  EXPECT_EQ(bench.cache.grant_count(Direction::read), 2u);
  bench.cache.request(0x1000, Direction::read);
  EXPECT_EQ(bench.cache.grant_count(Direction::read), 1u);
  const int before = bench.observer.transports;
  std::uint64_t value = 0;
  EXPECT_EQ(bench.cache.load(0x0ffc, value, bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.observer.transports, before) << "over the border by pointer";
}

TEST(DmiCache, AccessesBeyondAGrantAreTransactions) {
  CacheBench bench;
  RamRegion low("low", 0x1000);
  RamRegion high("high", 0x1000);
  bench.system.add(0, low);
  bench.system.add(0x1000, high);
  bench.start();
  bench.cache.request(0, Direction::write);
  bench.cache.request(0x1000, Direction::write);
  EXPECT_EQ(bench.cache.store(0x0ffc, std::uint64_t{0x1122334455667788}, bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.observer.transports, 2) << "one for each region";
  EXPECT_EQ(low.memory().data[0xfff], 0x55);
  EXPECT_EQ(high.memory().data[0], 0x44);
  std::uint64_t value = 0x77;
  EXPECT_EQ(bench.cache.load(0x1ffc, value, bench.delay), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(value, 0x77U) << "left alone without success";
  std::uint8_t byte = 0;
  EXPECT_EQ(bench.cache.load(0x1fff, byte, bench.delay), tlm::TLM_OK_RESPONSE);
}

TEST(DmiCache, ShortAccessesAreHitsUpToTheEndOfAGrant) {
  CacheBench bench;
  RamRegion ram("ram", 0x1000);
  RamRegion small("small", 4);
  bench.system.add(0, ram);
  bench.system.add(0x2000, small);
  bench.start();
  bench.cache.request(0, Direction::write);
  bench.cache.request(0, Direction::read);
  bench.cache.request(0x2000, Direction::write);
  bench.cache.request(0x2000, Direction::read);
  for (const Address address : {Address{0xff8}, Address{0xffb}, Address{0xfff}, Address{0x2000}, Address{0x2003}}) {
    std::uint8_t byte = 0;
    EXPECT_EQ(bench.cache.store(address, std::uint8_t{0x5a}, bench.delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(bench.cache.load(address, byte, bench.delay), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(byte, 0x5a);
  }
  std::uint32_t word = 0;
  EXPECT_EQ(bench.cache.load(0x2000, word, bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 0x5a00005aU);
  EXPECT_EQ(bench.observer.transports, 0);
}

TEST(DmiCache, TheTopOfTheSpaceIsNoPlaceToWrap) {
  CacheBench bench;
  RamRegion top("top", 0x1000);
  bench.system.add(UINT64_MAX - 0xfff, top);
  bench.start();
  EXPECT_NE(bench.cache.request(UINT64_MAX, Direction::write).data, nullptr);
  EXPECT_EQ(bench.cache.store(UINT64_MAX, std::uint8_t{7}, bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(top.memory().data[0xfff], 7);
  EXPECT_EQ(bench.cache.store(UINT64_MAX, std::uint16_t{7}, bench.delay), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

// IEEE 1666 11.3.5 ac: a grant states the latency of a byte.
TEST(DmiCache, LatenciesAreAddedForEveryByte) {
  CacheBench bench;
  TestTarget<> target("target", 0x1000);
  TargetRegion region("region", 0x1000);
  region.bind(target.socket);
  bench.system.add(0, region);
  bench.start();
  target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_end_address(0xfff);
    dmi.set_dmi_ptr(target.memory.data());
    dmi.allow_read_write();
    dmi.set_read_latency(sc_core::sc_time(3, sc_core::SC_NS));
    dmi.set_write_latency(sc_core::sc_time(5, sc_core::SC_NS));
    return true;
  };
  bench.cache.request(0, Direction::write);
  std::uint8_t byte = 0;
  bench.cache.load(0, byte, bench.delay);
  bench.cache.load(1, byte, bench.delay);
  bench.cache.store(1, byte, bench.delay);
  EXPECT_EQ(bench.delay, sc_core::sc_time(11, sc_core::SC_NS));
  std::uint64_t eight = 0;
  bench.cache.load(0, eight, bench.delay);
  EXPECT_EQ(bench.delay, sc_core::sc_time(35, sc_core::SC_NS));
  bench.cache.write(0, &eight, 3, bench.delay);
  EXPECT_EQ(bench.delay, sc_core::sc_time(50, sc_core::SC_NS));
}

TEST(DmiCache, RefusalsAndGarbageLeaveTransactions) {
  CacheBench bench;
  TestTarget<> target("target", 0x1000);
  TargetRegion region("region", 0x1000);
  region.bind(target.socket);
  bench.system.add(0, region);
  bench.start();
  target.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0x800);
    dmi.set_end_address(0x100);
    return true;
  };
  std::uint8_t byte = 0;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(bench.cache.load(0x900, byte, bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.observer.transports, 5);
  EXPECT_EQ(target.dmi_requests, 1) << "the hint lied once";
}

TEST(DmiCache, AnyLengthAndNone) {
  CacheBench bench;
  RamRegion ram("ram", 0x10000);
  bench.system.add(0, ram);
  bench.start();
  std::vector<std::uint8_t> out(0x8000, 0x5c);
  EXPECT_EQ(bench.cache.write(0x10, out.data(), out.size(), bench.delay), tlm::TLM_OK_RESPONSE);
  std::vector<std::uint8_t> in(0x8000);
  EXPECT_EQ(bench.cache.read(0x10, in.data(), in.size(), bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(in, out);
  EXPECT_EQ(bench.cache.read(0x900000, nullptr, 0, bench.delay), tlm::TLM_OK_RESPONSE);
}

TEST(DmiCache, AttributesTravelWithTransactionsAndRequests) {
  CacheBench bench;
  TestTarget<> target("target", 0x100);
  TargetRegion region("region", 0x100);
  region.bind(target.socket);
  bench.system.add(0, region);
  bench.start();
  std::uint32_t at_transport = 0;
  std::uint32_t at_request = 0;
  target.on_transport = [&](tlm::tlm_generic_payload& payload, auto&) {
    at_transport = attributes_of(payload).requester;
    target.serve(payload);
  };
  target.on_dmi = [&](tlm::tlm_generic_payload& payload, auto&) {
    at_request = attributes_of(payload).requester;
    return false;
  };
  Attributes attributes;
  attributes.requester = 9;
  bench.cache.set_attributes(attributes);
  std::uint8_t byte = 0;
  bench.cache.load(0, byte, bench.delay);
  EXPECT_EQ(at_transport, 9u);
  EXPECT_EQ(at_request, 9u);
}

TEST(DmiCache, StaysRightOverRandomMapChanges) {
  CacheBench bench;
  std::mt19937_64 random(testing::seed());
  constexpr std::uint64_t kPage = 0x1000;
  RamRegion rams[3] = {{"a", 4 * kPage}, {"b", 4 * kPage}, {"c", 4 * kPage}};
  for (RamRegion& ram : rams) {
    for (std::uint64_t i = 0; i < ram.size(); ++i) ram.memory().data[i] = static_cast<std::uint8_t>(random());
    bench.system.add(kPage * (random() % 8), ram, Priority{static_cast<int>(random() % 3)});
  }
  bench.start();
  for (int step = 0; step < testing::steps(3000); ++step) {
    RamRegion& ram = rams[random() % 3];
    switch (random() % 6) {
      case 0:
        ram.set_address(kPage * (random() % 8));
        break;
      case 1:
        ram.set_enabled(random() % 3 != 0);
        break;
      case 2:
        ram.set_readonly(random() % 2 != 0);
        break;
      case 3:
        ram.reset_dirty({0, ram.size() - 1}, DirtyClient::vga);
        break;
      default:
        break;
    }
    for (int access = 0; access < 8; ++access) {
      const Address address = random() % (12 * kPage);
      std::uint16_t expected = static_cast<std::uint16_t>(random());
      const bool writes = random() % 2 != 0;
      std::uint8_t before[2];
      const AccessResult truth = bench.space.read(address, before, 2);
      if (writes) {
        bench.cache.store(address, expected, bench.delay);
      } else {
        std::uint16_t value = 0;
        const auto response = bench.cache.load(address, value, bench.delay);
        ASSERT_EQ(response == tlm::TLM_OK_RESPONSE, truth == AccessResult::ok) << "step " << step;
        if (truth == AccessResult::ok) {
          ASSERT_EQ(std::memcmp(&value, before, 2), 0) << "step " << step;
        }
        continue;
      }
      std::uint8_t after[2];
      bench.space.read(address, after, 2);
      for (int i = 0; i < 2; ++i) {
        const FlatRange* range = bench.space.view().find(address + static_cast<Address>(i));
        const bool written = range != nullptr && !range->readonly;
        const std::uint8_t byte = written ? static_cast<std::uint8_t>(expected >> (8 * i)) : before[i];
        ASSERT_EQ(after[i], byte) << "step " << step;
        if (written) {
          ASSERT_TRUE(static_cast<RamRegion*>(range->region)
                          ->is_dirty({range->offset_of(address + static_cast<Address>(i)),
                                      range->offset_of(address + static_cast<Address>(i))},
                                     DirtyClient::vga))
              << "no write goes unnoticed";
        }
      }
    }
  }
}

}  // namespace
}  // namespace sc_memory
