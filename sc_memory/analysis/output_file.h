// A file that recorders write through a buffer of fixed size, and that may fail without harm.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sc_memory {

/// What is appended is in the file after the next flush(), which happens by itself at ends of records when the buffer
/// is full. The first failure is reported as a warning (kRecorderMessage); afterwards everything is dropped.
class OutputFile {
 public:
  /// Creates the file, or empties it. Throws RecorderError if that cannot be done.
  explicit OutputFile(std::string path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Flushes.
  ~OutputFile();

  void append(std::string_view text) { buffer_.append(text); }
  void append(char byte) { buffer_.push_back(byte); }
  /// For those who format into the buffer themselves.
  std::string& buffer() { return buffer_; }
  /// A record is complete: flushes if enough has come together.
  void end_record() {
    if (buffer_.size() >= kFlushBytes) flush();
  }
  void flush();

  bool failed() const { return failed_; }
  const std::string& path() const { return path_; }

 private:
  static constexpr std::size_t kFlushBytes = std::size_t{1} << 16;

  std::string path_;
  int descriptor_;
  std::string buffer_;
  bool failed_ = false;
};

/// Reports that the recording `path` ends here, and why, as a warning.
void report_recording_stopped(const std::string& path, const std::string& why);

}  // namespace sc_memory
