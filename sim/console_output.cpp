// Careful writing.
#include "sim/console_output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <poll.h>
#include <unistd.h>

namespace sc_memory::sim {
namespace {

constexpr size_t most_pending = 4096;

}  // namespace

ConsoleOutput::ConsoleOutput(int descriptor) : descriptor_(descriptor) {
  std::signal(SIGPIPE, SIG_IGN);
  std::cout.flush();
  std::fflush(nullptr);
}

void ConsoleOutput::put(uint8_t byte) {
  pending_ += static_cast<char>(byte);
  if (byte == '\n' || pending_.size() >= most_pending) flush();
}

void ConsoleOutput::put(std::string_view text) {
  for (const char c : text) put(static_cast<uint8_t>(c));
}

void ConsoleOutput::flush() {
  size_t done = 0;
  while (done < pending_.size() && error_.empty()) {
    const ssize_t count = write(descriptor_, pending_.data() + done, pending_.size() - done);
    if (count >= 0) {
      done += static_cast<size_t>(count);
    } else if (errno == EAGAIN) {
      pollfd wait{descriptor_, POLLOUT, 0};  // somebody made the descriptor non-blocking: wait as a blocking one would
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      error_ = std::strerror(errno);
    }
  }
  pending_.clear();
}

}  // namespace sc_memory::sim
