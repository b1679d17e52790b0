// Ready-made analyses, each against a naive one, on random records.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

#include "sc_memory/analysis/bandwidth_timeline.h"
#include "sc_memory/analysis/dmi_timeline.h"
#include "sc_memory/analysis/hot_pages.h"
#include "sc_memory/analysis/latency_histogram.h"
#include "sc_memory/analysis/traffic_statistics.h"

#include "tests/analysis/random_records.h"
#include "tests/support/seed.h"

namespace sc_memory {
namespace {

using sc_core::sc_time;
using testing::RandomRecords;

TEST(LatencyHistogram, KnowsTimesToWithinAnEighth) {
  std::mt19937_64 random(testing::seed());
  LatencyHistogram histogram;
  std::vector<std::uint64_t> ticks;
  for (int i = 0; i < 5000; ++i) {
    ticks.push_back(random() >> (random() % 64));
    histogram.add(sc_time::from_value(ticks.back()));
  }
  std::sort(ticks.begin(), ticks.end());
  EXPECT_EQ(histogram.count(), ticks.size());
  EXPECT_EQ(histogram.min().value(), ticks.front());
  EXPECT_EQ(histogram.max().value(), ticks.back());
  for (const double q : {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 1.0}) {
    const std::size_t rank = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(q * ticks.size())));
    const std::uint64_t exact = ticks[rank - 1];
    const std::uint64_t answer = histogram.quantile(q).value();
    EXPECT_GE(answer, exact) << q;
    EXPECT_LE(answer - exact, exact / 8) << q;
  }
  std::uint64_t sum = 0;
  std::uint64_t after = 0;
  for (const LatencyHistogram::Bucket& bucket : histogram.buckets()) {
    const auto first = std::lower_bound(ticks.begin(), ticks.end(), bucket.first.value());
    const auto last = std::upper_bound(ticks.begin(), ticks.end(), bucket.last.value());
    EXPECT_EQ(bucket.count, static_cast<std::uint64_t>(last - first));
    EXPECT_GE(bucket.first.value(), after);
    after = bucket.last.value();
    sum += bucket.count;
  }
  EXPECT_EQ(sum, histogram.count());
}

TEST(LatencyHistogram, MeansAndSums) {
  LatencyHistogram one;
  LatencyHistogram two;
  EXPECT_EQ(one.mean(), sc_core::SC_ZERO_TIME);
  EXPECT_EQ(one.quantile(0.5), sc_core::SC_ZERO_TIME);
  one.add(sc_time::from_value(10));
  two.add(sc_time::from_value(30));
  one.add(two);
  EXPECT_EQ(one.mean().value(), 20u);
  EXPECT_EQ(one.count(), 2u);
  EXPECT_EQ(one.min().value(), 10u);
  EXPECT_EQ(one.max().value(), 30u);
}

TEST(TrafficStatistics, CountsLikeANaiveCounter) {
  RandomRecords source(testing::seed());
  TrafficStatistics statistics;
  struct Naive {
    std::uint64_t reads = 0, writes = 0, ignored = 0, bytes_read = 0, bytes_written = 0, errors = 0;
    std::uint64_t longest_read = 0;
  };
  std::map<std::pair<std::string, std::string>, Naive> naive;
  for (const TransactionRecord& record : source.next(20000)) {
    statistics.write(record);
    Naive& row = naive[{record.initiator.text(), record.region.text()}];
    const bool ok = record.response == tlm::TLM_OK_RESPONSE;
    if (!ok) ++row.errors;
    if (record.command == tlm::TLM_READ_COMMAND) {
      ++row.reads;
      row.bytes_read += ok ? record.length : 0;
      row.longest_read = std::max<std::uint64_t>(row.longest_read, record.latency().value());
    } else if (record.command == tlm::TLM_WRITE_COMMAND) {
      ++row.writes;
      row.bytes_written += ok ? record.length : 0;
    } else {
      ++row.ignored;
    }
  }
  ASSERT_EQ(statistics.rows().size(), naive.size());
  std::uint64_t reads = 0;
  std::uint64_t of_first = 0;
  for (const TrafficStatistics::Row& row : statistics.rows()) {
    const Naive& expected = naive.at({row.initiator.text(), row.region.text()});
    EXPECT_EQ(row.reads, expected.reads);
    EXPECT_EQ(row.writes, expected.writes);
    EXPECT_EQ(row.ignored, expected.ignored);
    EXPECT_EQ(row.bytes_read, expected.bytes_read);
    EXPECT_EQ(row.bytes_written, expected.bytes_written);
    EXPECT_EQ(row.errors, expected.errors);
    EXPECT_EQ(row.read_latency.count(), expected.reads);
    EXPECT_EQ(row.read_latency.max().value(), expected.longest_read);
    reads += expected.reads;
    if (row.initiator.text() == "initiator0") of_first += expected.reads;
  }
  EXPECT_EQ(statistics.total().reads, reads);
  EXPECT_EQ(statistics.of_initiator(TrafficName::of("initiator0")).reads, of_first);
  EXPECT_EQ(statistics.of_region(TrafficName::of("region1")).region.text(), "region1");
}

