// Recordings: what was written is what is read back, whatever happens to the writer, and a file that cannot be written
// harms nobody.
#include "sc_memory/analysis/recorder.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sc_memory/analysis/ftr_recorder.h"
#include "sc_memory/analysis/sqlite_recorder.h"

#include "tests/analysis/random_records.h"
#include "tests/analysis/recordings.h"
#include "tests/models/boot/temporary_directory.h"
#include "tests/support/seed.h"
#include "tests/tlm/at_bench.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::RandomRecords;
using testing::ReportCounter;
using testing::summary;

struct Format {
  const char* ending;
  std::vector<std::string> (*read)(const std::string& path);
};

std::vector<std::string> read_ftr(const std::string& path) { return testing::read_ftr(path); }

class EveryFormat : public ::testing::TestWithParam<Format> {
 protected:
  std::string path(const std::string& name = "traffic") const { return directory.path(name + GetParam().ending); }

  models::test::TemporaryDirectory directory;
  Bench bench;
};

std::vector<std::string> summaries(const std::vector<TransactionRecord>& records) {
  std::vector<std::string> all;
  for (const TransactionRecord& record : records) all.push_back(summary(record));
  return all;
}

/// In any order: asynchronous events are complete only at their end.
void expect_same(std::vector<std::string> read, std::vector<std::string> written) {
  std::sort(read.begin(), read.end());
  std::sort(written.begin(), written.end());
  EXPECT_EQ(read, written);
}

TEST_P(EveryFormat, HoldsWhatWasRecorded) {
  const std::vector<TransactionRecord> records = RandomRecords(testing::seed()).next(25000);
  {
    const std::unique_ptr<Recorder> recorder = make_recorder(path(), bench.bus);
    for (const TransactionRecord& record : records) recorder->write(record);
    recorder->close();
    recorder->write(records.front());
    EXPECT_FALSE(recorder->failed());
  }
  expect_same(GetParam().read(path()), summaries(records));
}

TEST_P(EveryFormat, TakesAnyName) {
  TransactionRecord record;
  record.initiator = TrafficName::of("a \"core\", \\ the \t first");
  record.region = TrafficName::of("r\xc3\xa9gion,2");
  make_recorder(path(), bench.bus)->write(record);
  expect_same(GetParam().read(path()), {summary(record)});
}

TEST_P(EveryFormat, IsCompleteUpToTheLastFlushWhenTheWriterIsKilled) {
  const std::vector<TransactionRecord> records = RandomRecords(testing::seed()).next(3000);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const std::unique_ptr<Recorder> recorder = make_recorder(path(), bench.bus);
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i == 2000) recorder->flush();
      recorder->write(records[i]);
    }
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const std::vector<std::string> read = GetParam().read(path());
  ASSERT_GE(read.size(), 2000u);
  std::vector<TransactionRecord> written(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(read.size()));
  if (read.size() == 2000) expect_same(read, summaries(written));
  const std::vector<std::string> all = summaries(records);
  for (const std::string& one : read) EXPECT_NE(std::find(all.begin(), all.end(), one), all.end()) << one;
}

TEST_P(EveryFormat, SaysWhyAFileCannotBeWritten) {
  const std::string nowhere = directory.path("no/such/directory/traffic") + GetParam().ending;
  try {
    make_recorder(nowhere, bench.bus);
    FAIL() << "no error";
  } catch (const RecorderError& error) {
    EXPECT_EQ(error.what(), "the recording '" + nowhere + "' cannot be written: No such file or directory");
  }
}

