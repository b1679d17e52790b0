// The text of load errors.
#include "models/boot/load_error.h"

#include <algorithm>

namespace sc_memory::models {
namespace {

// File names and device-tree strings may hold anything; a message must stay one line that a terminal can show.
std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

}  // namespace

LoadError::LoadError(std::string_view file, std::string_view problem)
    : std::runtime_error(on_one_line(std::string(file) + ": " + std::string(problem))) {}

}  // namespace sc_memory::models
