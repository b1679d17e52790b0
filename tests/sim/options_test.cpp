// The command line: sizes, times, and what the options mean together.
#include "sim/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/default_boot.h"

namespace sc_memory::sim {
namespace {

Options parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "vpsim");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

RunOptions parse_run(const std::vector<const char*>& arguments) { return std::get<RunOptions>(parse(arguments)); }

TEST(Options, Sizes) {
  EXPECT_EQ(parse_size("--memory", "4096"), 4096U);
  EXPECT_EQ(parse_size("--memory", "0x1000"), 4096U);
  EXPECT_EQ(parse_size("--memory", "3K"), 3072U);
  EXPECT_EQ(parse_size("--memory", "256M"), 256_MiB);
  EXPECT_EQ(parse_size("--memory", "4 GiB"), 4_GiB);
  EXPECT_EQ(parse_size("--memory", "15T"), 15ULL << 40);
  EXPECT_EQ(parse_size("--memory", "0xffffffffffffffff"), ~0ULL);
}

TEST(Options, SizesThatAreNone) {
  for (const char* text : {"", "M", "-1", "1.5G", "256 megabytes", "0x", "99999999999999999999", "16777216T", "1e3"}) {
    SCOPED_TRACE(text);
    EXPECT_THROW(parse_size("--memory", text), OptionError);
  }
}

TEST(Options, Times) {
  using sc_core::sc_time;
  EXPECT_EQ(parse_time("--quantum", "10us"), sc_time(10, sc_core::SC_US));
  EXPECT_EQ(parse_time("--quantum", "1.5 ms"), sc_time(1500, sc_core::SC_US));
  EXPECT_EQ(parse_time("--quantum", "2s"), sc_time(2, sc_core::SC_SEC));
  EXPECT_EQ(parse_time("--quantum", "100ns"), sc_time(100, sc_core::SC_NS));
  EXPECT_EQ(parse_time("--quantum", "1ps"), sc_time(1, sc_core::SC_PS));
}

TEST(Options, TimesThatAreNone) {
  for (const char* text : {"", "us", "10", "0us", "-1us", "10 years", "1e99s", "99999999999s", "0.1ps", "1..5ms"}) {
    SCOPED_TRACE(text);
    EXPECT_THROW(parse_time("--quantum", text), OptionError);
  }
}

TEST(Options, NothingAtAllRunsDebiansFirmware) {
  for (const auto& arguments : {std::vector<const char*>{}, std::vector<const char*>{"run"}}) {
    const RunOptions options = parse_run(arguments);
    EXPECT_EQ(options.files.bios, kDefaultBios);
    EXPECT_EQ(options.files.kernel, kDefaultKernel);
    EXPECT_TRUE(options.boots_default_files);
    EXPECT_EQ(options.machine.memory_bytes, 256_MiB);
    EXPECT_EQ(options.machine.harts, 1U);
    EXPECT_EQ(options.quantum, sc_core::sc_time(10, sc_core::SC_US));
    EXPECT_FALSE(options.max_time);
  }
}

TEST(Options, AKernelOfTheUsersKeepsDebiansFirmwareButNotTheTour) {
  const RunOptions options = parse_run({"run", "--kernel", "Image", "--append", "console=ttyS0 quiet"});
  EXPECT_EQ(options.files.bios, kDefaultBios);
  EXPECT_EQ(options.files.kernel, "Image");
  EXPECT_EQ(options.files.append, "console=ttyS0 quiet");
  EXPECT_FALSE(options.boots_default_files);
}

TEST(Options, ABiosOfTheUsersStartsNothingElse) {
  const RunOptions options = parse_run({"run", "--bios", "program.elf"});
  EXPECT_EQ(options.files.bios, "program.elf");
  EXPECT_EQ(options.files.kernel, "");
  EXPECT_FALSE(options.boots_default_files);
}

TEST(Options, TheMapIsThatOfTheMachineAskedFor) {
  const auto options = std::get<MapOptions>(parse({"map", "--memory", "1G", "--cpus", "2"}));
  EXPECT_EQ(options.machine.memory_bytes, 1_GiB);
  EXPECT_EQ(options.machine.harts, 2U);
}

TEST(Options, HelpIsNoError) {
  for (const auto& arguments : {std::vector<const char*>{"--help"}, {"run", "--help"}, {"map", "--help"}}) {
    const auto help = std::get<ExitAtOnce>(parse(arguments));
    EXPECT_EQ(help.code, 0);
    EXPECT_FALSE(help.is_error);
    EXPECT_THAT(help.text, testing::HasSubstr("Usage: vpsim"));
  }
  EXPECT_THAT(std::get<ExitAtOnce>(parse({"--version"})).text, testing::HasSubstr("vpsim"));
}

}  // namespace
}  // namespace sc_memory::sim
