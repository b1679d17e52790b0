// The user's terminal in raw mode, and back again on every way out of the program.
#pragma once

namespace sc_memory::sim {

/// While it exists, the terminal hands over every key at once, unechoed and without turning any into a signal: they are
/// the guest's. Output is processed as before, so that messages of the program still begin at the left. The terminal is
/// put back by the destructor, by exit(), and by SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGABRT (an exception
/// nobody catches included), SIGSEGV, SIGBUS, SIGFPE and SIGILL, each of which then takes the course it would have
/// taken without this class: the handler that was there before runs, or the signal ends the process. Only one object at
/// a time.
class RawTerminal {
 public:
  /// Does nothing to a descriptor that is no terminal. Throws std::system_error when the terminal refuses and
  /// std::logic_error when there is another object already.
  explicit RawTerminal(int descriptor);
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

  /// Whether the descriptor is a terminal, and so is raw now.
  bool active() const { return active_; }

 private:
  bool active_;
};

}  // namespace sc_memory::sim
