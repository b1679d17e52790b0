// The manual page and what bash completes are made from the options, and have all of them.
#include "sim/command_texts.h"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/options.h"
#include "sim/version.h"

namespace sc_memory::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

/// What vpsim prints and ends.
std::string printed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "vpsim");
  return std::get<ExitAtOnce>(parse_options(static_cast<int>(arguments.size()), arguments.data())).text;
}

/// The long names of the options that a help text lists.
std::vector<std::string> options_in(const std::string& help) {
  std::vector<std::string> options;
  for (std::size_t at = help.find("\n  -"); at != std::string::npos; at = help.find("\n  -", at + 1)) {
    const std::size_t name = help.find("--", at);
    options.push_back(help.substr(name, help.find_first_of(" \n", name) - name));
  }
  return options;
}

std::string with_escaped_hyphens(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '-' ? "\\-" : std::string(1, c);
  return escaped;
}

TEST(CommandTexts, TheManualAndBashKnowEveryOptionThatTheHelpLists) {
  const std::string manual = printed({"--print-manual"});
  const std::string bash = printed({"--print-bash-completion"});
  for (const char* command : {"run", "map"}) {
    const std::vector<std::string> options = options_in(printed({command, "--help"}));
    EXPECT_GT(options.size(), 4U) << command;
    for (const std::string& option : options) {
      EXPECT_THAT(manual, HasSubstr(with_escaped_hyphens(option))) << command;
      EXPECT_THAT(bash, HasSubstr(option)) << command;
    }
  }
}

TEST(CommandTexts, AManualPageIsOneForMan) {
  const std::string manual = printed({"--print-manual"});
  EXPECT_THAT(manual, StartsWith(".TH VPSIM 1 "));
  for (const char* section :
       {".SH NAME\n", ".SH SYNOPSIS\n", ".SH DESCRIPTION\n", ".SH VPSIM RUN\n", ".SH VPSIM MAP\n"})
    EXPECT_THAT(manual, HasSubstr(section));
}

TEST(CommandTexts, TextThatLooksLikeARequestIsText) {
  CLI::App app{"Begins\n.SH here", "vpsim"};
  app.add_option("--path")->description("'quoted' back\\slash");
  const std::string manual = manual_page(app);
  EXPECT_THAT(manual, HasSubstr("Begins\n\\&.SH here"));
  EXPECT_THAT(manual, HasSubstr("\n\\&'quoted' back\\eslash"));
}

TEST(CommandTexts, BashCompletesTheWordsThatAnOptionTakes) {
  const std::string bash = printed({"--print-bash-completion"});
  EXPECT_THAT(bash, HasSubstr("map:--format) words='text json svg'"));
  EXPECT_THAT(bash, Not(HasSubstr("--print-manual"))) << "hidden in the help, and so here";
}

TEST(Version, NamesVersionCommitAndSystemC) {
  EXPECT_THAT(printed({"--version"}),
              MatchesRegex("vpsim [0-9.]+ \\(commit ([0-9a-f]+\\+?|unknown)\\), SystemC [0-9.]+[^\n]*\n"))
      << "where there is no checkout, the commit is unknown";
  EXPECT_THAT(version_text(), HasSubstr(version_number()));
}

}  // namespace
}  // namespace sc_memory::sim
