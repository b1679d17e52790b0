// Transactions as Chrome trace events: a JSON array that opens in ui.perfetto.dev.
//
// Each initiator is a thread, or several of the same name: a blocking transaction is a complete event ("X"), and those
// of one thread must not overlap. Two processes on one socket do, and so does a debug access of one that runs ahead of
// simulated time; what overlaps goes to another thread. A non-blocking transaction is a pair of asynchronous events
// ("b", "e"), which may overlap; what happens to direct access is an instant event ("i"). The array of a recording that
// was not closed has no closing bracket, which the format allows.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "sc_memory/analysis/output_file.h"
#include "sc_memory/analysis/picoseconds.h"
#include "sc_memory/analysis/recorder.h"

namespace sc_memory {

class TraceEventRecorder final : public Recorder {
 public:
  explicit TraceEventRecorder(const std::string& path);
  ~TraceEventRecorder() override { TraceEventRecorder::close(); }

  void write(const TransactionRecord& record) override;
  void write(const DmiRecord& record) override;
  void flush() override { file_.flush(); }
  void close() override;
  bool failed() const override { return file_.failed(); }

 private:
  using Thread = std::uint64_t;  ///< The "tid" of events, from 1 on.
  struct Threads {
    Thread first;  ///< Has the events that may lie anywhere.
    /// By the time, in picoseconds, at which their last complete event ends; each is there once.
    std::multimap<std::uint64_t, Thread> by_end;
  };

  /// Those of the initiator; one is made when it comes for the first time.
  Threads& threads_of(TrafficName initiator);
  Thread new_thread(TrafficName initiator);
  /// A thread whose complete events have all ended at `start`. It is busy until `end` from now on.
  Thread claim_thread(TrafficName initiator, std::uint64_t start, std::uint64_t end);
  void begin_event(const char* phase, const std::string& name, Thread thread, const sc_core::sc_time& time);
  void append_arguments(const TransactionRecord& record);
  void end_event();
  /// As a JSON string, once for each name.
  const std::string& quoted(TrafficName name);
  void append_microseconds(const sc_core::sc_time& time);

  OutputFile file_;
  Picoseconds picoseconds_;
  std::unordered_map<TrafficName, Threads> threads_;
  Thread last_thread_ = 0;
  std::unordered_map<TrafficName, std::string> quoted_;
  std::uint64_t serial_ = 0;  ///< Of asynchronous events.
  bool closed_ = false;
};

}  // namespace sc_memory
