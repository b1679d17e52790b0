// The analysis of one run: attached before it begins, written when it has ended.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sc_memory/analysis/contention.h"
#include "sc_memory/analysis/probe.h"
#include "sc_memory/analysis/recorder.h"
#include "sc_memory/analysis/report/traffic_digest.h"

#include "sim/analysis_options.h"
#include "sim/output_check.h"
#include "sim/result_file.h"

namespace sc_memory::sim {

/// Tells of the files that a session of these options would write.
void add_outputs(const AnalysisOptions& options, OutputCheck& files);

class AnalysisSession {
 public:
  /// To be created when all ports and regions are there and nothing has run. `space` is what --observe's names and
  /// ranges refer to, and whose map the report shows. Throws OptionError for what does not exist or cannot be written.
  AnalysisSession(Router& bus, const AddressSpace& space, const AnalysisOptions& options);

  /// The simulation has ended: writes what was asked for. False if some of it could not be; that was said then.
  bool finish(const RunFacts& facts);

 private:
  void observe(Router& bus, const std::string& what);
  void record(Router& bus, const std::string& path);

  const AddressSpace& space_;
  AnalysisOptions options_;
  TrafficDigest digest_;
  std::optional<Contention> contention_;
  std::optional<Probe> probe_;
  std::vector<std::unique_ptr<Probe>> holds_;  ///< Nobody listens to them; they keep pointers back.
  std::optional<Recording> recording_;
  std::optional<ResultFile> statistics_file_;
  std::optional<ResultFile> report_file_;
};

}  // namespace sc_memory::sim
