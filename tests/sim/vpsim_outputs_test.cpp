// Outputs: no file that a run needs, or that is somebody else's, is lost to one, and none gets what was meant for a
// descriptor that was closed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "models/storage/image_file.h"
#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class VpsimOutputs : public testing::Test {
 protected:
  /// Exit code 2, one line with `parts` in it, and `kept` is as it was.
  void expect_kept(const std::vector<std::string>& arguments, const std::string& kept,
                   const std::vector<std::string>& parts) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const std::string before = contents_of(kept);
    const VpsimResult result = run_vpsim(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    expect_in_order(result.errors, parts);
    EXPECT_TRUE(contents_of(kept) == before) << "it is overwritten";
  }

  std::string path(const std::string& name) const { return directory_.path(name); }
  std::string file(const std::string& name) const { return directory_.file(name, models::Bytes(1024, 'x')); }

  const TemporaryDirectory directory_;
};

TEST_F(VpsimOutputs, AreNotOpenedOverAnInput) {
  const std::string input = file("input");
  for (const std::string read : {"--bios", "--kernel", "--initrd", "--dtb", "--script", "--disk", "--disk-pci"}) {
    for (const std::string written : {"--hvc", "--report", "--map-at-end"})
      expect_kept({"run", read, input, written, input}, input, {written, input, "same file", read});
    expect_kept({"run", read, input, "--stats", "text", "--stats-file", input}, input, {"--stats-file", read});
  }
  const std::string flash = directory_.file("flash", models::Bytes(32 << 20, 0xff));
  expect_kept({"run", "--flash", flash + ",ro", "--report", flash}, flash, {"--report", flash, "--flash"});
  for (const std::string ending : {"json", "db", "csv", "vcd", "ftr"}) {
    const std::string disk = file("disk." + ending);
    expect_kept({"run", "--disk", disk, "--record", disk}, disk, {"--record", disk, "--disk"});
  }
  const std::string journal = file("new.db-wal");
  expect_kept({"run", "--disk", journal, "--record", path("new.db")}, journal, {"--record", journal, "--disk"});
}

TEST_F(VpsimOutputs, AreNotOpenedOverAnInputByAnotherName) {
  const std::string disk = file("disk.img");
  const std::string hard = path("hard");
  const std::string soft = path("soft");
  std::filesystem::create_hard_link(disk, hard);
  std::filesystem::create_symlink(disk, soft);
  const std::string winding = directory_.path("") + "./disk.img";
  for (const std::string& name : {hard, soft, winding})
    expect_kept({"run", "--disk", disk, "--hvc", name}, disk, {"--hvc", name, "same file", disk});
}

TEST_F(VpsimOutputs, AreNotOpenedOverEachOther) {
  const std::string one = path("one");
  const std::string dangling = path("dangling");
  std::filesystem::create_symlink("one", dangling);
  for (const std::string& other : {one, dangling}) {
    expect_kept({"run", "--hvc", one, "--report", other}, one, {"--report", other, "same file", one, "--hvc"});
    EXPECT_FALSE(std::filesystem::exists(one));
  }
  const std::string there = file("there");
  expect_kept({"run", "--map-at-end", there, "--report", there}, there, {"--report", there, "--map-at-end"});
}

TEST_F(VpsimOutputs, AreNotOpenedOverWhatAnotherProcessHasLocked) {
  const std::string disk = file("disk.db");
  const models::ImageFile user(disk, "a disk", models::ImageMode::readonly);
  for (const std::string option : {"--hvc", "--report", "--map-at-end", "--record"})
    expect_kept({"run", option, disk}, disk, {option, disk, "in use"});
}

