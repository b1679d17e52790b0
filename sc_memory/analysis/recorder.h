// Recordings of traffic: every transaction that a probe sees, written to a file as it goes.
//
//     Recording recording{bus, "traffic.db"};                                // all that goes by transaction
//     Recording recording{bus, "traffic.json", ProbeScope().region(ram)};    // all that goes to `ram`
//
// The end of the file's name chooses the format: .json (Chrome trace events, for ui.perfetto.dev), .db (SQLite), .csv,
// .vcd (activity of each port), .ftr (for SCViewer). docs/analysis.md describes what is in each.
//
// Memory is bounded: records wait in a buffer of fixed size. What was flushed is in the file whatever happens to the
// program afterwards, and the file is one that readers of the format accept. A file that can no longer be written - a
// full disk - is reported once, as a warning (kRecorderMessage); the recorder then drops what comes, and the simulation
// goes on.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "sc_memory/analysis/probe.h"

namespace sc_memory {

/// A recording that cannot be begun. what() names the file, and what would be right.
class RecorderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The id of the warning that a recorder has stopped.
extern const char* const kRecorderMessage;

/// One file. To be bound to Probe::transactions and, for those formats that have a place for it, to Probe::dmi.
class Recorder : public tlm::tlm_analysis_if<TransactionRecord>, public tlm::tlm_analysis_if<DmiRecord> {
 public:
  Recorder() = default;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder() override = default;

  void write(const TransactionRecord& record) override = 0;
  void write(const DmiRecord&) override {}

  /// Brings all that was recorded into the file.
  virtual void flush() = 0;
  /// Flushes, and ends the file as its format wants it. Nothing is recorded afterwards. The destructor does it too.
  virtual void close() = 0;
  /// Whether writing failed, and the recorder has stopped.
  virtual bool failed() const = 0;
};

/// A recorder for `path`, which is created, or emptied. `router` is the one that will be recorded: the VCD format shows
/// the ports that it has now. Throws RecorderError if the end of the name
/// is none of the formats', or the file cannot be written.
std::unique_ptr<Recorder> make_recorder(const std::string& path, const Router& router);

/// A recorder with the probe that feeds it, for as long as it lives.
class Recording {
 public:
  /// Pointers are left alone unless the scope says otherwise: what goes through them is not recorded.
  Recording(Router& router, const std::string& path,
            const ProbeScope& scope = ProbeScope().direct(DirectAccess::allowed));

  Recorder& recorder() { return *recorder_; }
  Probe& probe() { return probe_; }

 private:
  std::unique_ptr<Recorder> recorder_;  // Outlives the probe, which writes to it.
  Probe probe_;
};

}  // namespace sc_memory
