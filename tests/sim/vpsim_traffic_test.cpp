// vpsim run --traffic, and what can be known of a run: --report, --stats, --record, --observe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/analysis/trace_event_rules.h"
#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class VpsimTraffic : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) { return directory.file(name, bytes_of(text)); }
  /// A platform with 4 KiB at 0x1000 for initiators given as JSON.
  std::string plan(const std::string& initiators) {
    return file("plan.json", R"({"regions": [{"name": "ram", "address": "0x1000", "size": "4K", "latency": "10ns"}],)"
                             R"("initiators": [)" +
                                 initiators + "]}");
  }
  std::string reader(const std::string& more = "") {
    return R"({"name": "cpu", "count": 100, "traffic": {"kind": "stream", "region": "ram", "length": 64})" + more + "}";
  }
  static json json_of(const std::string& text) { return json::parse(text.substr(text.find('{'))); }

  models::test::TemporaryDirectory directory;
};

TEST_F(VpsimTraffic, RunsWhatIsDescribedAndSaysWhatItDid) {
  const VpsimResult result = run_vpsim({"run", "--traffic", plan(reader())});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_TRUE(has_match(result.errors, "simulated 1 us "));
  EXPECT_TRUE(has_match(result.errors, "cpu +100 +0 +6400 +0 +10 ns +6.4e\\+09"));
}

TEST_F(VpsimTraffic, TheExamplesRun) {
  for (const char* const example : {SIM_EXAMPLES "/contention.json", SIM_EXAMPLES "/soc.json"}) {
    SCOPED_TRACE(example);
    const VpsimResult result = run_vpsim({"run", "--traffic", example, "--stats", "text"});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("traffic by initiator and region:"));
    EXPECT_THAT(result.errors, HasSubstr("waits for regions"));
  }
}

