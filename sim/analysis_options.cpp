// The group of options.
#include "sim/analysis_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "sim/options.h"

namespace sc_memory::sim {

void AnalysisTexts::add_to(CLI::App& command) {
  command.add_option("--report", options.report, "Write a page about the traffic, to be opened in a browser")
      ->type_name("FILE.html")
      ->group(kAnalysisGroup);
  command.add_option("--stats", statistics, "Print statistics of the traffic at the end")
      ->type_name("text|json")
      ->group(kAnalysisGroup);
  command.add_option("--stats-file", options.statistics_file, "Write them there instead of to standard error")
      ->type_name("FILE")
      ->group(kAnalysisGroup);
  command
      .add_option("--record", options.record,
                  "Record every transaction; the ending chooses: .json (Perfetto), .db (SQLite), .csv, .vcd, .ftr")
      ->type_name("FILE")
      ->group(kAnalysisGroup);
  command
      .add_option(
          "--observe", options.observe,
          "Hold back direct pointers, so that all accesses are seen: all, a region's name, or addresses such as "
          "0x80000000-0x80000fff; may be repeated")
      ->type_name("WHAT")
      ->group(kAnalysisGroup);
}

AnalysisOptions AnalysisTexts::parse() const {
  AnalysisOptions parsed = options;
  if (statistics == "text")
    parsed.statistics = AnalysisOptions::Statistics::text;
  else if (statistics == "json")
    parsed.statistics = AnalysisOptions::Statistics::json;
  else if (!statistics.empty())
    throw OptionError(fmt::format("--stats: '{}' is not a format; give text or json", statistics));
  if (!parsed.statistics_file.empty() && statistics.empty())
    throw OptionError("--stats-file: there are no statistics without --stats; give --stats text or --stats json");
  if (!parsed.observe.empty() && !parsed.wanted())
    throw OptionError("--observe: nobody looks at what is seen; give --report, --stats or --record too");
  return parsed;
}

}  // namespace sc_memory::sim
