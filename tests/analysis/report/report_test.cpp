// The data of the report, and the page around it.
#include "sc_memory/analysis/report/report.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <random>

#include "sc_memory/map/region_kinds.h"

#include "tests/analysis/report/digest_bench.h"
#include "tests/support/seed.h"

namespace sc_memory::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kRead = tlm::TLM_READ_COMMAND;
constexpr auto kWrite = tlm::TLM_WRITE_COMMAND;

class Report : public ::testing::Test {
 protected:
  Report() {
    system.add(0x1000, boot);
    system.add(0x8000'0000, ram);
    facts.title = "a run";
  }
  ReportSources sources() { return {digest, facts, {&space}}; }
  json data() { return json::parse(report_data(sources())); }

  Container system{"system"};
  RomRegion boot{"boot", 0x1000};
  RamRegion ram{"ram", 0x10000};
  AddressSpace space{"memory", system};
  TrafficDigest digest;
  RunFacts facts;
};

TEST_F(Report, OfNothingIsStillAReport) {
  const json all = data();
  EXPECT_EQ(all.at("title"), "a run");
  EXPECT_TRUE(all.at("traffic").empty());
  EXPECT_TRUE(all.at("dmi").at("events").empty());
  EXPECT_EQ(all.at("map").at(0).at("ranges").size(), 2u);
}

TEST_F(Report, RowsNameInitiatorsAndRegionsByNumber) {
  digest.write(transaction("cpu", "ram", kRead, 0x10, 64, 0, 20));
  digest.write(transaction("dma", "ram", kWrite, 0x2010, 256, 5, 100));
  digest.write(transaction("cpu", "ram", kRead, 0x20, 64, 50, 40));
  const json all = data();
  ASSERT_EQ(all.at("traffic").size(), 2u);
  const json& cpu = all.at("traffic").at(0);
  EXPECT_EQ(all.at("initiators").at(cpu.at("initiator").get<std::size_t>()), "cpu");
  EXPECT_EQ(all.at("regions").at(cpu.at("region").get<std::size_t>()), "ram");
  EXPECT_EQ(cpu.at("reads"), 2);
  EXPECT_EQ(cpu.at("bytes_read"), 128);
  EXPECT_EQ(cpu.at("read_latency").at("mean"), 30'000);
  std::uint64_t counted = 0;
  for (const json& bucket : cpu.at("read_latency").at("buckets")) counted += bucket.at(2).get<std::uint64_t>();
  EXPECT_EQ(counted, 2u);
  const json& hottest = all.at("hot_pages").at("pages").at(0);
  EXPECT_EQ(hottest.at("offset"), "0x0");
  EXPECT_EQ(hottest.at("count"), 2);
}

TEST_F(Report, TheMapSaysWhatIsWhere) {
  const json ranges = data().at("map").at(0).at("ranges");
  EXPECT_EQ(ranges.at(0).at("first"), "0x1000");
  EXPECT_EQ(ranges.at(0).at("kind"), "rom");
  EXPECT_EQ(ranges.at(1).at("last"), "0x8000ffff");
}

TEST_F(Report, DmiEventsAreCountedByRegionAndCause) {
  using Event = DmiRecord::Event;
  digest.write(dmi_event(Event::granted, "cpu", "ram", 10));
  digest.write(dmi_event(Event::granted, "cpu", "ram", 20));
  digest.write(dmi_event(Event::grant_taken_back, "cpu", "ram", 30, DmiCause::watchpoint));
  const json all = data();
  const json& dmi = all.at("dmi");
  EXPECT_EQ(dmi.at("counts"), json({2, 0, 1, 0}));
  EXPECT_EQ(dmi.at("causes").at(static_cast<int>(DmiCause::watchpoint)), "a watchpoint");
  EXPECT_EQ(dmi.at("cause_counts").at(static_cast<int>(DmiCause::watchpoint)), 1);
  ASSERT_EQ(dmi.at("by_region").size(), 1u);
  EXPECT_EQ(dmi.at("by_region").begin()->at("invalidations"), 1);
  EXPECT_EQ(dmi.at("events").at(2).at(0), 30'000);
}

TEST_F(Report, ThePageHoldsTheDataAndNeedsNothingElse) {
  digest.write(transaction("cpu", "ram", kRead, 0, 4, 0, 20));
  facts.title = "<a & b>";
  const std::string page = report_page(sources());
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("<title>&lt;a &amp; b></title>"));
  EXPECT_THAT(page, HasSubstr("JSON.parse"));
  EXPECT_THAT(page, HasSubstr("--heat-3"));
  for (const char* const place : {"@title@", "@style@", "@data@", "@script@"}) EXPECT_THAT(page, Not(HasSubstr(place)));
  for (const char* const link : {"src=", "href=", "url(", "@import", "fetch("}) EXPECT_THAT(page, Not(HasSubstr(link)));
  const std::string begin = "<script id=\"data\" type=\"application/json\">";
  const std::size_t from = page.find(begin) + begin.size();
  EXPECT_EQ(json::parse(page.substr(from, page.find("</script>", from) - from)), data());
}

TEST_F(Report, NamesCannotEndTheScriptThatHoldsThem) {
  const std::string name = "</script><!--<script>alert(1)</script>";
  digest.write(transaction("cpu", name, kRead, 0, 4, 0, 20));
  digest.write(transaction("\xff\xfe", "ram", kRead, 0, 4, 0, 20));
  const std::string page = report_page(sources());
  EXPECT_THAT(page, Not(HasSubstr(name)));
  EXPECT_THAT(page, Not(HasSubstr("<!--<script")));
  EXPECT_EQ(data().at("regions").at(0), name);
}

TEST_F(Report, OfTenMillionTransactionsIsASmallPage) {
  std::mt19937_64 random(seed());
  const int count = steps(10'000'000);
  std::vector<TransactionRecord> kinds;
  for (int initiator = 0; initiator < 8; ++initiator) {
    for (int region = 0; region < 24; ++region)
      kinds.push_back(transaction("initiator" + std::to_string(initiator), "region" + std::to_string(region),
                                  region % 3 != 0 ? kRead : kWrite, 0, 64, 0, 0));
  }
  for (int i = 0; i < count; ++i) {
    const std::uint64_t bits = random();
    TransactionRecord& record = kinds[bits % kinds.size()];
    record.offset = (bits >> 8) % (1U << 28);
    record.start = sc_core::sc_time::from_value(static_cast<std::uint64_t>(i) * 100'000);
    record.end = record.start + sc_core::sc_time::from_value((bits >> 40) >> ((bits >> 36) % 16));
    digest.write(record);
    if (i % 50 == 0)
      digest.write(dmi_event(static_cast<DmiRecord::Event>(bits % 4), "initiator1", "region1",
                             static_cast<std::uint64_t>(i) * 100));
  }
  const std::string page = report_page(sources());
  EXPECT_THAT(page.size(), Lt(5'000'000u));
  const json all = data();
  std::uint64_t transactions = 0;
  for (const json& row : all.at("traffic"))
    transactions += row.at("reads").get<std::uint64_t>() + row.at("writes").get<std::uint64_t>();
  EXPECT_EQ(transactions, static_cast<std::uint64_t>(count));
}

}  // namespace
}  // namespace sc_memory::testing
