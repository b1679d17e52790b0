// Lines.
#include "sc_memory/analysis/csv_recorder.h"

#include <fmt/format.h>
#include <iterator>

namespace sc_memory {

namespace {

/// In quotes, doubled inside, where a name would otherwise be taken for several fields.
void append_field(std::string& line, const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) line.append(c == '"' ? 2 : 1, c);
  line += '"';
}

}  // namespace

CsvRecorder::CsvRecorder(const std::string& path) : file_(path) { file_.append(kHeader); }

void CsvRecorder::write(const TransactionRecord& record) {
  if (closed_ || file_.failed()) return;
  std::string& line = file_.buffer();
  const auto out = std::back_inserter(line);
  fmt::format_to(out, "{},{},", picoseconds_(record.start), picoseconds_(record.end));
  append_field(line, record.initiator.text());
  line += ',';
  append_field(line, record.region.text());
  fmt::format_to(out, ",{},{},{},{:#x},{:#x},{},{},{}\n", text_of(record.path), text_of(record.command),
                 text_of(record.response), record.address, record.offset, record.length,
                 picoseconds_(record.end_request), picoseconds_(record.begin_response));
  file_.end_record();
}

void CsvRecorder::close() {
  file_.flush();
  closed_ = true;
}

}  // namespace sc_memory
