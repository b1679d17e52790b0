// The command line, and its help.
#include "tests/benchmark/options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <iostream>

namespace sc_memory::bench {

namespace {

constexpr char kDescription[] =
    "Measures sc_memory against baselines that run in the same process, and prints one line per figure:\n"
    "\n"
    "    NAME VALUE UNIT\n"
    "\n"
    "Ratios are over what the figure's name says: the same initiator bound straight to the same targets (direct), a\n"
    "from-scratch rendering of the same map (full), the same thing in a smaller map (16). What was measured, in\n"
    "nanoseconds, is said on standard error meanwhile. docs/performance.md explains every figure.\n";

constexpr char kExamples[] =
    "Examples:\n"
    "    tests/bench.sh                          everything, a few minutes\n"
    "    tests/bench.sh --filter 'route|debug'   figures whose names match a regular expression\n"
    "    tests/bench.sh --list                   all names, units and what they are to reach\n"
    "    tests/bench.sh --json figures.json      the figures also as JSON\n";

}  // namespace

Parsed parse_options(int argc, char** argv) {
  CLI::App app{kDescription, "tests/bench.sh"};
  app.footer(kExamples);
  Options options;
  app.add_option("--filter", options.filter, "Only figures whose names contain a match of this regular expression")
      ->type_name("REGEX");
  app.add_flag(
      "--quick", options.quick,
      "One short repetition of everything on maps of at most 1024 regions, whatever a name says: shows that it "
      "works, the values mean nothing");
  app.add_flag("--list", options.list, "Print the figures' names, units and targets; measure nothing");
  app.add_option("--json", options.json, "Also write the figures to FILE")->type_name("FILE");
  try {
    app.parse(argc, argv);
    options.wanted = std::regex(options.filter);
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, app.exit(error) == 0 ? 0 : 2};
  } catch (const std::regex_error& error) {
    fmt::print(stderr, "tests/bench.sh: --filter '{}' is no regular expression: {}\n", options.filter, error.what());
    return {std::nullopt, 2};
  }
  if (options.quick) options.effort = Effort::quick();
  return {options};
}

}  // namespace sc_memory::bench
