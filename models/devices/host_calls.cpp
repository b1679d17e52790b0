// What each system call does.
#include "models/devices/host_calls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <vector>

#include "models/devices/guest_words.h"

namespace sc_memory::models {

namespace {

/// Numbers of Linux for 64-bit RISC-V, and those that its bare-metal C library has beside them.
enum Number : std::uint64_t {
  sys_close = 57,
  sys_read = 63,
  sys_write = 64,
  sys_exit = 93,
  sys_exit_group = 94,
  sys_clock_gettime = 113,
  sys_gettimeofday = 169,
  sys_time = 1062,
};

constexpr std::uint64_t kStandardInput = 0;
constexpr std::uint64_t kStandardError = 2;
constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::uint64_t kNanosecondsPerMicrosecond = 1000;

}  // namespace

struct HostCalls::Call {
  std::uint64_t number;
  std::array<std::uint64_t, 3> argument;
};

HostCalls::Progress HostCalls::carry_out(Address block) {
  std::array<std::uint64_t, 4> words{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = read_word(space_, block + 8 * i);
    if (!word) {
      host_.not_known(fmt::format("a system call with its arguments at {:#x}, where there is no memory", block));
      return Progress::done;
    }
    words[i] = *word;
  }
  const Call call{words[0], {words[1], words[2], words[3]}};
  if (call.number == sys_read && call.argument[0] == kStandardInput && call.argument[2] != 0)
    return Progress::waits_for_input;
  if (call.number == sys_exit || call.number == sys_exit_group) {
    host_.exit(call.argument[0]);
    return Progress::program_ended;
  }
  write_word(space_, block, static_cast<std::uint64_t>(result_of(call)));
  return Progress::done;
}

void HostCalls::finish_read(Address block, std::uint8_t byte) {
  const auto buffer = read_word(space_, block + 16);
  const bool stored = buffer && space_.write(*buffer, &byte, 1, debug_access()) == AccessResult::ok;
  write_word(space_, block, static_cast<std::uint64_t>(std::int64_t{stored ? 1 : -EFAULT}));
}

std::int64_t HostCalls::result_of(const Call& call) {
  switch (call.number) {
    case sys_read:
      return call.argument[0] == kStandardInput ? 0 : -EBADF;
    case sys_write:
      return write(call);
    case sys_close:
      return call.argument[0] <= kStandardError ? 0 : -EBADF;
    case sys_gettimeofday:
      return put_time(call.argument[0], host_.time() % kNanosecondsPerSecond / kNanosecondsPerMicrosecond);
    case sys_clock_gettime:
      return put_time(call.argument[1], host_.time() % kNanosecondsPerSecond);
    case sys_time:
      return static_cast<std::int64_t>(host_.time() / kNanosecondsPerSecond);
    default:
      host_.not_known(fmt::format("system call {}", call.number));
      return -ENOSYS;
  }
}

std::int64_t HostCalls::write(const Call& call) {
  if (call.argument[0] == kStandardInput || call.argument[0] > kStandardError) return -EBADF;
  std::vector<std::uint8_t> bytes(std::min(call.argument[2], max_write));
  if (bytes.empty()) return 0;
  if (space_.read(call.argument[1], bytes.data(), bytes.size(), debug_access()) != AccessResult::ok) return -EFAULT;
  for (const std::uint8_t byte : bytes) host_.print(byte);
  return static_cast<std::int64_t>(bytes.size());
}

/// `seconds` is where a pair of words goes.
std::int64_t HostCalls::put_time(Address seconds, std::uint64_t fraction) {
  const bool stored =
      write_word(space_, seconds, host_.time() / kNanosecondsPerSecond) && write_word(space_, seconds + 8, fraction);
  return stored ? 0 : -EFAULT;
}

}  // namespace sc_memory::models
