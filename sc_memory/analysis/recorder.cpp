// Which recorder a file's name asks for.
#include "sc_memory/analysis/recorder.h"

#include <fmt/format.h>

#include "sc_memory/analysis/csv_recorder.h"
#include "sc_memory/analysis/ftr_recorder.h"
#include "sc_memory/analysis/sqlite_recorder.h"
#include "sc_memory/analysis/trace_event_recorder.h"
#include "sc_memory/analysis/vcd_recorder.h"

namespace sc_memory {

const char* const kRecorderMessage = "/sc_memory/recorder";

std::unique_ptr<Recorder> make_recorder(const std::string& path, const Router& router) {
  const std::size_t dot = path.find_last_of("./");
  const std::string ending = dot != std::string::npos && path[dot] == '.' ? path.substr(dot) : "";
  if (ending == ".json") return std::make_unique<TraceEventRecorder>(path);
  if (ending == ".db") return std::make_unique<SqliteRecorder>(path);
  if (ending == ".csv") return std::make_unique<CsvRecorder>(path);
  if (ending == ".vcd") return std::make_unique<VcdRecorder>(path, router);
  if (ending == ".ftr") return std::make_unique<FtrRecorder>(path);
  throw RecorderError(fmt::format(
      "the recording '{}' has none of the endings that choose a format: .json, .db, .csv, .vcd, .ftr", path));
}

Recording::Recording(Router& router, const std::string& path, const ProbeScope& scope)
    : recorder_(make_recorder(path, router)), probe_(router, scope) {
  probe_.transactions.bind(*recorder_);
  probe_.dmi.bind(*recorder_);
}

}  // namespace sc_memory