TEST_F(VpsimOutputs, AreNoDirectories) {
  const std::string empty = path("dir.db");
  std::filesystem::create_directory(empty);
  for (const std::string option : {"--hvc", "--report", "--map-at-end", "--record"}) {
    const VpsimResult result = run_vpsim({"run", option, empty});
    EXPECT_EQ(result.exit_code, 2);
    expect_in_order(result.errors, {option, empty, "is a directory"});
    EXPECT_TRUE(std::filesystem::is_directory(empty));
  }
}

TEST_F(VpsimOutputs, OfTrafficAreNotOpenedOverItsInputs) {
  const std::string trace = path("trace.csv");
  ASSERT_EQ(run_vpsim({"run", "--traffic", SIM_EXAMPLES "/contention.json", "--max-time", "10us", "--record", trace})
                .exit_code,
            0);
  const std::string description =
      directory_.file("replay.json", bytes_of(R"({"regions": [{"name": "sram", "address": "0x0", "size": "64K"}],
          "initiators": [{"name": "again", "traffic": {"kind": "replay", "file": "trace.csv", "initiator": "cpu"}}]})"));
  expect_kept({"run", "--traffic", description, "--report", description}, description,
              {"--report", description, "--traffic"});
  expect_kept({"run", "--traffic", description, "--record", trace}, trace, {"--record", trace, "--traffic"});
}

/// Runs vpsim with some of the descriptors 0 to 2 closed. Returns the exit code.
int run_without_descriptors(std::vector<std::string> arguments, const std::vector<int>& closed) {
  arguments.insert(arguments.begin(), VPSIM_PROGRAM);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    for (const int descriptor : closed) ::close(descriptor);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  return wait_for_exit_code(process);
}

TEST_F(VpsimOutputs, ThatFailAtTheEndLoseNoOtherOne) {
  const std::string report = path("report.html");
  const std::string statistics = path("statistics.txt");
  const VpsimResult result = run_vpsim(
      {"run", "--map-at-end", "/dev/full", "--report", report, "--stats", "text", "--stats-file", statistics});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("/dev/full cannot be written"), HasSubstr("transactions by region")));
  EXPECT_THAT(contents_of(report), HasSubstr("</html>"));
  EXPECT_THAT(contents_of(statistics), HasSubstr("flash"));
}

TEST_F(VpsimOutputs, OnAFullDiskAreNoSuccess) {
  const std::string errors = path("errors");
  for (const std::string arguments : {"map", "map --format json", "--version", "run --help"}) {
    SCOPED_TRACE(arguments);
    const std::string line = std::string("'") + VPSIM_PROGRAM + "' " + arguments + " >/dev/full 2>'" + errors + "'";
    EXPECT_EQ(WEXITSTATUS(std::system(line.c_str())), 1);
    EXPECT_THAT(contents_of(errors), HasSubstr("standard output cannot be written: No space left on device"));
  }
}

TEST_F(VpsimOutputs, GetNothingThatWasMeantForClosedDescriptors) {
  for (const std::vector<int>& closed : {std::vector<int>{0}, {1}, {2}, {0, 1, 2}}) {
    SCOPED_TRACE(testing::PrintToString(closed));
    const std::string record = path("traffic.csv");
    const std::string report = path("report.html");
    EXPECT_EQ(run_without_descriptors({"run", "--traffic", SIM_EXAMPLES "/contention.json", "--max-time", "10us",
                                       "--stats", "text", "--record", record, "--report", report},
                                      closed),
              0);
    EXPECT_THAT(contents_of(record).substr(0, 8), HasSubstr("start"));
    EXPECT_EQ(contents_of(record).find("simulated"), std::string::npos);
    EXPECT_THAT(contents_of(report), AllOf(HasSubstr("</html>"), Not(HasSubstr("of host time\n"))));
    const std::string map = path("map");
    EXPECT_EQ(run_without_descriptors({"run", "--max-time", "1us", "--map-at-end", map}, closed), 2);
    EXPECT_EQ(contents_of(map).find("instructions"), std::string::npos);
  }
}

}  // namespace
}  // namespace sc_memory::sim::test
