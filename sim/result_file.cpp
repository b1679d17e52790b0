// Opening, and writing at once.
#include "sim/result_file.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>

#include "sim/options.h"

namespace sc_memory::sim {

ResultFile::ResultFile(std::string option, std::string path)
    : option_(std::move(option)), path_(std::move(path)), file_(std::fopen(path_.c_str(), "we")) {
  if (file_ == nullptr)
    throw OptionError(fmt::format("{}: '{}' cannot be written: {}; give a file in a directory that can", option_, path_,
                                  std::strerror(errno)));
}

bool ResultFile::write(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
  if (written && std::fflush(file_.get()) == 0) return true;
  std::fputs(fmt::format("vpsim: {}: '{}' is not complete: {}; the simulation itself ended as it would have\n", option_,
                         path_, std::strerror(errno))
                 .c_str(),
             stderr);
  return false;
}

}  // namespace sc_memory::sim
