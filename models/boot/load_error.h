// What goes wrong with a file that somebody wants in the machine's memory: one exception, whose text is one plain line.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace sc_memory::models {

/// A file that cannot be used. what() is a single line: the file, what is wrong with it and what would be right.
class LoadError : public std::runtime_error {
 public:
  /// `problem` continues the sentence that begins with the file's name: "fw.elf: is empty; ...".
  LoadError(std::string_view file, std::string_view problem);
};

}  // namespace sc_memory::models
