// vpsim map: the machine's own map and imported ones, in every format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string reference(const std::string& name) { return std::string(MTREE_REFERENCE_DIR) + "/" + name; }

TEST(VpsimMap, PrintsTheTreeAndTheFlatView) {
  const VpsimResult result = run_vpsim({"map"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, HasSubstr("  0000000000000000-ffffffffffffffff (prio 0, i/o): system\n"));
  EXPECT_THAT(result.output, HasSubstr("    0000000020000000-0000000021ffffff (prio 0, romd): virt.flash0\n"));
  EXPECT_THAT(result.output, HasSubstr("FlatView #0\n"));
  EXPECT_THAT(result.output, HasSubstr("  0000000080000000-000000008fffffff (prio 0, ram): riscv_virt_board.ram\n"));
}

TEST(VpsimMap, TheMemoryOptionMovesTheEndOfRam) {
  EXPECT_THAT(run_vpsim({"map", "--memory", "1G"}).output,
              HasSubstr("0000000080000000-00000000bfffffff (prio 0, ram)"));
}

TEST(VpsimMap, JsonIsForPrograms) {
  const VpsimResult result = run_vpsim({"map", "--format", "json"});
  ASSERT_EQ(result.exit_code, 0);
  const auto map = nlohmann::json::parse(result.output);
  const auto& space = map.at("address_spaces").at(0);
  EXPECT_EQ(space.at("name"), "memory");
  EXPECT_EQ(space.at("root"), "system");
  const auto expected =
      nlohmann::json::parse(R"({"first": "0x1000", "last": "0xffff", "region": "riscv_virt_board.mrom",
                                                  "offset": "0x0", "kind": "rom", "readonly": true})");
  EXPECT_EQ(space.at("flat").at(0), expected);
}

TEST(VpsimMap, SvgIsAPicture) {
  const VpsimResult result = run_vpsim({"map", "--format", "svg"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, StartsWith("<"));
  EXPECT_THAT(result.output, HasSubstr("<svg"));
  EXPECT_THAT(result.output, HasSubstr("virt.flash1"));
  EXPECT_THAT(result.output, HasSubstr("</svg>"));
}

TEST(VpsimMap, ImportsAMachineOfQemus) {
  const VpsimResult result = run_vpsim({"map", "--import", reference("riscv-virt.tree.txt")});
  EXPECT_EQ(result.exit_code, 0);
  const std::string flat = contents_of(reference("riscv-virt.flat.txt"));
  const std::string ranges = flat.substr(flat.find("  0000000000001000-"));
  EXPECT_THAT(result.output, HasSubstr(ranges.substr(0, ranges.find("\n\n"))));
  EXPECT_THAT(result.output, Not(HasSubstr("address-space:"))) << "only what the file does not say already";
}

TEST(VpsimMap, ShowsOneSpaceOfSeveral) {
  const std::string file = reference("x86-pc.tree.txt");
  const auto all = nlohmann::json::parse(run_vpsim({"map", "--import", file, "--format", "json"}).output);
  EXPECT_GT(all.at("address_spaces").size(), 3U);
  const auto one =
      nlohmann::json::parse(run_vpsim({"map", "--import", file, "--format", "json", "--space", "I/O"}).output);
  ASSERT_EQ(one.at("address_spaces").size(), 1U);
  EXPECT_EQ(one.at("address_spaces").at(0).at("root"), "io");
  EXPECT_THAT(run_vpsim({"map", "--import", file, "--format", "svg", "--space", "I/O"}).output,
              HasSubstr("pci-conf-idx"));
}

void expect_bad_input(const std::vector<std::string>& arguments, const std::string& words) {
  const VpsimResult result = run_vpsim(arguments);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(result.output.empty());
  EXPECT_THAT(result.errors, HasSubstr(words));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
}

TEST(VpsimMap, BadInputIsOneLineAndCodeTwo) {
  const models::test::TemporaryDirectory directory;
  const std::string broken = directory.file(
      "broken.txt",
      bytes_of("address-space: memory\n  0000-ffff (prio 0, i/o): system\n    00zz-00ff (prio 0, ram): r\n"));
  expect_bad_input({"map", "--import", broken}, "line 3: expected");
  expect_bad_input({"map", "--import", directory.path("absent")}, "absent");
  expect_bad_input({"map", "--format", "pdf"}, "--format: 'pdf' is not a format; give text, json or svg");
  expect_bad_input({"map", "--space", "moon"}, "no address space 'moon'; there is 'memory'");
}

}  // namespace
}  // namespace sc_memory::sim::test
