// The peak memory of the main job: vpsim with its built-in tour of OpenSBI and U-Boot, 256 MiB of guest memory.
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/benchmark/groups.h"

extern char** environ;

namespace sc_memory::bench {

namespace {

/// Runs the program without input, its output dropped, and returns what it used.
rusage run_to_the_end(const char* program, const char* argument) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  std::string name(program);
  std::string first(argument);
  char* arguments[] = {name.data(), first.data(), nullptr};
  pid_t child = 0;
  const int error = posix_spawn(&child, program, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(name + " cannot be started");
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("'" + name + " " + first + "' failed; run it by itself to see why");
  return used;
}

void measure_main_job(Record& record) {
  constexpr double kKibPerMib = 1024;
  record.add("main_job_rss_mib", static_cast<double>(run_to_the_end(VPSIM_PROGRAM, "run").ru_maxrss) / kKibPerMib);
}

}  // namespace

std::vector<Group> main_job_groups() { return {{{{"main_job_rss_mib", "MiB", "<= 120"}}, measure_main_job}}; }

}  // namespace sc_memory::bench