/// A file of at most 64 KiB is as good as a full disk. In a child process, whose limit it is.
TEST_P(EveryFormat, StopsWithAWarningWhenTheDiskIsFull) {
  const std::vector<TransactionRecord> records = RandomRecords(testing::seed()).next(25000);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{65536, 65536};
    setrlimit(RLIMIT_FSIZE, &limit);
    const ReportCounter warnings(kRecorderMessage);
    bool stopped = false;
    {
      const std::unique_ptr<Recorder> recorder = make_recorder(path(), bench.bus);
      for (const TransactionRecord& record : records) recorder->write(record);
      recorder->flush();
      recorder->close();
      stopped = recorder->failed();
    }
    const std::string text = ReportCounter::last_text();
    const bool plain = text.find("the recording '" + path() + "' ends at 0 s: ") == 0 &&
                       text.find("; the simulation goes on") != std::string::npos;
    _exit(!stopped ? 1 : warnings.count() != 1 ? 2 : !plain ? 3 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: not stopped, 2: not one warning, 3: another text";
}

INSTANTIATE_TEST_SUITE_P(Recorder, EveryFormat,
                         ::testing::Values(Format{".csv", testing::read_csv}, Format{".json", testing::read_json},
                                           Format{".db", testing::read_db}, Format{".ftr", read_ftr}),
                         [](const auto& test) { return std::string(test.param.ending + 1); });

class RecorderTest : public ::testing::Test {
 protected:
  models::test::TemporaryDirectory directory;
};

TEST_F(RecorderTest, NamesTheFormatsThatThereAre) {
  Bench bench;
  for (const std::string name : {"traffic.txt", "traffic", "a.db/traffic"}) {
    try {
      make_recorder(name, bench.bus);
      FAIL() << "no error";
    } catch (const RecorderError& error) {
      EXPECT_EQ(error.what(), "the recording '" + name +
                                  "' has none of the endings that choose a format: .json, .db, .csv, .vcd, .ftr");
    }
  }
}

TEST_F(RecorderTest, TheViewsOfTheDatabaseAnswer) {
  const std::string path = directory.path("traffic.db");
  TransactionRecord record;
  record.initiator = TrafficName::of("cpu");
  record.region = TrafficName::of("ram");
  record.command = tlm::TLM_WRITE_COMMAND;
  record.address = 0xffffffff80001010;
  record.offset = 0x1010;
  record.length = 8;
  record.end = record.end_request = record.begin_response = testing::ns(2);
  DmiRecord lost;
  lost.event = DmiRecord::Event::grant_taken_back;
  lost.initiator = record.initiator;
  lost.region = lost.region_now = record.region;
  lost.range = {0x1000, 0x1fff};
  lost.cause = DmiCause::watchpoint;
  {
    SqliteRecorder recorder(path);
    recorder.write(record);
    record.response = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    recorder.write(record);
    recorder.write(lost);
  }
  EXPECT_FALSE(std::filesystem::exists(path + "-wal")) << "a closed database is one file";
  using Rows = std::vector<std::string>;
  EXPECT_EQ(testing::query(path, "SELECT * FROM traffic LIMIT 1"),
            (Rows{"1 0 2000 2000 cpu ram transport write ok 0xffffffff80001010 0x1010 8"}));
  EXPECT_EQ(testing::query(path, "SELECT * FROM totals"), (Rows{"cpu ram 0 2 8 1 2000.0 2000"}));
  EXPECT_EQ(testing::query(path, "SELECT * FROM hot_pages"), (Rows{"ram 0x1000 2 16"}));
  EXPECT_EQ(testing::query(path, "SELECT * FROM bandwidth"), (Rows{"cpu 0 8"}));
  EXPECT_EQ(testing::query(path, "SELECT * FROM dmi"),
            (Rows{"0 grant taken back cpu ram 0x1000 0x1fff a watchpoint: of 'ram'"}));
}

TEST_F(RecorderTest, TraceEventsShowDirectAccessAndPhases) {
  const std::string path = directory.path("traffic.json");
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0, ram);
  bench.start();
  {
    const Recording recording(bench.bus, path);
    bench.cpu.ask_dmi(0, Direction::write);
    ram.set_enabled(false);
  }
  std::vector<std::string> seen;
  for (const nlohmann::json& event : testing::read_trace_events(path)) {
    if (event.at("ph") == "i")
      seen.push_back(event.at("name").get<std::string>() + ": " + event.at("args").at("reason").get<std::string>());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"DMI granted: ",
                                            "DMI grant taken back: the map: '(unmapped)' is there instead of 'ram'"}));
}

TEST_F(RecorderTest, AClosedFtrHasItsEndMark) {
  const std::string path = directory.path("traffic.ftr");
  FtrRecorder recorder(path);
  recorder.write(RandomRecords(testing::seed()).next());
  recorder.flush();
  bool closed = true;
  EXPECT_EQ(testing::read_ftr(path, &closed).size(), 1u);
  EXPECT_FALSE(closed);
  recorder.close();
  EXPECT_EQ(testing::read_ftr(path, &closed).size(), 1u);
  EXPECT_TRUE(closed);
}

