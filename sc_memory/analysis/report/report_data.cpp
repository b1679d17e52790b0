// The digest as JSON. Initiators and regions are numbered by lists of their names, so that the page stays small.
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

#include "sc_memory/analysis/picoseconds.h"
#include "sc_memory/analysis/report/report.h"
#include "sc_memory/map/map_json.h"

namespace sc_memory {

namespace {

using nlohmann::json;

constexpr std::size_t kHotPages = 100;

std::string hexadecimal(std::uint64_t value) { return fmt::format("{:#x}", value); }

/// Numbers names in the order in which they are asked for.
class NameList {
 public:
  std::size_t operator()(TrafficName name) {
    const auto [entry, is_new] = numbers_.try_emplace(name, names_.size());
    if (is_new) names_.push_back(name.text());
    return entry->second;
  }
  const json& names() const { return names_; }

 private:
  std::map<TrafficName, std::size_t> numbers_;
  json names_ = json::array();
};

class Writer {
 public:
  explicit Writer(const ReportSources& sources) : sources_(sources) {}

  json write() {
    json data;
    data["title"] = sources_.facts.title;
    data["subtitle"] = sources_.facts.subtitle;
    data["facts"] = json::array();
    for (const auto& [name, value] : sources_.facts.facts) data["facts"].push_back({{"name", name}, {"value", value}});
    data["simulated_ps"] = picoseconds_(sc_core::sc_time_stamp());
    data["traffic"] = traffic();
    data["map"] = map();
    data["bandwidth"] = bandwidth();
    data["hot_pages"] = hot_pages();
    data["dmi"] = dmi();
    data["waits"] = waits();
    data["initiators"] = initiators_.names();
    data["regions"] = regions_.names();
    return data;
  }

 private:
  json latency(const LatencyHistogram& histogram) {
    json buckets = json::array();
    for (const auto& bucket : histogram.buckets())
      buckets.push_back({picoseconds_(bucket.first), picoseconds_(bucket.last), bucket.count});
    return {{"count", histogram.count()},
            {"mean", picoseconds_(histogram.mean())},
            {"min", picoseconds_(histogram.min())},
            {"max", picoseconds_(histogram.max())},
            {"buckets", buckets}};
  }

  json traffic() {
    json rows = json::array();
    for (const auto& row : sources_.digest.statistics().rows())
      rows.push_back({{"initiator", initiators_(row.initiator)},
                      {"region", regions_(row.region)},
                      {"reads", row.reads},
                      {"writes", row.writes},
                      {"ignored", row.ignored},
                      {"errors", row.errors},
                      {"bytes_read", row.bytes_read},
                      {"bytes_written", row.bytes_written},
                      {"read_latency", latency(row.read_latency)},
                      {"write_latency", latency(row.write_latency)}});
    return rows;
  }

  json map() {
    json spaces = json::array();
    for (const AddressSpace* const space : sources_.spaces) {
      json ranges = json::array();
      for (const FlatRange& range : space->view().ranges())
        ranges.push_back({{"first", hexadecimal(range.range.first)},
                          {"last", hexadecimal(range.range.last)},
                          {"region", regions_(TrafficName::of(range.region))},
                          {"offset", hexadecimal(range.offset)},
                          {"kind", json_kind(range)},
                          {"readonly", range.readonly}});
      spaces.push_back({{"name", space->name()}, {"ranges", ranges}});
    }
    return spaces;
  }

  json bandwidth() {
    const BandwidthTimeline& timeline = sources_.digest.bandwidth();
    json series = json::array();
    for (auto& [initiator, bytes] : timeline.series()) {
      while (!bytes.empty() && bytes.back() == 0) bytes.pop_back();
      series.push_back({{"initiator", initiators_(initiator)}, {"bytes", bytes}});
    }
    return {{"width_ps", picoseconds_(timeline.width())}, {"series", series}};
  }

  json hot_pages() {
    json pages = json::array();
    for (const auto& page : sources_.digest.hot_pages().top(kHotPages))
      pages.push_back({{"region", regions_(page.region)},
                       {"offset", hexadecimal(page.offset)},
                       {"count", page.count},
                       {"error", page.error}});
    return {{"total", sources_.digest.hot_pages().total()}, {"pages", pages}};
  }

  json dmi() {
    const DmiTimeline& timeline = sources_.digest.dmi();
    json data{{"dropped", timeline.dropped()}};
    using Event = DmiRecord::Event;
    for (const Event event : {Event::granted, Event::refused, Event::grant_taken_back, Event::refusal_taken_back}) {
      data["events_text"].push_back(text_of(event));
      data["counts"].push_back(timeline.count(event));
    }
    for (std::size_t i = 0; i <= static_cast<std::size_t>(DmiCause::hold); ++i) {
      data["causes"].push_back(text_of(static_cast<DmiCause>(i)));
      data["cause_counts"].push_back(timeline.count(static_cast<DmiCause>(i)));
    }
    data["by_region"] = json::object();
    for (const auto& [region, counts] : sources_.digest.dmi_by_region())
      data["by_region"][std::to_string(regions_(region))] = {{"grants", counts.grants},
                                                             {"invalidations", counts.invalidations}};
    data["events"] = json::array();
    // Without names for the members: there may be thousands.
    for (const DmiRecord& event : timeline.events())
      data["events"].push_back({picoseconds_(event.time), static_cast<int>(event.event), initiators_(event.initiator),
                                regions_(event.region), hexadecimal(event.range.first), hexadecimal(event.range.last),
                                static_cast<int>(event.cause), regions_(event.region_now)});
    return data;
  }

  json waits() {
    json rows = json::array();
    if (sources_.contention == nullptr) return rows;
    for (const auto& row : sources_.contention->rows())
      rows.push_back({{"region", regions_(row.region)},
                      {"waiter", initiators_(row.waiter)},
                      {"behind", initiators_(row.behind)},
                      {"waits", row.waits},
                      {"time", picoseconds_(row.time)}});
    return rows;
  }

  const ReportSources& sources_;
  Picoseconds picoseconds_;
  NameList initiators_;
  NameList regions_;
};

}  // namespace

std::string report_data(const ReportSources& sources) {
  // A name that is no UTF-8 is shown as far as it is.
  return Writer(sources).write().dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sc_memory
