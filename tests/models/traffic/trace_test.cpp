// Recordings that are read again: those of our recorders, those written by hand, and what is no recording.
#include "models/traffic/trace.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "sc_memory/analysis/recorder.h"

#include "models/traffic/traffic_error.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/models/traffic/traffic_bench.h"

namespace sc_memory::models::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

class TraceTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    return directory.file(name, {text.begin(), text.end()});
  }
  /// All accesses of a recording, as words.
  static std::vector<std::string> words(const std::string& path, const std::string& initiator = "", bool timed = true) {
    ReplayPattern pattern(path, initiator, timed);
    std::vector<std::string> result;
    while (const auto access = pattern.next()) {
      char text[64];
      std::snprintf(text, sizeof text, "%c %llx+%u", access->command == tlm::TLM_WRITE_COMMAND ? 'W' : 'R',
                    static_cast<unsigned long long>(access->address), access->length);
      result.push_back(text + (access->due ? " @ " + access->due->to_string() : ""));
    }
    return result;
  }
  TemporaryDirectory directory;
};

TEST_F(TraceTest, ATableByHandNeedsThreeColumns) {
  const std::string path = file("hand.csv", "length,address,command\n4,0x1000,read\r\n\n16,8192,write\n");
  EXPECT_THAT(words(path), ElementsAre("R 1000+4", "W 2000+16"));
}

TEST_F(TraceTest, OneInitiatorOfSeveral) {
  const std::string path = file("two.csv",
                                "start_ps,initiator,command,address,length,path\n"
                                "5000,cpu,read,0x10,4,transport\n"
                                "6000,\"dma, the \"\"big\"\" one\",write,0x20,64,nonblocking\n"
                                "7000,cpu,ignore,0x30,4,transport\n"
                                "8000,cpu,read,0x30,4,debug\n"
                                "9000,cpu,write,0x40,8,dmi\n");
  EXPECT_THAT(words(path, "cpu"), ElementsAre("R 10+4 @ 5 ns", "W 40+8 @ 9 ns"));
  EXPECT_THAT(words(path, "dma, the \"big\" one", false), ElementsAre("W 20+64"));
  EXPECT_EQ(words(path).size(), 3u);
}

TEST_F(TraceTest, WhatIsWrongIsNamedByFileAndLine) {
  const auto refused = [&](const std::string& lines, const std::string& where, const std::string& problem) {
    const std::string path = file("bad.csv", "command,address,length,start_ps\nread,0x10,4,1\n" + lines);
    EXPECT_THAT([&] { words(path); }, ThrowsMessage<TrafficError>(AllOf(StartsWith(path + where), HasSubstr(problem))));
  };
  refused("read,0x20\n", ":3: ", "2 fields; expected 4");
  refused("\nfetch,0x20,4,2\n", ":4: ", "'fetch'; expected read or write");
  refused("read,20 km,4,2\n", ":3: ", "the address is '20 km'; expected an address such as 0x80001000");
  refused("read,0x,4,2\n", ":3: ", "'0x'");
  refused("read,0x20,0,2\n", ":3: ", "the length is '0'; expected a number of bytes from 1 to 16777216");
  refused("read,0x20,99999999999999999999,2\n", ":3: ", "the length is");
  refused("read,0x20,4,-1\n", ":3: ", "the start_ps is '-1'; expected a number of picoseconds");
  refused("read,\"0x20,4,2\n", ":3: ", "a quote that is not closed");
}

TEST_F(TraceTest, WhatIsNoRecordingIsRefusedAtOnce) {
  const auto refused = [](const std::string& path, const std::string& problem) {
    EXPECT_THAT([&] { ReplayPattern(path, "", true); },
                ThrowsMessage<TrafficError>(AllOf(StartsWith(path + ":"), HasSubstr(problem))));
  };
  refused(directory.path("missing.csv"), "No such file");
  const std::string no_file = directory.path("directory.csv");
  std::filesystem::create_directory(no_file);
  refused(no_file, "is a directory; give a recording");
  refused(directory.path("missing.db"), "unable to open");
  refused(file("empty.csv", ""), "is empty; the first line names the columns");
  refused(file("other.csv", "a,b\n1,2\n"), "no column 'command'");
  refused(file("text.db", "this is no database, however long it may be, and nothing will make it one\n"),
          "give a database that --record made");
  refused(file("trace.txt", "command,address,length\n"), "ends in .csv or .db");
}

TEST_F(TraceTest, AnInitiatorThatIsNotThereIsToldAtTheEnd) {
  const std::string path = file("one.csv", "initiator,command,address,length\ncpu,read,0x10,4\ndma,read,0x10,4\n");
  EXPECT_THAT([&] { words(path, "gpu"); },
              ThrowsMessage<TrafficError>(HasSubstr("no access of 'gpu' in it; there are those of 'cpu', 'dma'")));
  EXPECT_THAT([&] { words(file("none.csv", "command,address,length\n")); },
              ThrowsMessage<TrafficError>(HasSubstr("no access in it")));
}

class RecordedFormats : public TraceTest, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Formats, RecordedFormats, ::testing::Values("csv", "db"),
                         [](const auto& format) { return std::string(format.param); });

TEST_P(RecordedFormats, ARecordingMadeAgainIsTheSameTraffic) {
  const std::string path = directory.path(std::string("recording.") + GetParam());
  TrafficBench bench;
  bench.timing().latency(ns(10)).bandwidth(1e9).arbitration(Arbitration::round_robin);
  auto& cpu = bench.add("cpu", std::make_unique<RandomPattern>(in_ram(16, 0.5, 3)),
                        TrafficConfig().nonblocking(2).interval(ns(100)).drawn(5).accesses(500));
  Recording recording(bench.bus, path);
  bench.run();
  recording.recorder().close();
  ASSERT_EQ(cpu.totals().accesses(), 500u);

  ReplayPattern again(path, "cpu", true);
  RandomPattern original(in_ram(16, 0.5, 3));
  sc_core::sc_time last;
  for (int i = 0; i < 500; ++i) {
    const auto access = again.next();
    const auto expected = original.next();
    ASSERT_TRUE(access);
    EXPECT_EQ(access->command, expected->command);
    EXPECT_EQ(access->address, expected->address);
    EXPECT_EQ(access->length, 16u);
    EXPECT_GE(*access->due, last);
    last = *access->due;
  }
  EXPECT_FALSE(again.next());
}

}  // namespace
}  // namespace sc_memory::models::test
