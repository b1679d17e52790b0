// Runs the program vpsim as a user would: a process with arguments, that prints and returns an exit code.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::sim::test {

struct VpsimResult {
  int exit_code = -1;  ///< Less a signal's number, if one ended the process.
  std::string output;  ///< The guest's console.
  std::string errors;  ///< What vpsim had to say.
};

inline std::string contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline models::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

/// Waits for the end of a process; one that hangs is killed, long after a test on a busy machine would have ended.
inline int wait_for_exit_code(pid_t process) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > limit) ::kill(process, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// `input` is what stands on standard input, which then ends.
inline VpsimResult run_vpsim(std::vector<std::string> arguments, const std::string& input = {}) {
  const models::test::TemporaryDirectory directory;
  const std::string in = directory.file("in", bytes_of(input));
  const std::string out = directory.path("out");
  const std::string err = directory.path("err");
  arguments.insert(arguments.begin(), VPSIM_PROGRAM);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  const pid_t process = fork();
  if (process == 0) {
    ::dup2(::open(in.c_str(), O_RDONLY), STDIN_FILENO);
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  VpsimResult result;
  result.exit_code = wait_for_exit_code(process);
  result.output = contents_of(out);
  result.errors = contents_of(err);
  return result;
}

/// The last line of a text, without its end.
inline std::string last_line(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

/// Expects each of `parts` in `text` behind the one before, and says which is missing.
inline void expect_in_order(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t from = 0;
  for (const std::string& part : parts) {
    const std::size_t at = text.find(part, from);
    EXPECT_NE(at, std::string::npos) << "missing: " << part << "\nfrom here on:\n" << text.substr(from);
    if (at == std::string::npos) return;
    from = at + part.size();
  }
}

/// Whether an extended regular expression matches anywhere in the text. (That of GoogleTest is for whole lines.)
inline bool has_match(const std::string& text, const std::string& expression) {
  return std::regex_search(text, std::regex(expression));
}

}  // namespace sc_memory::sim::test
