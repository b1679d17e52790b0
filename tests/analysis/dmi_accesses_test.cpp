// What goes through the pointers of a DmiCache, seen without taking them back.
#include "sc_memory/analysis/dmi_accesses.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

#include "sc_memory/analysis/hot_pages.h"
#include "sc_memory/analysis/probe.h"

#include "tests/analysis/collectors.h"
#include "tests/support/seed.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::Collector;

struct CacheBench : Bench {
  CacheBench() {
    system.add(0x10000, ram);
    cpu.on_invalidate = [this](const AddressRange& range) { cache.invalidate(range); };
    start();
  }
  DmiCache cache{cpu.socket};
  RamRegion ram{"ram", 0x10000};  // Goes first, and takes its pointers back.
  sc_core::sc_time delay;
};

TEST(DmiAccesses, CountsEveryHitByPage) {
  CacheBench bench;
  DmiAccesses accesses(bench.port(), bench.cache);
  Probe probe(bench.bus, ProbeScope().direct(DirectAccess::allowed));
  Collector<TransactionRecord> transported;
  HotPages pages;
  accesses.transactions.bind(pages);
  probe.transactions.bind(transported);
  std::mt19937_64 random(testing::seed());
  std::map<std::uint64_t, std::uint64_t> naive;
  for (int i = 0; i < 2000; ++i) {
    const Address offset = 8 * (random() % 0x2000);
    std::uint64_t value = random();
    if (i == 1000) bench.ram.set_address(0x20000);
    bench.cache.store(bench.ram.address() + offset, value, bench.delay);
    ++naive[offset >> HotPages::kPageBits];
  }
  EXPECT_EQ(transported.records.size(), 2u) << "the first one, and the one after the move";
  for (const TransactionRecord& record : transported.records) --naive[record.offset >> HotPages::kPageBits];
  EXPECT_EQ(pages.total(), 1998u);
  for (const HotPages::Page& page : pages.top(100)) {
    EXPECT_EQ(page.count, naive[page.offset >> HotPages::kPageBits]);
    EXPECT_EQ(page.region.text(), "ram");
  }
}

TEST(DmiAccesses, RecordsSayAllThatIsKnown) {
  CacheBench bench;
  bench.bus.timing(bench.ram).read_latency({7, sc_core::SC_NS});
  DmiAccesses accesses(bench.port(), bench.cache);
  Collector<TransactionRecord> seen;
  accesses.transactions.bind(seen);
  std::uint32_t word = 5;
  bench.cache.store(0x10000, word, bench.delay);
  EXPECT_TRUE(seen.records.empty());
  bench.cache.load(0x10010, word, bench.delay);
  ASSERT_EQ(seen.records.size(), 1u);
  EXPECT_EQ(seen.last().path, TransactionPath::dmi);
  EXPECT_EQ(seen.last().command, tlm::TLM_READ_COMMAND);
  EXPECT_EQ(seen.last().initiator.text(), "cpu");
  EXPECT_EQ(seen.last().offset, 0x10u);
  EXPECT_EQ(seen.last().latency(), sc_core::sc_time(7, sc_core::SC_NS));
}

TEST(DmiAccesses, GoneTheCacheIsAsItWas) {
  CacheBench bench;
  Collector<TransactionRecord> seen;
  std::uint32_t word = 5;
  {
    DmiAccesses accesses(bench.port(), bench.cache);
    accesses.transactions.bind(seen);
    bench.cache.store(0x10000, word, bench.delay);
    bench.cache.store(0x10000, word, bench.delay);
  }
  bench.cache.store(0x10004, word, bench.delay);
  word = 0;
  EXPECT_EQ(bench.cache.load(0x10004, word, bench.delay), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 5u);
  EXPECT_EQ(seen.records.size(), 1u);
}

}  // namespace
}  // namespace sc_memory
