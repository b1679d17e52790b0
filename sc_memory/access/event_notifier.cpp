// The host's eventfd.
#include "sc_memory/access/event_notifier.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sc_memory/map/map_error.h"

namespace sc_memory {

namespace {

int usable(int fd, const char* action) {
  if (fd < 0) throw MapError(fmt::format("an event notifier cannot {}: {}", action, std::strerror(errno)));
  return fd;
}

/// A descriptor made elsewhere may be a blocking one.
bool is_ready(int fd, short event) {
  pollfd waiting{fd, event, 0};
  return ::poll(&waiting, 1, 0) == 1 && (waiting.revents & event) != 0;
}

}  // namespace

EventFdNotifier::EventFdNotifier() : fd_(usable(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd")) {}

EventFdNotifier::EventFdNotifier(int fd)
    : fd_(usable(::fcntl(fd, F_DUPFD_CLOEXEC, 0), "use the file descriptor given")) {}

EventFdNotifier::~EventFdNotifier() { ::close(fd_); }

void EventFdNotifier::notify() {
  const std::uint64_t one = 1;
  // A write that does not fit changes nothing, and so does one that a full counter keeps from being made.
  if (is_ready(fd_, POLLOUT)) (void)!::write(fd_, &one, sizeof one);
}

std::uint64_t EventFdNotifier::take() {
  std::uint64_t count = 0;
  if (!is_ready(fd_, POLLIN) || ::read(fd_, &count, sizeof count) != static_cast<ssize_t>(sizeof count)) return 0;
  return count;
}

}  // namespace sc_memory
