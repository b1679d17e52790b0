#include "tests/sim/vpsim_process.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sc_memory::sim::test {

std::string contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

models::Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

int wait_for_exit_code(pid_t process) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > limit) ::kill(process, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

VpsimResult run_vpsim(std::vector<std::string> arguments, const std::string& input) {
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

std::string last_line(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

void expect_in_order(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t from = 0;
  for (const std::string& part : parts) {
    const std::size_t at = text.find(part, from);
    EXPECT_NE(at, std::string::npos) << "missing: " << part << "\nfrom here on:\n" << text.substr(from);
    if (at == std::string::npos) return;
    from = at + part.size();
  }
}

bool has_match(const std::string& text, const std::string& expression) {
  return std::regex_search(text, std::regex(expression));
}

}  // namespace sc_memory::sim::test
