// Transactions as Chrome trace events: a JSON array that opens in ui.perfetto.dev.
//
// Each initiator is a thread. A blocking transaction is a complete event ("X"), a non-blocking one, which may overlap
// others, a pair of asynchronous ones ("b", "e"); what happens to direct access is an instant event ("i"). The array of
// a recording that was not closed has no closing bracket, which the format allows.
#pragma once

#include <vector>

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
  /// Names the initiator's thread when it comes for the first time.
  void introduce(TrafficName initiator);
  void begin_event(const char* phase, const std::string& name, TrafficName initiator, const sc_core::sc_time& time);
  void append_arguments(const TransactionRecord& record);
  void end_event();
  /// As a JSON string, once for each name.
  const std::string& quoted(TrafficName name);
  void append_microseconds(const sc_core::sc_time& time);

  OutputFile file_;
  Picoseconds picoseconds_;
  std::vector<bool> introduced_;     ///< By the name's index.
  std::vector<std::string> quoted_;  ///< The same.
  std::uint64_t serial_ = 0;         ///< Of asynchronous events.
  bool closed_ = false;
};

}  // namespace sc_memory
