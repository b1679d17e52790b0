// What the user wants to know of the traffic: the options of `vpsim run` that analyse and record it.
#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT: the name is the library's
class App;
}

namespace sc_memory::sim {

/// Under which they are listed by --help.
inline constexpr char kAnalysisGroup[] = "Analysis";

struct AnalysisOptions {
  enum class Statistics { none, text, json };

  Statistics statistics = Statistics::none;
  std::string statistics_file;       ///< Empty: standard error.
  std::string record;                ///< A recording, by the ending of its name; empty: none.
  std::string report;                ///< An HTML page; empty: none.
  std::vector<std::string> observe;  ///< "all", regions' names, and ranges: there no pointers are given out.

  bool wanted() const { return statistics != Statistics::none || !record.empty() || !report.empty(); }
};

/// The options as they are typed.
struct AnalysisTexts {
  std::string statistics;
  AnalysisOptions options;

  void add_to(CLI::App& command);
  /// Throws OptionError.
  AnalysisOptions parse() const;
};

}  // namespace sc_memory::sim
