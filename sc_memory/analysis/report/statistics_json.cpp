// The numbers for programs.
#include <nlohmann/json.hpp>

#include "sc_memory/analysis/picoseconds.h"
#include "sc_memory/analysis/report/statistics_output.h"

namespace sc_memory {

namespace {

using nlohmann::json;

json latency_json(const LatencyHistogram& latency) {
  const Picoseconds picoseconds;
  return {{"mean_ps", picoseconds(latency.mean())},          {"min_ps", picoseconds(latency.min())},
          {"median_ps", picoseconds(latency.quantile(0.5))}, {"p90_ps", picoseconds(latency.quantile(0.9))},
          {"p99_ps", picoseconds(latency.quantile(0.99))},   {"max_ps", picoseconds(latency.max())}};
}

json row_json(const TrafficStatistics::Row& row) {
  return {{"reads", row.reads},
          {"writes", row.writes},
          {"errors", row.errors},
          {"bytes_read", row.bytes_read},
          {"bytes_written", row.bytes_written},
          {"read_latency", latency_json(row.read_latency)},
          {"write_latency", latency_json(row.write_latency)}};
}

json dmi_json(const DmiTimeline& dmi) {
  using Event = DmiRecord::Event;
  json causes = json::object();
  for (std::size_t i = 0; i <= static_cast<std::size_t>(DmiCause::hold); ++i) {
    const auto cause = static_cast<DmiCause>(i);
    if (dmi.count(cause) != 0) causes[text_of(cause)] = dmi.count(cause);
  }
  return {{"grants", dmi.count(Event::granted)},
          {"refusals", dmi.count(Event::refused)},
          {"grants_taken_back", dmi.count(Event::grant_taken_back)},
          {"refusals_taken_back", dmi.count(Event::refusal_taken_back)},
          {"taken_back_by_cause", causes}};
}

}  // namespace

std::string statistics_json(const TrafficDigest& digest, const RunFacts& facts, const Contention* contention) {
  const Picoseconds picoseconds;
  json data{{"title", facts.title}, {"simulated_ps", picoseconds(sc_core::sc_time_stamp())}};
  data["facts"] = json::object();
  for (const auto& [name, value] : facts.facts) data["facts"][name] = value;
  data["traffic"] = json::array();
  for (const auto& row : digest.statistics().rows()) {
    json entry = row_json(row);
    entry["initiator"] = row.initiator.text();
    entry["region"] = row.region.text();
    data["traffic"].push_back(entry);
  }
  data["total"] = row_json(digest.statistics().total());
  data["direct_memory_access"] = dmi_json(digest.dmi());
  data["waits"] = json::array();
  if (contention != nullptr) {
    for (const auto& row : contention->rows())
      data["waits"].push_back({{"region", row.region.text()},
                               {"waiter", row.waiter.text()},
                               {"behind", row.behind.text()},
                               {"waits", row.waits},
                               {"time_ps", picoseconds(row.time)}});
  }
  return data.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace sc_memory
