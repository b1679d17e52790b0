// The benchmark program: measures group after group and prints the figures. What it can do is in options.h, what is
// measured in groups.h.
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include <systemc>

#include "tests/benchmark/child_process.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/options.h"

namespace {

using namespace sc_memory::bench;

struct Result {
  Figure figure;
  double value;
};

std::vector<Figure> wanted_figures(const Group& group, const Options& options) {
  std::vector<Figure> wanted;
  for (const Figure& figure : group.figures) {
    if (std::regex_search(figure.name, options.wanted)) wanted.push_back(figure);
  }
  return wanted;
}

std::vector<Result> measure_group(const Group& group, const Options& options) {
  std::vector<Result> results;
  const std::vector<Figure> wanted = wanted_figures(group, options);
  if (wanted.empty()) return results;
  std::string names;
  for (const Figure& figure : wanted) names += " " + figure.name;
  fmt::print(stderr, "=={}\n", names);
  const Record::Values values = in_child_process([&] {
    Record record(options.effort, [&](const std::string& name) { return std::regex_search(name, options.wanted); });
    group.measure(record);
    return record.values();
  });
  for (const Figure& figure : wanted) results.push_back({figure, values.at(figure.name)});
  return results;
}

void list(const std::vector<Group>& groups, const Options& options) {
  for (const Group& group : groups) {
    for (const Figure& figure : wanted_figures(group, options))
      fmt::print("{:<42} {:<6} {}\n", figure.name, figure.unit, figure.target);
  }
}

/// Three columns for programs; targets are on standard error, where there is a reader.
void print(const std::vector<Result>& results) {
  for (const Result& result : results) {
    std::fflush(stdout);
    fmt::print("{} {:.6g} {}\n", result.figure.name, result.value, result.figure.unit);
  }
}

void write_json(const std::vector<Result>& results, const Options& options) {
  nlohmann::ordered_json figures = nlohmann::ordered_json::array();
  for (const Result& result : results)
    figures.push_back({{"name", result.figure.name},
                       {"value", result.value},
                       {"unit", result.figure.unit},
                       {"target", result.figure.target}});
  std::ofstream file(options.json);
  file << nlohmann::ordered_json{{"quick", options.quick}, {"figures", figures}}.dump(2) << '\n';
  file.close();
  if (!file) throw std::runtime_error(fmt::format("cannot write '{}'; --json wants the name of a file", options.json));
}

int carry_out(const Options& options) {
  const std::vector<Group> groups = all_groups();
  if (options.list) {
    list(groups, options);
    return EXIT_SUCCESS;
  }
  if (options.quick) fmt::print(stderr, "== quick: the values mean nothing\n");
  std::vector<Result> results;
  for (const Group& group : groups) {
    const std::vector<Result> some = measure_group(group, options);
    results.insert(results.end(), some.begin(), some.end());
  }
  if (results.empty())
    throw std::runtime_error(fmt::format("no figure's name matches '{}'; --list prints all names", options.filter));
  fmt::print(stderr, "== figures\n");
  print(results);
  if (!options.json.empty()) write_json(results, options);
  return EXIT_SUCCESS;
}

}  // namespace

int sc_main(int argc, char** argv) {
  try {
    const Parsed parsed = parse_options(argc, argv);
    return parsed.options ? carry_out(*parsed.options) : parsed.exit_code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tests/bench.sh: {}\n", error.what());
    return EXIT_FAILURE;
  }
}

int main(int argc, char** argv) {
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