TEST_F(VpsimTraffic, StatisticsAreJsonOnRequest) {
  const std::string path = directory.path("stats.json");
  const VpsimResult result = run_vpsim({"run", "--traffic", plan(reader()), "--stats", "json", "--stats-file", path});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const json data = json::parse(contents_of(path));
  EXPECT_EQ(data.at("total").at("reads"), 100);
  EXPECT_EQ(data.at("simulated_ps"), 1'000'000);
  EXPECT_EQ(data.at("traffic").at(0).at("read_latency").at("mean_ps"), 10'000);
}

TEST_F(VpsimTraffic, DirectAccessesAreSeenWhereTheyAreObserved) {
  const std::string direct = plan(reader(R"(, "style": "direct")"));
  const auto reads = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"run", "--traffic", direct, "--stats", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const VpsimResult result = run_vpsim(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return json_of(result.errors.substr(result.errors.find("\n{"))).at("total").at("reads").get<int>();
  };
  EXPECT_EQ(reads({}), 1);
  EXPECT_EQ(reads({"--observe", "all"}), 100);
  EXPECT_EQ(reads({"--observe", "ram"}), 100);
  EXPECT_GT(reads({"--observe", "0x1400-0x17ff"}), 16);
  EXPECT_LT(reads({"--observe", "0x1400-0x17ff"}), 50);
}

TEST_F(VpsimTraffic, ARangeThatShowsNothingIsToldAndHarmless) {
  const VpsimResult result =
      run_vpsim({"run", "--traffic", plan(reader()), "--stats", "text", "--observe", "0x9000-0x9fff"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.errors, HasSubstr("vpsim: warning: the range [0x9000, 0x9fff] of a probe shows nothing"));
  EXPECT_TRUE(has_match(result.errors, "cpu +ram +100 "));
}

TEST_F(VpsimTraffic, ATraceKeepsTheRulesOfItsFormat) {
  const std::string trace = directory.path("trace.json");
  const std::string initiators =
      reader() +
      R"(,{"name": "dma", "style": "nonblocking", "outstanding": 4, "count": 100,)"
      R"( "traffic": {"kind": "random", "region": "ram", "writes": 0.5}},)"
      R"({"name": "direct", "style": "direct", "count": 100, "traffic": {"kind": "stream", "region": "ram"}})";
  ASSERT_EQ(run_vpsim({"run", "--traffic", plan(initiators), "--record", trace}).exit_code, 0);
  const json events = json::parse(contents_of(trace));
  EXPECT_GE(events.size(), 100u + 4 * 100u);
  EXPECT_EQ(sc_memory::testing::TraceEventRules::broken_by(events), std::vector<std::string>());
}

TEST_F(VpsimTraffic, ARecordingIsReplayed) {
  for (const std::string ending : {".csv", ".db"}) {
    SCOPED_TRACE(ending);
    const std::string recording = directory.path("recording" + ending);
    ASSERT_EQ(
        run_vpsim({"run", "--traffic", plan(reader(R"(, "pause": "7ns", "random": true)")), "--record", recording})
            .exit_code,
        0);
    const VpsimResult result = run_vpsim({"run", "--stats", "json", "--traffic",
                                          plan(R"({"name": "again", "traffic": {"kind": "replay", "file": "recording)" +
                                               ending + R"(", "initiator": "cpu"}})")});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_EQ(json_of(result.errors.substr(result.errors.find("\n{"))).at("total").at("bytes_read"), 6400);
  }
}

TEST_F(VpsimTraffic, ATraceThatBreaksOffLeavesTheRest) {
  file("broken.csv", "command,address,length\nread,0x1000,4\nread,0x1004,four\n");
  const std::string stats = directory.path("stats.json");
  const VpsimResult result =
      run_vpsim({"run", "--stats", "json", "--stats-file", stats, "--traffic",
                 plan(reader() + R"(, {"name": "replay", "traffic": {"kind": "replay", "file": "broken.csv"}})")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.errors, HasSubstr("vpsim: 'replay' stopped: " + directory.path("broken.csv") +
                                       ":3: the length is 'four'; expected a number of bytes from 1 to 16777216"));
  EXPECT_EQ(json::parse(contents_of(stats)).at("total").at("reads"), 101);
}

TEST_F(VpsimTraffic, AReportIsAPage) {
  const std::string path = directory.path("report.html");
  const VpsimResult result = run_vpsim({"run", "--traffic", plan(reader()), "--report", path});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const std::string page = contents_of(path);
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("\"bytes_read\":6400"));
}

TEST_F(VpsimTraffic, ReportOfAMachineThatRunsSoftware) {
  const std::string path = directory.path("report.html");
  const VpsimResult result = run_vpsim({"run", "--report", path, "--stats", "text"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(contents_of(path), HasSubstr("virt.flash0"));
  EXPECT_THAT(result.errors, HasSubstr(" by the map\n"));
  EXPECT_THAT(result.output, Not(HasSubstr("warning")));
}

TEST_F(VpsimTraffic, AFullDiskIsToldAndTheRunCounts) {
  for (const std::string option : {"--report", "--stats-file", "--record"}) {
    SCOPED_TRACE(option);
    std::string path = "/dev/full";
    if (option == "--record") {
      path = directory.path("full.csv");
      ASSERT_EQ(::symlink("/dev/full", path.c_str()), 0);
    }
    const VpsimResult result = run_vpsim({"run", "--traffic", plan(reader()), "--stats", "text", option, path});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.errors, HasSubstr("No space left on device"));
    EXPECT_TRUE(has_match(result.errors, "cpu +100 +0 +6400 "));
  }
}

void expect_refused(const std::vector<std::string>& arguments, const std::string& words) {
  const VpsimResult result = run_vpsim(arguments);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.errors, HasSubstr(words));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
}

TEST_F(VpsimTraffic, WhatCannotBeDoneIsRefusedBeforeTheRun) {
  const std::string good = plan(reader());
  expect_refused({"run", "--traffic", directory.path("missing.json")}, "missing.json: ");
  expect_refused({"run", "--traffic", good, "--kernel", "x"}, "--kernel: a platform of traffic generators has no use");
  for (const std::string option : {"--report", "--stats-file"})
    expect_refused({"run", "--traffic", good, "--stats", "text", option, "/nowhere/file"},
                   option + ": '/nowhere/file' cannot be written: No such file or directory");
  expect_refused({"run", "--traffic", good, "--record", "/nowhere/file.csv"},
                 "--record: the recording '/nowhere/file.csv'");
  expect_refused({"run", "--traffic", good, "--record", directory.path("file.txt")}, ".json, .db, .csv, .vcd, .ftr");
  expect_refused({"run", "--traffic", good, "--stats", "xml"}, "--stats: 'xml' is not a format; give text or json");
  expect_refused({"run", "--traffic", good, "--observe", "ram"}, "--observe: nobody looks");
  expect_refused({"run", "--traffic", good, "--stats", "text", "--observe", "rom"}, "no region 'rom'; give all");
  expect_refused({"run", "--traffic", good, "--stats", "text", "--observe", "0x10-0x8"},
                 "'0x10-0x8' ends before it begins");
  const std::string endless =
      plan(R"({"name": "cpu", "pause": "1ns", "traffic": {"kind": "stream", "region": "ram"}})");
  expect_refused({"run", "--traffic", endless}, "'cpu' never ends; give it a count, or vpsim --max-time");
  EXPECT_EQ(run_vpsim({"run", "--traffic", endless, "--max-time", "10us"}).exit_code, 0);
  const std::string clash = file("clash.json", R"({"regions": [{"name": "a", "address": 0, "size": "8K"},
      {"name": "b", "address": "4K", "size": "8K"}], "initiators": [{"name": "cpu", "count": 1,
      "traffic": {"kind": "stream", "region": "a"}}]})");
  expect_refused({"run", "--traffic", clash}, "'b'");
}

}  // namespace
}  // namespace sc_memory::sim::test
