// Raw mode and its way back. What a signal handler needs lies in plain globals: it may call nothing but tcsetattr and
// sigaction.
#include "sim/console_terminal.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <termios.h>
#include <unistd.h>

namespace sc_memory::sim {
namespace {

constexpr std::array<int, 10> fatal_signals{SIGINT,  SIGTERM, SIGHUP, SIGQUIT, SIGPIPE,
                                            SIGABRT, SIGSEGV, SIGBUS, SIGFPE,  SIGILL};

std::atomic<bool> is_raw{false};
int raw_descriptor = -1;
termios terminal_before;
std::array<struct sigaction, fatal_signals.size()> actions_before;

void put_terminal_back() {
  if (is_raw.exchange(false)) tcsetattr(raw_descriptor, TCSANOW, &terminal_before);
}

void put_signals_back() {
  for (size_t i = 0; i < fatal_signals.size(); ++i) sigaction(fatal_signals[i], &actions_before[i], nullptr);
}

// From now on signals take their former course, beginning with this one: it is raised again and comes when this handler
// returns.
void on_fatal_signal(int signal) {
  const int error = errno;
  put_terminal_back();
  put_signals_back();
  raise(signal);
  errno = error;
}

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_fatal_signal;
  sigfillset(&action.sa_mask);
  for (size_t i = 0; i < fatal_signals.size(); ++i) {
    sigaction(fatal_signals[i], nullptr, &actions_before[i]);
    // An ignored signal stays ignored: SIGHUP under nohup, SIGPIPE where writes report it.
    if (actions_before[i].sa_handler != SIG_IGN) sigaction(fatal_signals[i], &action, nullptr);
  }
}

}  // namespace

RawTerminal::RawTerminal(int descriptor) : active_(isatty(descriptor) == 1) {
  if (!active_) return;
  if (is_raw) throw std::logic_error("the terminal is raw already");
  termios raw{};
  if (tcgetattr(descriptor, &terminal_before) != 0) {
    throw std::system_error(errno, std::generic_category(), "reading the settings of the terminal");
  }
  raw = terminal_before;
  cfmakeraw(&raw);
  raw.c_oflag = terminal_before.c_oflag;
  raw_descriptor = descriptor;

  static const int registered = std::atexit(put_terminal_back);
  if (registered != 0) throw std::runtime_error("no room to register the restoring of the terminal");
  catch_signals();
  is_raw = true;
  if (tcsetattr(descriptor, TCSANOW, &raw) != 0) {
    const int error = errno;
    put_terminal_back();
    put_signals_back();
    throw std::system_error(error, std::generic_category(), "switching the terminal to raw mode");
  }
}

RawTerminal::~RawTerminal() {
  if (!active_ || !is_raw) return;  // a signal was faster, and has put back the handlers as well
  put_terminal_back();
  put_signals_back();
}

}  // namespace sc_memory::sim
