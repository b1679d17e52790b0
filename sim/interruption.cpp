// The thread that waits for signals. The simulation's thread may be anywhere when one comes, even in a write that
// nobody reads; so a handler of the classic kind could do nothing, and this thread can.
#include "sim/interruption.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sc_memory::sim {

namespace {

constexpr int kPatienceMs = 5000;

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

sigset_t signals_to_watch() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) sigaddset(&signals, signal);
  }
  return signals;
}

/// With the handler there was before, such as the one that puts the terminal back, or none.
void let_take_its_course(int signal) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  raise(signal);
}

}  // namespace

Interruption::Interruption(Handler handler)
    : sc_prim_channel("interruption"), handler_(std::move(handler)), watched_(signals_to_watch()) {
  if (pipe2(stop_pipe_, O_CLOEXEC) != 0) fail("making a pipe");
  signals_ = signalfd(-1, &watched_, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0) fail("watching for signals");
  pthread_sigmask(SIG_BLOCK, &watched_, &blocked_before_);
  sc_core::sc_spawn_options on_told;
  on_told.spawn_method();
  on_told.set_sensitivity(&told_);
  on_told.dont_initialize();
  sc_core::sc_spawn([this] { handle(); }, "interruption_handler", &on_told);
  watcher_ = std::thread([this] { watch(); });
}

Interruption::~Interruption() {
  close(stop_pipe_[1]);
  watcher_.join();
  close(stop_pipe_[0]);
  close(signals_);
  pthread_sigmask(SIG_SETMASK, &blocked_before_, nullptr);
}

// Not the handler at once: updates come in the initialization phase too (IEEE 1666, 4.2.1.1), in which sc_stop() would
// leave a simulation that neither runs nor has ended.
void Interruption::update() { told_.notify(sc_core::SC_ZERO_TIME); }

void Interruption::handle() {
  handled_ = true;
  handler_(signal_);
}

void Interruption::watch() {
  pollfd descriptors[] = {{signals_, POLLIN, 0}, {stop_pipe_[0], 0, 0}};
  while (true) {
    const bool is_waiting = signal_ != 0 && !handled_;
    const int ready = poll(descriptors, 2, is_waiting ? kPatienceMs : -1);
    if (ready < 0) continue;  // interrupted
    if ((descriptors[1].revents & POLLHUP) != 0) return;
    if (ready == 0 && handled_) continue;
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof info) == sizeof info && signal_ == 0) {
      signal_ = static_cast<int>(info.ssi_signo);
      async_request_update();
    } else {
      let_take_its_course(ready == 0 ? signal_.load() : static_cast<int>(info.ssi_signo));
    }
  }
}

}  // namespace sc_memory::sim
