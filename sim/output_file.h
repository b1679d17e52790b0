// A file that output of the guest goes to.
#pragma once

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

#include "models/boot/load_error.h"

namespace sc_memory::sim {

/// Made anew or emptied. Throws LoadError when that cannot be done.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0)
      throw models::LoadError(
          path, fmt::format("cannot be written ({}); expected a file for the guest's output", std::strerror(errno)));
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { ::close(descriptor_); }

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace sc_memory::sim
