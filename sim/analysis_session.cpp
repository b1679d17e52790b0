// Probes, files, and what is said of them.
#include "sim/analysis_session.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <set>

#include "sc_memory/analysis/report/report.h"
#include "sc_memory/analysis/report/statistics_output.h"

#include "sim/options.h"

namespace sc_memory::sim {

namespace {

constexpr char kAll[] = "all";

/// "0x1000-0x1fff", or nothing if the text is of another kind. Throws OptionError for a range without bytes.
std::optional<AddressRange> parse_range(const std::string& text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string::npos || text.rfind("0x", 0) != 0) return std::nullopt;
  const AddressRange range{parse_size("--observe", text.substr(0, dash)),
                           parse_size("--observe", text.substr(dash + 1))};
  if (range.last < range.first)
    throw OptionError(fmt::format("--observe: '{}' ends before it begins; give the first and the last address", text));
  return range;
}

}  // namespace

void add_outputs(const AnalysisOptions& options, OutputCheck& files) {
  files.output("--report", options.report);
  files.output("--stats-file", options.statistics_file);
  files.output("--record", options.record);
  const std::string database = ".db";
  if (options.record.size() < database.size() ||
      options.record.compare(options.record.size() - database.size(), std::string::npos, database) != 0)
    return;
  // SQLite's own, which a new recording begins without.
  for (const char* const part : {"-wal", "-shm"}) files.output("--record", options.record + part);
}

AnalysisSession::AnalysisSession(Router& bus, const AddressSpace& space, const AnalysisOptions& options)
    : space_(space), options_(options) {
  if (!options.wanted()) return;
  if (!options.report.empty()) report_file_.emplace("--report", options.report);
  if (!options.statistics_file.empty()) statistics_file_.emplace("--stats-file", options.statistics_file);
  if (!options.record.empty()) record(bus, options.record);
  ProbeScope scope;
  if (std::find(options.observe.begin(), options.observe.end(), kAll) == options.observe.end())
    scope.direct(DirectAccess::allowed);
  if (report_file_ || options.statistics != AnalysisOptions::Statistics::none) {
    contention_.emplace(bus);
    probe_.emplace(bus, scope);
    digest_.listen_to(*probe_);
  } else if (scope.holds_back()) {
    holds_.push_back(std::make_unique<Probe>(bus, scope));
  }
  for (const std::string& what : options.observe) {
    if (what != kAll) observe(bus, what);
  }
}

void AnalysisSession::observe(Router& bus, const std::string& what) {
  if (const auto range = parse_range(what)) {
    holds_.push_back(std::make_unique<Probe>(bus, ProbeScope().range(space_, *range)));
    return;
  }
  std::set<std::string> names;
  for (const FlatRange& range : space_.view().ranges()) {
    names.insert(range.region->name());
    if (range.region->name() != what) continue;
    holds_.push_back(std::make_unique<Probe>(bus, ProbeScope().region(*range.region)));
    return;
  }
  throw OptionError(
      fmt::format("--observe: there is no region '{}'; give all, addresses such as 0x80000000-0x80000fff, "
                  "or one of {}",
                  what, fmt::join(names, ", ")));
}

void AnalysisSession::record(Router& bus, const std::string& path) {
  try {
    recording_.emplace(bus, path);
  } catch (const RecorderError& error) {
    throw OptionError(fmt::format("--record: {}", error.what()));
  }
}

bool AnalysisSession::finish(const RunFacts& facts) {
  bool complete = true;
  if (recording_) {
    recording_->recorder().close();
    complete = !recording_->recorder().failed();
  }
  const Contention* const contention = contention_ ? &*contention_ : nullptr;
  if (report_file_) complete = report_file_->write(report_page({digest_, facts, {&space_}, contention})) && complete;
  if (options_.statistics == AnalysisOptions::Statistics::none) return complete;
  const std::string text = options_.statistics == AnalysisOptions::Statistics::json
                               ? statistics_json(digest_, facts, contention)
                               : statistics_text(digest_, contention);
  if (statistics_file_) return statistics_file_->write(text) && complete;
  std::fputs(text.c_str(), stderr);
  return complete;
}

}  // namespace sc_memory::sim
