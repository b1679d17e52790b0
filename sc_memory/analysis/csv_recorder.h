// Transactions as comma-separated values (RFC 4180): a line that names the columns, and one for each.
#pragma once

#include "sc_memory/analysis/output_file.h"
#include "sc_memory/analysis/picoseconds.h"
#include "sc_memory/analysis/recorder.h"

namespace sc_memory {

class CsvRecorder final : public Recorder {
 public:
  /// The first line. Times are in picoseconds, addresses hexadecimal, the length is in bytes.
  static constexpr const char* kHeader =
      "start_ps,end_ps,initiator,region,path,command,response,address,offset,length,end_request_ps,begin_response_ps\n";

  explicit CsvRecorder(const std::string& path);

  using Recorder::write;
  void write(const TransactionRecord& record) override;
  void flush() override { file_.flush(); }
  void close() override;
  bool failed() const override { return file_.failed(); }

 private:
  OutputFile file_;
  Picoseconds picoseconds_;
  bool closed_ = false;
};

}  // namespace sc_memory
