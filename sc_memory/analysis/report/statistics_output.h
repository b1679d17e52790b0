// The statistics of a run, for people and for programs.
#pragma once

#include <string>

#include "sc_memory/analysis/contention.h"
#include "sc_memory/analysis/report/traffic_digest.h"

namespace sc_memory {

/// A table: a line for each initiator and region, then direct memory access and, if it is known, who waited for whom.
/// Lines end in '\n' and hold plain characters only, so that the text may go through sc_report:
///
///     SC_REPORT_INFO("/platform/traffic", statistics_text(digest).c_str());
std::string statistics_text(const TrafficDigest& digest, const Contention* contention = nullptr);

/// One JSON object; docs/report.md has its members.
std::string statistics_json(const TrafficDigest& digest, const RunFacts& facts, const Contention* contention = nullptr);

/// A simulated time for a table: "12.5 ns", four digits at the most.
std::string time_text(const sc_core::sc_time& time);

}  // namespace sc_memory