/// Two processes on one socket are under way at the same time, as are a process ahead of simulated time and a debugger.
TEST_F(RecorderTest, TraceEventsOfOneSocketThatOverlapGoToThreadsOfTheirOwn) {
  const std::string path = directory.path("traffic.json");
  Bench bench;
  RamRegion ram("ram", 0x1000);
  TargetRegion slow("slow", 0x1000);
  testing::TestTarget<> target("target", 0x1000);
  bench.system.add(0x1000, ram);
  bench.system.add(0x2000, slow);
  slow.bind(target.socket);
  target.on_transport = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    sc_core::wait(testing::ns(7));
    target.serve(payload);
  };
  bench.bus.timing(ram).latency(testing::ns(10));
  {
    Recording recording(bench.bus, path, ProbeScope().with_debug());
    for (const std::uint64_t seed : {testing::seed(), testing::seed() + 1, testing::seed() + 2}) {
      sc_core::sc_spawn([&, seed] {
        std::mt19937_64 random(seed);
        sc_core::sc_time ahead;
        for (int i = 0; i < 200; ++i) {
          std::uint32_t word = 0;
          tlm::tlm_generic_payload payload;
          testing::prepare(payload, tlm::TLM_READ_COMMAND, random() % 4 == 0 ? 0x2000 : 0x1000, &word, 4);
          bench.cpu.socket->b_transport(payload, ahead);
          if (random() % 8 == 0) bench.cpu.debug_read(0x1000, &word, 4);
          if (random() % 8 == 0) ahead += testing::ns(static_cast<double>(random() % 100));
          if (random() % 8 != 0) continue;
          sc_core::wait(ahead);
          ahead = sc_core::SC_ZERO_TIME;
        }
      });
    }
    bench.run(testing::ns(1000000));
  }
  EXPECT_GE(testing::read_json(path).size(), 600u);
  std::set<int> threads;
  for (const nlohmann::json& event : testing::read_trace_events(path)) {
    if (event.at("ph") == "X") threads.insert(event.at("tid").get<int>());
  }
  EXPECT_GE(threads.size(), 3u);
  EXPECT_LE(threads.size(), 5u) << "no more than are under way at once";
}

TEST(TraceEventRules, FindOverlapsAndWhatHasNoEnd) {
  const auto events = [](const std::string& more) {
    return nlohmann::json::parse(R"([{"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"cpu"}},)" + more +
                                 "]");
  };
  const auto complete = [](const char* start, const char* duration) {
    return std::string(R"({"ph":"X","name":"ram","pid":1,"tid":1,"ts":)") + start + R"(,"dur":)" + duration + "}";
  };
  const auto broken = [&](const std::string& more) { return testing::TraceEventRules::broken_by(events(more)).size(); };
  EXPECT_EQ(broken(complete("0.000010", "0.000010") + "," + complete("0.000000", "0.000010")), 0u) << "apart";
  EXPECT_EQ(broken(complete("0.000012", "0.000002") + "," + complete("0.000010", "0.000010")), 0u) << "nested";
  EXPECT_EQ(broken(complete("0.000010", "0.000010") + "," + complete("0.000015", "0.000010")), 1u) << "overlapping";
  EXPECT_EQ(broken(R"({"ph":"b","name":"ram","cat":"a","id":1,"pid":1,"tid":1,"ts":1})"), 1u) << "without an end";
}

TEST_F(RecorderTest, WaveformsFollowTheTransactions) {
  const std::string path = directory.path("activity.vcd");
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0x1000, ram);
  bench.run(testing::ns(5));
  ::testing::internal::CaptureStdout();
  {
    Recording recording(bench.bus, path);
    EXPECT_FALSE(recording.recorder().failed());
    bench.run(testing::ns(5));
    tlm::tlm_generic_payload payload;
    std::uint64_t word = 0;
    testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0x1008, &word, 8);
    sc_core::sc_time delay = testing::ns(5);
    bench.cpu.socket->b_transport(payload, delay);
    bench.run(testing::ns(20));
  }
  const std::string text = testing::bytes_of_file(path);
  EXPECT_NE(text.find("$timescale"), std::string::npos);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "") << "the console belongs to others";
  for (const char* signal : {"transactions", "bytes", "address", "offset", "length", "latency_ps", "write", "error"})
    EXPECT_NE(text.find(std::string(" ") + signal), std::string::npos) << signal;
  const std::size_t moment = text.find("#15000\n");
  ASSERT_NE(moment, std::string::npos) << text;
  EXPECT_NE(text.find("b1000000001000 ", moment), std::string::npos) << "the address 0x1008, at 15 ns";
}

TEST_F(RecorderTest, WaveformsOfAFullDiskEndWithAWarning) {
  const std::string path = directory.path("full.vcd");
  std::filesystem::create_symlink("/dev/full", path);
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0x1000, ram);
  const ReportCounter warnings(kRecorderMessage);
  Recording recording(bench.bus, path);
  bench.run(testing::ns(10));
  recording.recorder().flush();
  EXPECT_TRUE(recording.recorder().failed());
  EXPECT_EQ(warnings.count(), 1);
  bench.cpu.store<std::uint32_t>(0x1000, 1);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_OK_RESPONSE);
}

}  // namespace
}  // namespace sc_memory
