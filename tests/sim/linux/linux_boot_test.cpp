// Debian's Linux from reset to power-off, as `sim/run.sh linux` boots it, with one hart and with several.
#include "tests/sim/linux/linux_boot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>

namespace sc_memory::sim::test {
namespace {

using models::test::TemporaryDirectory;
/// What the kernel says when it does not get along with its platform.
const std::regex& complaint() {
  static const std::regex expression(
      "Oops|BUG:|WARNING:|Kernel panic|Call Trace|nobody cared|[Uu]nhandled|timed out|rcu: INFO|lockup|"
      "can't|[Cc]annot|no space|failed to|Failed to|failed with|[Uu]nable to|\\b[Ii]nvalid\\b|[Ee]rror|corrupt");
  return expression;
}

void expect_no_complaints(const std::string& console) {
  const std::string kernel =
      console.substr(console.find("Linux version"), console.find("Run /init") - console.find("Linux version"));
  std::istringstream lines(kernel);
  for (std::string line; std::getline(lines, line);) {
    // Tables of a PC's firmware, which no machine with a device tree has.
    if (line.find("DMI not present") != std::string::npos) continue;
    EXPECT_FALSE(std::regex_search(line, complaint())) << line;
  }
  EXPECT_FALSE(has_match(console, "\\[ +[0-9.]+\\] .*(Oops|BUG:|WARNING:|Kernel panic|I/O error|EXT4-fs error)"));
}

TEST(LinuxBoot, ReachesTheShellAndPowersOff) {
  const VpsimResult result = boot_linux();
  EXPECT_EQ(result.exit_code, 0) << result.errors << last_line(result.output);
  expect_in_order(result.output, {"OpenSBI v", "Linux version", "riscv-virtio,sc_memory", "linux# ",
                                  "look-around: all is well", "reboot: Power down"});
  expect_no_complaints(result.output);
  for (const std::string milestone : {"OpenSBI", "kernel start", "shell prompt", "poweroff"})
    EXPECT_TRUE(has_match(result.errors, "  " + milestone + " +[1-9][0-9]* +[0-9.]+ +[0-9.]+ +[0-9.]+\n"))
        << result.errors;
}

class LinuxBootWithHarts : public testing::TestWithParam<int> {};

TEST_P(LinuxBootWithHarts, BringsThemAllUp) {
  const std::string harts = std::to_string(GetParam());
  const VpsimResult result = boot_linux({"--cpus", harts});
  EXPECT_EQ(result.exit_code, 0) << result.errors << last_line(result.output);
  expect_in_order(result.output, {"smp: Brought up 1 node, " + harts + " CPUs", "on " + harts + " hart(s)",
                                  "look-around: all is well", "reboot: Power down"});
  expect_no_complaints(result.output);
}

INSTANTIATE_TEST_SUITE_P(Smp, LinuxBootWithHarts, testing::Values(2, 4));

TEST(LinuxBoot, AFailureInTheGuestIsAFailureOfTheRun) {
  const TemporaryDirectory directory;
  const std::string script = directory.file("fails.script", bytes_of("@prompt \"linux# \\e[6n\"\nreboot -f\n"));
  EXPECT_EQ(boot_linux({}, script).exit_code, 1);
}

}  // namespace
}  // namespace sc_memory::sim::test
