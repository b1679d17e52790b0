// Signals that change when transactions end.
#include "sc_memory/analysis/vcd_recorder.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>

#include "sc_memory/analysis/output_file.h"

namespace sc_memory {

namespace {

/// SystemC appends the ending itself.
std::string without_ending(const std::string& path) { return path.substr(0, path.size() - std::strlen(".vcd")); }

/// SystemC tells of it, which is of no interest to anybody.
void set_picoseconds(sc_core::sc_trace_file& file) {
  using Handler = sc_core::sc_report_handler;
  const char* const id = "tracing timescale unit set";
  const sc_core::sc_actions usual = Handler::set_actions(id, sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  file.set_time_unit(1, sc_core::SC_PS);
  Handler::set_actions(id, sc_core::SC_INFO, usual);
}

}  // namespace

VcdRecorder::VcdRecorder(const std::string& path, const Router& router)
    : path_(path), schedule_(std::make_shared<Schedule>()) {
  // SystemC's own report of a file that it cannot open does not say why.
  const OutputFile attempt(path);
  file_ = sc_core::sc_create_vcd_trace_file(without_ending(path).c_str());
  set_picoseconds(*file_);
  for (const auto& port : router.ports()) {
    Signals& signals = signals_[TrafficName::of(*port)];
    const std::string prefix = port->name() + ".";
    sc_core::sc_trace(file_, signals.transactions, prefix + "transactions");
    sc_core::sc_trace(file_, signals.bytes, prefix + "bytes");
    sc_core::sc_trace(file_, signals.address, prefix + "address");
    sc_core::sc_trace(file_, signals.offset, prefix + "offset");
    sc_core::sc_trace(file_, signals.length, prefix + "length");
    sc_core::sc_trace(file_, signals.latency_ps, prefix + "latency_ps");
    sc_core::sc_trace(file_, signals.write, prefix + "write");
    sc_core::sc_trace(file_, signals.error, prefix + "error");
  }
  schedule_->recorder = this;
  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.dont_initialize();
  options.set_sensitivity(&schedule_->due);
  sc_core::sc_spawn([schedule = schedule_] { catch_up(*schedule); }, sc_core::sc_gen_unique_name("vcd_recorder"),
                    &options);
}

VcdRecorder::~VcdRecorder() {
  VcdRecorder::close();
  schedule_->recorder = nullptr;
}

void VcdRecorder::catch_up(Schedule& schedule) {
  if (schedule.recorder == nullptr) return;
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  while (!schedule.ahead.empty() && schedule.ahead.begin()->first <= now) {
    schedule.recorder->show(schedule.ahead.begin()->second);
    schedule.ahead.erase(schedule.ahead.begin());
  }
  if (!schedule.ahead.empty()) schedule.due.notify(schedule.ahead.begin()->first - now);
}

void VcdRecorder::show(const TransactionRecord& record) {
  const auto found = signals_.find(record.initiator);
  if (found == signals_.end()) return;
  Signals& signals = found->second;
  ++signals.transactions;
  signals.bytes += record.bytes_moved();
  signals.address = record.address;
  signals.offset = record.offset;
  signals.length = record.length;
  signals.latency_ps = picoseconds_(record.latency());
  signals.write = record.command == tlm::TLM_WRITE_COMMAND;
  signals.error = record.response != tlm::TLM_OK_RESPONSE;
}

void VcdRecorder::write(const TransactionRecord& record) {
  if (file_ == nullptr || failed_) return;
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  if (record.end <= now) {
    show(record);
    return;
  }
  schedule_->ahead.emplace(record.end, record);
  schedule_->due.notify(record.end - now);
}

void VcdRecorder::flush() {
  if (file_ == nullptr || failed_) return;
  // SystemC keeps the stream to itself.
  errno = 0;
  if (std::fflush(nullptr) != 0 && errno == ENOSPC) {
    failed_ = true;
    report_recording_stopped(path_, std::strerror(errno));
  }
}

void VcdRecorder::close() {
  if (file_ == nullptr) return;
  flush();
  sc_core::sc_close_vcd_trace_file(file_);
  file_ = nullptr;
}

}  // namespace sc_memory
