// Statistics as text and as JSON, of a simulated run.
#include "sc_memory/analysis/report/statistics_output.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/analysis/report/digest_bench.h"

namespace sc_memory::testing {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class StatisticsOutput : public ::testing::Test {
 protected:
  StatisticsOutput() {
    digest.write(transaction("cpu", "ram", tlm::TLM_READ_COMMAND, 0, 64, 0, 20));
    digest.write(transaction("cpu", "ram", tlm::TLM_WRITE_COMMAND, 0, 32, 0, 1500));
    TransactionRecord failed = transaction("cpu", "(unmapped)", tlm::TLM_READ_COMMAND, 0, 4, 0, 0);
    failed.response = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    digest.write(failed);
    digest.write(dmi_event(DmiRecord::Event::granted, "cpu", "ram", 1));
    digest.write(dmi_event(DmiRecord::Event::grant_taken_back, "cpu", "ram", 2, DmiCause::dirty_log));
  }
  TrafficDigest digest;
};

TEST_F(StatisticsOutput, TextHasALineForEachPairAndASum) {
  const std::string text = statistics_text(digest);
  EXPECT_THAT(text, ContainsRegex("cpu +ram +1 +1 +96 +0 "));
  EXPECT_THAT(text, ContainsRegex("cpu +\\(unmapped\\) +1 +0 +0 +1 "));
  EXPECT_THAT(text, ContainsRegex("total +2 +1 +96 +1 "));
  EXPECT_THAT(text, HasSubstr("direct memory access: 1 grants, 0 refusals, 1 grants and 0 refusals taken back"));
  EXPECT_THAT(text, ContainsRegex(" 1 by the dirty log\n"));
  EXPECT_THAT(text, Not(HasSubstr("waits")));
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(StatisticsOutput, TimesHaveFourDigitsAndTheirUnit) {
  using sc_core::sc_time;
  EXPECT_EQ(time_text(sc_core::SC_ZERO_TIME), "0 ps");
  EXPECT_EQ(time_text(sc_time(999, sc_core::SC_PS)), "999 ps");
  EXPECT_EQ(time_text(sc_time(1000, sc_core::SC_PS)), "1 ns");
  EXPECT_EQ(time_text(sc_time(12'345'678, sc_core::SC_PS)), "12.35 us");
  EXPECT_EQ(time_text(sc_time(5000, sc_core::SC_SEC)), "5000 s");
}

TEST_F(StatisticsOutput, JsonIsForPrograms) {
  RunFacts facts;
  facts.title = "test";
  facts.facts = {{"host time", "1 s"}};
  const json data = json::parse(statistics_json(digest, facts));
  EXPECT_EQ(data.at("title"), "test");
  EXPECT_EQ(data.at("facts").at("host time"), "1 s");
  ASSERT_EQ(data.at("traffic").size(), 2u);
  const json& ram = data.at("traffic").at(0);
  EXPECT_EQ(ram.at("initiator"), "cpu");
  EXPECT_EQ(ram.at("region"), "ram");
  EXPECT_EQ(ram.at("bytes_written"), 32);
  EXPECT_EQ(ram.at("write_latency").at("max_ps"), 1'500'000);
  EXPECT_EQ(data.at("total").at("errors"), 1);
  EXPECT_EQ(data.at("direct_memory_access").at("taken_back_by_cause").at("the dirty log"), 1);
  EXPECT_TRUE(data.at("waits").empty());
}

}  // namespace
}  // namespace sc_memory::testing