TEST(BandwidthTimeline, FoldsWithoutLosingAByte) {
  RandomRecords source(testing::seed());
  BandwidthTimeline timeline(64, sc_time::from_value(1000));
  std::vector<TransactionRecord> moved;
  for (const TransactionRecord& record : source.next(5000)) {
    timeline.write(record);
    if (record.response == tlm::TLM_OK_RESPONSE && record.command != tlm::TLM_IGNORE_COMMAND) moved.push_back(record);
  }
  EXPECT_GT(timeline.width().value(), 1000u);
  for (const BandwidthTimeline::Series& series : timeline.series()) {
    ASSERT_EQ(series.bytes.size(), 64u);
    std::vector<std::uint64_t> naive(64, 0);
    for (const TransactionRecord& record : moved) {
      if (record.initiator == series.initiator)
        naive.at(static_cast<std::size_t>(record.end.value() / timeline.width().value())) += record.length;
    }
    EXPECT_EQ(series.bytes, naive) << series.initiator.text();
  }
  EXPECT_EQ(timeline.series().size(), 3u);
}

TEST(HotPages, IsExactWhileThereIsRoomAndBoundedBeyond) {
  std::mt19937_64 random(testing::seed());
  HotPages exact(10000);
  HotPages small(64);
  const TrafficName region = TrafficName::of("region");
  std::map<std::uint64_t, std::uint64_t> naive;
  for (int i = 0; i < 50000; ++i) {
    // A quarter goes to few pages, the rest anywhere.
    const std::uint64_t page = random() % 4 == 0 ? random() % 4 : random() % 4000;
    ++naive[page];
    exact.count(region, page << HotPages::kPageBits);
    small.count(region, page << HotPages::kPageBits);
  }
  for (const HotPages::Page& page : exact.top(10000)) {
    EXPECT_EQ(page.count, naive.at(page.offset >> HotPages::kPageBits));
    EXPECT_EQ(page.error, 0u);
  }
  EXPECT_EQ(exact.top(10000).size(), naive.size());
  const std::vector<HotPages::Page> top = small.top(64);
  EXPECT_EQ(top.size(), 64u);
  for (const HotPages::Page& page : top) {
    const std::uint64_t truth = naive[page.offset >> HotPages::kPageBits];
    EXPECT_GE(page.count, truth);
    EXPECT_LE(page.count - page.error, truth);
    EXPECT_LE(page.error, 50000u / 64);
  }
  for (const auto& [page, count] : naive) {
    if (count <= 50000u / 64) continue;
    const bool listed = std::any_of(top.begin(), top.end(), [wanted = page](const HotPages::Page& one) {
      return one.offset >> HotPages::kPageBits == wanted;
    });
    EXPECT_TRUE(listed) << "page " << page << " was accessed " << count << " times";
  }
}

TEST(HotPages, ATransactionCountsForEveryPageItTouches) {
  HotPages pages;
  TransactionRecord record;
  record.offset = 0xffe;
  record.length = 0x1004;
  pages.write(record);
  ASSERT_EQ(pages.top(9).size(), 3u);
  EXPECT_EQ(pages.top(9)[2].offset, 0x2000u);
}

TEST(DmiTimeline, KeepsTheLatestAndCountsAll) {
  DmiTimeline timeline(3);
  for (unsigned i = 0; i < 5; ++i) {
    DmiRecord record;
    record.event = i % 2 == 0 ? DmiRecord::Event::granted : DmiRecord::Event::grant_taken_back;
    record.cause = DmiCause::watchpoint;
    record.range = {i, i};
    timeline.write(record);
  }
  EXPECT_EQ(timeline.count(DmiRecord::Event::granted), 3u);
  EXPECT_EQ(timeline.count(DmiCause::watchpoint), 2u);
  EXPECT_EQ(timeline.count(DmiCause::map), 0u);
  ASSERT_EQ(timeline.events().size(), 3u);
  EXPECT_EQ(timeline.events().front().range.first, 2u);
  EXPECT_EQ(timeline.dropped(), 2u);
}

}  // namespace
}  // namespace sc_memory
