// fork, and a pipe with one line per value.
#include "tests/benchmark/child_process.h"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <iostream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace sc_memory::bench {

namespace {

[[noreturn]] void run_child(int pipe_end, const std::function<Record::Values()>& measure) {
  int code = EXIT_FAILURE;
  try {
    std::string lines;
    for (const auto& [name, value] : measure()) lines += fmt::format("{} {}\n", name, value);
    if (write(pipe_end, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size())) code = EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
  }
  // Not exit(): what the group made is given back with the process, which is faster than taking it apart.
  std::fflush(nullptr);
  _exit(code);
}

}  // namespace

Record::Values in_child_process(const std::function<Record::Values()>& measure) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe to be had for a child process");
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process to be had");
  if (child == 0) {
    close(ends[0]);
    run_child(ends[1], measure);
  }
  close(ends[1]);
  Record::Values values;
  std::FILE* const lines = fdopen(ends[0], "r");
  char name[128];
  double value = 0;
  while (std::fscanf(lines, "%127s %lf", name, &value) == 2) values[name] = value;
  std::fclose(lines);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
    throw std::runtime_error("a measurement failed; its words are above");
  return values;
}

}  // namespace sc_memory::bench
