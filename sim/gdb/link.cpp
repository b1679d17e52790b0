// The sockets and the thread.
#include "sim/gdb/link.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sc_memory::sim::gdb {
namespace {

[[noreturn]] void fail(const char* what, int error = errno) {
  throw std::system_error(error, std::generic_category(), what);
}

/// A debugger waits for answers; more unread events than this come from something else, and are dropped.
constexpr std::size_t kMaxEvents = 1024;

/// A debugger that does not read its answers for so long is no debugger.
constexpr timeval kSendLimit{5, 0};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// A socket that listens on the loopback interface. Throws std::system_error.
int listen_on(std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) fail("making a socket for the debugger");
  const int yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const sockaddr_in address = loopback(port);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener, 1) != 0) {
    const int error = errno;
    ::close(listener);
    fail(("listening on 127.0.0.1:" + std::to_string(port) + " for the debugger").c_str(), error);
  }
  return listener;
}

}  // namespace

Link::Link(std::uint16_t port) : listener_(listen_on(port)) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  if (::pipe2(stop_pipe_, O_CLOEXEC) != 0) {
    const int error = errno;
    ::close(listener_);
    fail("making a pipe", error);
  }
  // Signals are for the simulation's thread: blocked here, inherited by the link's, and restored.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { serve(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Link::~Link() {
  ::close(stop_pipe_[1]);  // the thread's poll() sees the pipe hang up
  thread_.join();
  ::close(stop_pipe_[0]);
  ::close(listener_);
}

// False when the link is taken down.
bool Link::wait_readable(int descriptor) const {
  std::array<pollfd, 2> waits{{{descriptor, POLLIN, 0}, {stop_pipe_[0], POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) < 0) {
    if (errno != EINTR) return false;
  }
  return waits[1].revents == 0;
}

void Link::serve() {
  while (wait_readable(listener_)) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    ::setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &kSendLimit, sizeof(kSendLimit));
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      client_ = client;
      acknowledge_ = true;
      last_sent_.clear();
    }
    push({Event::Kind::connected, {}});
    read_client(client);
    close_client();
    push({Event::Kind::closed, {}});
  }
}

void Link::read_client(int client) {
  PacketReader reader;
  while (wait_readable(client)) {
    std::array<std::uint8_t, 4096> bytes;
    const ssize_t count = ::recv(client, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    for (ssize_t i = 0; i < count; ++i) {
      if (const auto message = reader.take(bytes[static_cast<std::size_t>(i)])) take(*message);
    }
  }
}

void Link::take(const Message& message) {
  switch (message.kind) {
    case Message::Kind::packet:
      send_bytes("+");
      push({Event::Kind::packet, message.payload});
      break;
    case Message::Kind::damaged:
      send_bytes("-");
      break;
    case Message::Kind::interrupt:
      push({Event::Kind::interrupt, {}});
      break;
    case Message::Kind::refused: {
      std::string again;
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        again = last_sent_;
      }
      if (!again.empty()) send_bytes(again);
      break;
    }
    case Message::Kind::acknowledged:
      break;
  }
}

void Link::push(Event event) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (events_.size() == kMaxEvents && event.kind != Event::Kind::closed) return;
    events_.push_back(std::move(event));
    news_ = true;
  }
  changed_.notify_all();
}

std::optional<Link::Event> Link::next(std::chrono::milliseconds limit) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!changed_.wait_for(lock, limit, [this] { return !events_.empty(); })) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  news_ = !events_.empty();
  return event;
}

// Acknowledgements are single characters; everything else is a packet, which may have to be sent again.
void Link::send_bytes(const std::string& bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool acknowledgement = bytes.size() == 1;
  if (client_ < 0 || (acknowledgement && !acknowledge_)) return;
  if (!acknowledgement) last_sent_ = bytes;
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count = ::send(client_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

void Link::send(const std::string& payload) { send_bytes(frame(payload)); }

void Link::stop_acknowledging() {
  const std::lock_guard<std::mutex> lock(mutex_);
  acknowledge_ = false;
}

void Link::close_client() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ::close(client_);
  client_ = -1;
}

}  // namespace sc_memory::sim::gdb
