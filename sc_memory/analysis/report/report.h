// The report of a run: one HTML page that needs nothing else, neither files nor a network.
//
// The page is made of report.html, report.css and the .js files of this directory, which are compiled in, and of the
// data of the run as JSON, which the scripts draw. docs/report.md says what is to be seen.
#pragma once

#include <string>
#include <vector>

#include "sc_memory/analysis/contention.h"
#include "sc_memory/analysis/report/traffic_digest.h"
#include "sc_memory/map/address_space.h"

namespace sc_memory {

/// What a report is made from. All of it is looked at while the functions below run, and not kept.
struct ReportSources {
  const TrafficDigest& digest;
  const RunFacts& facts;
  std::vector<const AddressSpace*> spaces;  ///< Those whose map is shown.
  const Contention* contention = nullptr;   ///< Who waited for whom; null: not known.
};

/// The data alone. Times are picoseconds, addresses strings such as "0x1000".
std::string report_data(const ReportSources& sources);
/// The page, up to the present simulated time.
std::string report_page(const ReportSources& sources);

}  // namespace sc_memory
