// The table.
#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/analysis/report/statistics_output.h"

namespace sc_memory {

namespace {

void append_traffic(std::string& text, const TrafficStatistics& statistics) {
  text += "traffic by initiator and region:\n";
  text += fmt::format("  {:<16} {:<24} {:>12} {:>12} {:>14} {:>8} {:>10} {:>10} {:>10}\n", "initiator", "region",
                      "reads", "writes", "bytes", "errors", "mean", "99 %", "most");
  const auto append = [&](const TrafficStatistics::Row& row, const std::string& initiator, const std::string& region) {
    LatencyHistogram latency = row.read_latency;
    latency.add(row.write_latency);
    text += fmt::format("  {:<16} {:<24} {:>12} {:>12} {:>14} {:>8} {:>10} {:>10} {:>10}\n", initiator, region,
                        row.reads, row.writes, row.bytes(), row.errors, time_text(latency.mean()),
                        time_text(latency.quantile(0.99)), time_text(latency.max()));
  };
  for (const auto& row : statistics.rows()) append(row, row.initiator.text(), row.region.text());
  append(statistics.total(), "total", "");
}

void append_dmi(std::string& text, const DmiTimeline& dmi) {
  using Event = DmiRecord::Event;
  text += fmt::format("direct memory access: {} grants, {} refusals, {} grants and {} refusals taken back\n",
                      dmi.count(Event::granted), dmi.count(Event::refused), dmi.count(Event::grant_taken_back),
                      dmi.count(Event::refusal_taken_back));
  for (std::size_t i = 0; i <= static_cast<std::size_t>(DmiCause::hold); ++i) {
    const auto cause = static_cast<DmiCause>(i);
    if (dmi.count(cause) != 0) text += fmt::format("  {:>12} by {}\n", dmi.count(cause), text_of(cause));
  }
}

void append_waits(std::string& text, const Contention& contention) {
  const auto rows = contention.rows();
  if (rows.empty()) return;
  text += "waits for regions that served another access:\n";
  for (const auto& row : rows)
    text += fmt::format("  {:<16} for {:<16} at {:<24} {:>12} times {:>10}\n", row.waiter.text(), row.behind.text(),
                        row.region.text(), row.waits, time_text(row.time));
}

}  // namespace

std::string time_text(const sc_core::sc_time& time) {
  static constexpr const char* kUnits[] = {"ps", "ns", "us", "ms", "s"};
  double value = time.to_seconds() * 1e12;
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  return fmt::format("{:.4g} {}", value, kUnits[unit]);
}

std::string statistics_text(const TrafficDigest& digest, const Contention* contention) {
  std::string text;
  append_traffic(text, digest.statistics());
  append_dmi(text, digest.dmi());
  if (contention != nullptr) append_waits(text, *contention);
  return text;
}

}  // namespace sc_memory
