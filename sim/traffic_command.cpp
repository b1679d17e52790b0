// vpsim run --traffic: a platform of traffic generators, what they did, and how it ends.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>

#include <systemc>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "sc_memory/analysis/report/statistics_output.h"

#include "platforms/traffic/traffic_platform.h"
#include "sim/analysis_session.h"
#include "sim/commands.h"
#include "sim/exit_codes.h"
#include "sim/interruption.h"
#include "sim/output_check.h"
#include "sim/traffic_description.h"

namespace sc_memory::sim {

namespace {

std::string table(const platforms::TrafficPlatform& platform) {
  std::string text = fmt::format("  {:<16} {:>12} {:>12} {:>14} {:>8} {:>14} {:>14}\n", "initiator", "reads", "writes",
                                 "bytes", "errors", "mean latency", "bytes/s");
  for (const auto& generator : platform.generators()) {
    const models::TrafficTotals& totals = generator->totals();
    const double seconds = totals.last_end.to_seconds();
    text += fmt::format("  {:<16} {:>12} {:>12} {:>14} {:>8} {:>14} {:>14.4g}\n", generator->basename(), totals.reads,
                        totals.writes, totals.bytes, totals.errors, time_text(totals.mean_latency()),
                        seconds > 0 ? static_cast<double>(totals.bytes) / seconds : 0.0);
  }
  return text;
}

/// Says what went wrong in the platform. 0 if nothing did.
int complaints(const platforms::TrafficPlatform& platform) {
  int code = 0;
  for (const auto& generator : platform.generators()) {
    if (!generator->error().empty()) {
      std::fputs(fmt::format("vpsim: '{}' stopped: {}\n", generator->basename(), generator->error()).c_str(), stderr);
      code = kBadInput;
    }
    if (generator->totals().wrong_bytes != 0) {
      std::fputs(fmt::format("vpsim: '{}' read {} bytes that are not what it wrote\n", generator->basename(),
                             generator->totals().wrong_bytes)
                     .c_str(),
                 stderr);
      if (code == 0) code = kFailed;
    }
  }
  return code;
}

}  // namespace

int run_traffic(const TrafficOptions& options) {
  TrafficDescription description = read_traffic_description(options.file);
  if (!description.endless.empty() && !options.max_time)
    throw OptionError(fmt::format("{}: initiator '{}' never ends; give it a count, or vpsim --max-time", options.file,
                                  description.endless));
  OutputCheck files;
  files.input("--traffic", options.file);
  for (const std::string& trace : description.traces) files.input("--traffic", trace);
  add_outputs(options.analysis, files);
  files.check();
  int signal = 0;
  const Interruption interruption([&](int taken) {
    signal = taken;
    sc_core::sc_stop();
  });
  tlm_utils::tlm_quantumkeeper::set_global_quantum(description.quantum);
  platforms::TrafficPlatform platform("platform", std::move(description.platform));
  platform.on_finished([] { sc_core::sc_stop(); });
  AnalysisSession analysis(platform.bus(), platform.memory(), options.analysis);

  const auto started = std::chrono::steady_clock::now();
  if (options.max_time)
    sc_core::sc_start(*options.max_time);
  else
    sc_core::sc_start();
  const std::chrono::duration<double> host = std::chrono::steady_clock::now() - started;
  std::fputs(fmt::format("simulated {} in {:.3f} s of host time\n{}", time_text(sc_core::sc_time_stamp()), host.count(),
                         table(platform))
                 .c_str(),
             stderr);
  const bool complete = analysis.finish({description.title,
                                         fmt::format("traffic generators described by {}", options.file),
                                         {{"host time", fmt::format("{:.3f} s", host.count())}}});
  if (signal != 0) {
    std::fputs(fmt::format("vpsim: SIG{} ended the simulation\n", sigabbrev_np(signal)).c_str(), stderr);
    return kSignalled + signal;
  }
  const int code = complaints(platform);
  return code != 0 || complete ? code : kFailed;
}

}  // namespace sc_memory::sim
