// Writing, and giving up.
#include "sc_memory/analysis/output_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sc_memory/analysis/recorder.h"

namespace sc_memory {

OutputFile::OutputFile(std::string path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0)
    throw RecorderError(fmt::format("the recording '{}' cannot be written: {}", path_, std::strerror(errno)));
  buffer_.reserve(kFlushBytes + 1024);
}

OutputFile::~OutputFile() {
  flush();
  ::close(descriptor_);
}

void OutputFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty() && !failed_) {
    const ssize_t count = ::write(descriptor_, left.data(), left.size());
    if (count >= 0) {
      left.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      failed_ = true;
      report_recording_stopped(path_, std::strerror(errno));
    }
  }
  buffer_.clear();
}

void report_recording_stopped(const std::string& path, const std::string& why) {
  SC_REPORT_WARNING(kRecorderMessage, fmt::format("the recording '{}' ends at {}: {}; the simulation goes on", path,
                                                  sc_core::sc_time_stamp().to_string(), why)
                                          .c_str());
}

}  // namespace sc_memory
