// Recorded traffic, read again: the recordings that sc_memory writes (analysis/recorder.h), and tables that anybody
// writes by hand.
//
// A .csv file has a line of column names first; docs/traffic.md describes them. Needed are `command` (read or write),
// `address` and `length`; `start_ps`, `initiator` and `path` are used if they are there, all others are not looked at.
// A .db file is a database of the SQLite recorder.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "models/traffic/access_pattern.h"

namespace sc_memory::models {

/// One recorded access. Accesses that moved no data and those of debuggers are left out.
struct TraceEntry {
  Access access;
  std::string initiator;  ///< Empty if the recording does not tell.
};

class Trace {
 public:
  /// Throws TrafficError, naming the file, for one that cannot be opened, whose name ends otherwise, or that lacks a
  /// column.
  static std::unique_ptr<Trace> open(const std::string& path);
  virtual ~Trace() = default;

  /// In the order of the file; empty at its end. Throws TrafficError, naming file and line, where it cannot be read
  /// further.
  virtual std::optional<TraceEntry> next() = 0;

 protected:
  Trace() = default;
};

/// What an initiator did, again.
class ReplayPattern final : public AccessPattern {
 public:
  /// Of `initiator`, or of all if that is empty. `timed`: at the recorded times, the simulation's start being that of
  /// the recording; else at the generator's pace.
  ReplayPattern(const std::string& path, std::string initiator, bool timed);

  /// Throws TrafficError, besides what Trace says, at the end of a recording that has no access of the initiator.
  std::optional<Access> next() override;

 private:
  std::string path_;
  std::string initiator_;
  bool timed_;
  std::unique_ptr<Trace> trace_;
  bool found_ = false;
  std::string others_;  ///< Who was in the recording, as long as it is not the one.
};

}  // namespace sc_memory::models
