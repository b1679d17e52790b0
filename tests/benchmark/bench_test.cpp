// The benchmark program as a user runs it, in its quick mode: that every figure is measured and printed. What the
// values are is for those who run it in earnest.
#include <array>
#include <cstdio>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <vector>

namespace sc_memory::bench {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

struct Outcome {
  int code;
  std::string out;  ///< With what was said on standard error, if it was asked for.
};

Outcome bench(const std::string& arguments) {
  std::FILE* const pipe = popen((BENCH_PROGRAM " " + arguments).c_str(), "r");
  Outcome outcome{-1, {}};
  std::array<char, 4096> buffer;
  for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    outcome.out.append(buffer.data(), count);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  return outcome;
}

/// The first column; checks that there are three, the second a number.
std::vector<std::string> names_in(const std::string& figures) {
  std::vector<std::string> names;
  std::istringstream lines(figures);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream columns(line);
    std::string name, unit, more;
    double value = -1;
    EXPECT_TRUE(columns >> name >> value >> unit) << line;
    EXPECT_FALSE(columns >> more) << line;
    EXPECT_GE(value, 0) << line;
    names.push_back(name);
  }
  return names;
}

const std::vector<std::string> kFigures = {"route_same_1_over_direct",
                                           "route_same_16_over_direct",
                                           "route_same_1024_over_direct",
                                           "route_same_65536_over_direct",
                                           "route_random_16_over_direct",
                                           "route_random_1024_over_direct",
                                           "route_random_65536_over_direct",
                                           "route_locality_16_over_direct",
                                           "route_locality_1024_over_direct",
                                           "route_locality_65536_over_direct",
                                           "ram_b_transport_4_over_memcpy_target",
                                           "ram_b_transport_64_over_memcpy_target",
                                           "ram_b_transport_4096_over_memcpy_target",
                                           "ram_b_transport_over_memcpy_target",
                                           "debug_random_1024_over_direct",
                                           "dmi_get_random_1024_over_direct",
                                           "dmi_cache_hit_over_pointer",
                                           "change_1024_over_change_16",
                                           "change_65536_over_change_16",
                                           "change_1048576_over_change_16",
                                           "change_65536_over_full",
                                           "change_alias_1000",
                                           "build_1024_ns_per_region",
                                           "build_65536_ns_per_region",
                                           "build_1048576_ns_per_region",
                                           "iommu_map_unmap_per_s",
                                           "iommu_change_held_100000_over_16",
                                           "invalidate_1024_over_16",
                                           "grant_and_invalidate_16_over_direct",
                                           "grant_and_invalidate_1024_over_direct",
                                           "invalidate_unheld_1024_over_direct",
                                           "at_1_over_direct",
                                           "at_8_over_direct",
                                           "at_per_s",
                                           "at_contended_per_s",
                                           "arbitrated_quantum_1us_per_s",
                                           "arbitrated_quantum_1ms_per_s",
                                           "arbitrated_quantum_1ms_over_1us",
                                           "readers_2_threads_over_1",
                                           "view_bytes_per_range",
                                           "main_job_rss_mib",
                                           "hart_mips",
                                           "hart_ns_per_dmi_load",
                                           "statistics_boot_over_plain",
                                           "record_csv_boot_over_plain",
                                           "record_json_boot_over_plain",
                                           "record_db_boot_over_plain",
                                           "record_ftr_boot_over_plain",
                                           "record_vcd_boot_over_plain"};

TEST(Bench, PrintsEveryFigureOnALineOfThreeColumns) {
  const Outcome outcome = bench("--quick");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(names_in(outcome.out), UnorderedElementsAreArray(kFigures));
}

TEST(Bench, MeasuresOnlyWhatTheFilterMatches) {
  const Outcome outcome = bench("--quick --filter '^route_same_1_|view_bytes'");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(names_in(outcome.out), ElementsAre("route_same_1_over_direct", "view_bytes_per_range"));
}

TEST(Bench, WritesTheFiguresAsJson) {
  const std::string file = testing::TempDir() + "figures.json";
  EXPECT_EQ(bench("--quick --filter '^iommu_map' --json " + file).code, 0);
  const nlohmann::json json = nlohmann::json::parse(std::ifstream(file));
  EXPECT_EQ(json.at("quick"), true);
  ASSERT_EQ(json.at("figures").size(), 1U);
  const nlohmann::json& figure = json.at("figures")[0];
  EXPECT_EQ(figure.at("name"), "iommu_map_unmap_per_s");
  EXPECT_GT(figure.at("value"), 0);
  EXPECT_EQ(figure.at("unit"), "1/s");
}

TEST(Bench, RefusesWhatItCannotDo) {
  const Outcome nothing = bench("--filter nothing_of_the_kind 2>&1");
  EXPECT_NE(nothing.code, 0);
  EXPECT_THAT(nothing.out, AllOf(HasSubstr("'nothing_of_the_kind'"), HasSubstr("--list")));
  const Outcome no_expression = bench("--filter '(' 2>&1");
  EXPECT_EQ(no_expression.code, 2);
  EXPECT_THAT(no_expression.out, HasSubstr("regular expression"));
  const Outcome no_file = bench("--quick --filter '^iommu_map' --json /nonexistent/figures.json 2>&1");
  EXPECT_NE(no_file.code, 0);
  EXPECT_THAT(no_file.out, HasSubstr("/nonexistent/figures.json"));
}

TEST(Bench, ListsWithoutMeasuring) {
  const Outcome outcome = bench("--list");
  EXPECT_EQ(outcome.code, 0);
  for (const std::string& figure : kFigures) EXPECT_THAT(outcome.out, HasSubstr(figure));
}

TEST(Bench, ItsHelpShowsHowItIsUsed) {
  const Outcome outcome = bench("--help");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("--filter"), HasSubstr("--quick"), HasSubstr("--json"), HasSubstr("Examples")));
}

}  // namespace
}  // namespace sc_memory::bench
