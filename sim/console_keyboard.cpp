// The thread that reads keys.
#include "sim/console_keyboard.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <system_error>
#include <unistd.h>

namespace sc_memory::sim {
namespace {

constexpr uint8_t control_a = 0x01;
constexpr size_t most_waiting = 64 * 1024;  // bytes the guest has not taken; more stay with whoever writes them

}  // namespace

EscapeDecoder::Kind EscapeDecoder::decode(uint8_t& key) {
  if (!escaped_) {
    escaped_ = key == control_a;
    return escaped_ ? Kind::nothing : Kind::byte;
  }
  escaped_ = false;
  switch (key) {
    case 'x':
      return Kind::end;
    case 'h':
      return Kind::help;
    case 'a':
    case control_a:
      key = control_a;
      return Kind::byte;
    default:
      return Kind::nothing;
  }
}

Keyboard::Keyboard(int descriptor, bool with_escapes) : descriptor_(descriptor), with_escapes_(with_escapes) {
  if (pipe2(stop_pipe_, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "making a pipe");
  // Signals are for the simulation's thread: blocked here, inherited by the reader, and restored.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    reader_ = std::thread([this] { read_all(); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    close(stop_pipe_[0]);
    close(stop_pipe_[1]);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Keyboard::~Keyboard() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  close(stop_pipe_[1]);  // the reader's poll() sees the pipe hang up
  reader_.join();
  close(stop_pipe_[0]);
}

std::optional<uint8_t> Keyboard::next_byte() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (bytes_.empty()) return std::nullopt;
  const uint8_t byte = bytes_.front();
  bytes_.pop_front();
  if (bytes_.size() == most_waiting - 1) changed_.notify_all();  // the reader waits for room
  return byte;
}

void Keyboard::wait(std::chrono::nanoseconds limit) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return news_; });
  news_ = false;
}

bool Keyboard::at_end() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return closed_ && bytes_.empty();
}

void Keyboard::read_all() {
  while (wait_for_input()) {
    std::array<uint8_t, 256> keys;
    const ssize_t count = read(descriptor_, keys.data(), keys.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) break;  // end of file, or a terminal that is gone
    for (ssize_t i = 0; i < count; ++i) take(keys[static_cast<size_t>(i)]);
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    news_ = true;
  }
  changed_.notify_all();
}

// Sleeps until there is room and something to read; false when the keyboard is taken down.
bool Keyboard::wait_for_input() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || bytes_.size() < most_waiting; });
    if (stopping_) return false;
  }
  std::array<pollfd, 2> waits{{{descriptor_, POLLIN, 0}, {stop_pipe_[0], POLLIN, 0}}};
  while (poll(waits.data(), waits.size(), -1) < 0) {
    if (errno != EINTR) return false;
  }
  return waits[1].revents == 0;
}

void Keyboard::take(uint8_t key) {
  const EscapeDecoder::Kind kind = with_escapes_ ? decoder_.decode(key) : EscapeDecoder::Kind::byte;
  if (kind == EscapeDecoder::Kind::nothing) return;
  if (kind == EscapeDecoder::Kind::end) end_requested_ = true;
  if (kind == EscapeDecoder::Kind::help) help_requested_ = true;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (kind == EscapeDecoder::Kind::byte) bytes_.push_back(key);
    news_ = true;
  }
  changed_.notify_all();
}

}  // namespace sc_memory::sim
