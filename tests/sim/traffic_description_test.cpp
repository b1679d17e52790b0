// Descriptions of traffic platforms: what they mean, and every mistake by file and key.
#include "sim/traffic_description.h"

#include <gmock/gmock.h>

#include "sim/options.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::sim::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

constexpr char kRam[] = R"({"name": "ram", "address": "0x1000", "size": "4K"})";
constexpr char kCpu[] = R"({"name": "cpu", "count": 10, "traffic": {"kind": "stream", "region": "ram"}})";

class TrafficDescriptionTest : public ::testing::Test {
 protected:
  std::string file(const std::string& text) { return directory_.file("plan.json", {text.begin(), text.end()}); }
  std::string file(const std::string& regions, const std::string& initiators) {
    return file("{\"regions\": [" + regions + "], \"initiators\": [" + initiators + "]}");
  }
  void expect_refused(const std::string& path, const std::string& key, const std::string& problem) {
    EXPECT_THAT([&] { read_traffic_description(path); },
                ThrowsMessage<OptionError>(AllOf(StartsWith(path + ": " + key), HasSubstr(problem))));
  }
  void expect_region_refused(const std::string& rest, const std::string& key, const std::string& problem) {
    expect_refused(file(R"({"name": "ram", "address": "0x1000")" + rest + "}", kCpu), "regions[0]." + key, problem);
  }
  void expect_initiator_refused(const std::string& rest, const std::string& key, const std::string& problem) {
    expect_refused(file(kRam, R"({"name": "cpu")" + rest + "}"), "initiators[0]." + key, problem);
  }

 private:
  models::test::TemporaryDirectory directory_;
};

TEST_F(TrafficDescriptionTest, TheExamplesAreRead) {
  const TrafficDescription two = read_traffic_description(SIM_EXAMPLES "/contention.json");
  EXPECT_EQ(two.title, "Two initiators on one memory");
  ASSERT_EQ(two.platform.regions.size(), 1u);
  EXPECT_EQ(two.platform.regions[0].size, 0x10000u);
  EXPECT_EQ(two.platform.regions[0].bandwidth, 1.6e9);
  EXPECT_EQ(two.platform.regions[0].arbitration, Arbitration::round_robin);
  ASSERT_EQ(two.platform.initiators.size(), 2u);
  EXPECT_EQ(two.platform.initiators[0].traffic.outstanding, 64u);
  EXPECT_TRUE(two.platform.initiators[0].traffic.exponential);
  EXPECT_TRUE(two.platform.initiators[0].traffic.end_response);
  EXPECT_EQ(two.endless, "");
  const TrafficDescription soc = read_traffic_description(SIM_EXAMPLES "/soc.json");
  EXPECT_EQ(soc.quantum, sc_core::sc_time(1, sc_core::SC_US));
  EXPECT_EQ(soc.platform.regions[4].write_latency, sc_core::sc_time(40, sc_core::SC_NS));
}

TEST_F(TrafficDescriptionTest, NonblockingAccessesMayGoWithoutEndResponse) {
  const TrafficDescription read = read_traffic_description(
      file(kRam, R"({"name": "dma", "style": "nonblocking", "end_response": false, "count": 10, )"
                 R"("traffic": {"kind": "stream", "region": "ram"}})"));
  EXPECT_FALSE(read.platform.initiators[0].traffic.end_response);
}

TEST_F(TrafficDescriptionTest, NoJson) {
  expect_refused(file("{\"regions\": [,]}"), "parse error at line 1", "syntax error");
  expect_refused(file("[1, 2]"), "is no JSON object", "expected {...}");
}

TEST_F(TrafficDescriptionTest, UnknownKeysAreNamedWithThoseThereAre) {
  expect_region_refused(R"(, "size": "4K", "latncy": "10ns")", "latncy", "is unknown; expected address, arbitration");
  expect_initiator_refused(R"(, "traffic": {"kind": "stream", "region": "ram", "stride": 4}, "count": 1)",
                           "traffic.stride", "is unknown");
}

TEST_F(TrafficDescriptionTest, RegionsThatMakeNoSense) {
  expect_refused(file("{}"), "regions", "is missing");
  expect_refused(file("", kCpu), "regions", "at least one");
  expect_refused(file("7", kCpu), "regions[0]", "expected an object");
  expect_region_refused("", "size", "is missing");
  expect_region_refused(R"(, "size": 0)", "size", "is 0");
  expect_region_refused(R"(, "size": "much")", "size", "'much' is not a size");
  expect_region_refused(R"(, "size": -1)", "size", "expected a whole number");
  expect_region_refused(R"(, "size": 64, "kind": "tape")", "kind", "'tape' is unknown; expected ram, rom, device");
  expect_region_refused(R"(, "size": 64, "latency": "10 parsecs")", "latency", "'10 parsecs' is not a simulated time");
  expect_region_refused(R"(, "size": 64, "latency": {"read": 5})", "latency.read", "expected a string");
  expect_region_refused(R"(, "size": 64, "bandwidth": "fast")", "bandwidth", "such as 1.6GB/s");
  expect_region_refused(R"(, "size": 64, "bandwidth": "-1GB/s")", "bandwidth", "is no rate");
  expect_region_refused(R"(, "size": 64, "arbitration": "mercy")", "arbitration", "round_robin");
  expect_region_refused(R"(, "size": 64, "kind": "alias", "target": "ram")", "target", "");
  expect_refused(file(std::string(kRam) + "," + kRam, kCpu), "regions[1].name", "an earlier region");
}

TEST_F(TrafficDescriptionTest, InitiatorsThatMakeNoSense) {
  const std::string stream = R"(, "traffic": {"kind": "stream", "region": "ram"})";
  expect_initiator_refused("", "traffic", "is missing");
  expect_initiator_refused(stream, "count", "give count, or a pause or an interval");
  expect_initiator_refused(stream + R"(, "pause": "1ns", "interval": "1ns")", "pause", "one of them");
  expect_initiator_refused(stream + R"(, "style": "nonblocking", "outstanding": 0)", "outstanding", "from 1 to 256");
  expect_initiator_refused(stream + R"(, "random": 1)", "random", "true or false");
  expect_initiator_refused(R"(, "count": 1, "traffic": {"kind": "stream", "region": "rom"})", "traffic.region",
                           "'rom' is unknown; expected ram");
  expect_initiator_refused(R"(, "count": 1, "traffic": {"kind": "stream", "region": "ram", "writes": 2})",
                           "traffic.writes", "from 0 to 1");
  expect_initiator_refused(R"(, "count": 1, "traffic": {"kind": "random", "region": "ram", "length": "8K"})", "traffic",
                           "8192 bytes in a window of 4096");
  expect_initiator_refused(R"(, "traffic": {"kind": "replay", "file": "missing.csv"})", "traffic", "No such file");
  expect_initiator_refused(R"(, "traffic": {"kind": "copy", "from": 0, "to": 64, "size": 0})", "traffic", "above 0");
  expect_refused(file(kRam, std::string(kCpu) + "," + kCpu), "initiators[1].name", "an earlier initiator");
}

TEST_F(TrafficDescriptionTest, EndlessTrafficIsNamed) {
  const TrafficDescription description = read_traffic_description(
      file(kRam, R"({"name": "cpu", "pause": "1ns", "traffic": {"kind": "stream", "region": "ram"}})"));
  EXPECT_EQ(description.endless, "cpu");
}

}  // namespace
}  // namespace sc_memory::sim::test
