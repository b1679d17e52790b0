// Runs the program vpsim as a user would: a process with arguments, that prints and returns an exit code.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::sim::test {

struct VpsimResult {
  int exit_code = -1;  ///< Less a signal's number, if one ended the process.
  std::string output;  ///< The guest's console.
  std::string errors;  ///< What vpsim had to say.
};

std::string contents_of(const std::string& path);
models::Bytes bytes_of(const std::string& text);

/// Waits for the end of a process; one that hangs is killed, long after a test on a busy machine would have ended.
int wait_for_exit_code(pid_t process);

/// `input` is what stands on standard input, which then ends.
VpsimResult run_vpsim(std::vector<std::string> arguments, const std::string& input = {});

/// The last line of a text, without its end.
std::string last_line(std::string text);

/// Expects each of `parts` in `text` behind the one before, and says which is missing.
void expect_in_order(const std::string& text, const std::vector<std::string>& parts);

/// Whether an extended regular expression matches anywhere in the text. (That of GoogleTest is for whole lines.)
bool has_match(const std::string& text, const std::string& expression);

}  // namespace sc_memory::sim::test
