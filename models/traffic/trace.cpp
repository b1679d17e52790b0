// Which reader a file needs, and following one initiator in it.
#include "models/traffic/trace.h"

#include <fmt/format.h>

#include "models/traffic/csv_trace.h"
#include "models/traffic/sqlite_trace.h"
#include "models/traffic/traffic_error.h"

namespace sc_memory::models {

std::unique_ptr<Trace> Trace::open(const std::string& path) {
  const auto ends_with = [&](const std::string& ending) {
    return path.size() > ending.size() && path.compare(path.size() - ending.size(), ending.size(), ending) == 0;
  };
  if (ends_with(".csv")) return std::make_unique<CsvTrace>(path);
  if (ends_with(".db")) return std::make_unique<SqliteTrace>(path);
  throw TrafficError(
      fmt::format("{}: the name says nothing of the format; give a recording that ends in .csv or .db", path));
}

ReplayPattern::ReplayPattern(const std::string& path, std::string initiator, bool timed)
    : path_(path), initiator_(std::move(initiator)), timed_(timed), trace_(Trace::open(path)) {}

std::optional<Access> ReplayPattern::next() {
  while (auto entry = trace_->next()) {
    if (initiator_.empty() || entry->initiator == initiator_) {
      found_ = true;
      if (!timed_) entry->access.due.reset();
      return entry->access;
    }
    const std::string quoted = "'" + entry->initiator + "'";
    if (!found_ && others_.find(quoted) == std::string::npos) others_ += (others_.empty() ? "" : ", ") + quoted;
  }
  if (found_) return std::nullopt;
  if (initiator_.empty()) throw TrafficError(fmt::format("{}: there is no access in it to be made again", path_));
  throw TrafficError(fmt::format("{}: there is no access of '{}' in it; there are those of {}", path_, initiator_,
                                 others_.empty() ? "nobody" : others_));
}

}  // namespace sc_memory::models
