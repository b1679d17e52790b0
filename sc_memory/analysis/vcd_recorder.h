// The activity of each port as waveforms, by SystemC's own tracing.
//
// Each port has the signals `transactions` and `bytes`, which count up, and `address`, `offset`, `length`, `write`,
// `error` and `latency_ps` of the transaction that ended last. They change when a transaction ends, at its annotated
// time. What ends at one moment is one change: the counters tell of all.
//
// SystemC looks at all signals in every delta cycle.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "sc_memory/analysis/picoseconds.h"
#include "sc_memory/analysis/recorder.h"

namespace sc_memory {

class VcdRecorder final : public Recorder {
 public:
  /// Shows the ports that `router` has now.
  VcdRecorder(const std::string& path, const Router& router);
  ~VcdRecorder() override;

  using Recorder::write;
  void write(const TransactionRecord& record) override;
  void flush() override;
  void close() override;
  bool failed() const override { return failed_; }

 private:
  struct Signals {
    sc_dt::uint64 transactions = 0;
    sc_dt::uint64 bytes = 0;
    sc_dt::uint64 address = 0;
    sc_dt::uint64 offset = 0;
    sc_dt::uint64 length = 0;
    sc_dt::uint64 latency_ps = 0;
    bool write = false;
    bool error = false;
  };
  /// What lies ahead, and the event at which it is due; shared with the process that waits for it.
  struct Schedule {
    sc_core::sc_event due{"vcd_recorder_due"};
    std::multimap<sc_core::sc_time, TransactionRecord> ahead;
    VcdRecorder* recorder;  ///< Null when it is gone.
  };

  static void catch_up(Schedule& schedule);
  void show(const TransactionRecord& record);

  std::string path_;
  sc_core::sc_trace_file* file_;
  Picoseconds picoseconds_;
  std::map<TrafficName, Signals> signals_;
  std::shared_ptr<Schedule> schedule_;
  bool failed_ = false;
};

}  // namespace sc_memory
