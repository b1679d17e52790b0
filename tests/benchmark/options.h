// What can be asked of the benchmark program.
#pragma once

#include <optional>
#include <regex>
#include <string>

#include "tests/benchmark/figure.h"

namespace sc_memory::bench {

struct Options {
  Effort effort = Effort::full();
  bool quick = false;
  bool list = false;
  std::string filter;
  std::regex wanted;
  std::string json;  ///< A file name, or empty.
};

/// From the command line. Where there is nothing more to do - help was asked for, or the arguments are bad - says so to
/// the user, and gives the exit code.
struct Parsed {
  std::optional<Options> options;
  int exit_code = 0;
};
Parsed parse_options(int argc, char** argv);

}  // namespace sc_memory::bench
