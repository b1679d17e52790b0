// Ctrl-C and SIGTERM: the simulation ends in good order, so that disk images are complete and the terminal is whole.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include <systemc>

namespace sc_memory::sim {

/// While it exists, SIGINT, SIGTERM and SIGHUP (those that were not ignored before) do not end the process. The first
/// one has a handler called by a process of the simulation, which is to end it. A second one takes the course that it
/// would have taken without this class, and so does the first when the simulation's thread is caught in something for
/// longer than a few seconds. To be made before any other thread, since threads inherit which signals they take.
class Interruption : public sc_core::sc_prim_channel {
 public:
  using Handler = std::function<void(int signal)>;

  /// Throws std::system_error when the host refuses a descriptor or a thread.
  explicit Interruption(Handler handler);
  ~Interruption() override;

  /// Whether a signal has come. From any thread; for what waits within the simulation's thread.
  bool requested() const { return signal_ != 0; }

 private:
  void update() override;
  void handle();
  void watch();

  Handler handler_;
  sc_core::sc_event told_;
  sigset_t watched_{};
  sigset_t blocked_before_{};
  int signals_ = -1;       // a signalfd
  int stop_pipe_[2] = {};  // its writer is closed by the destructor
  std::atomic<int> signal_{0};
  std::atomic<bool> handled_{false};
  std::thread watcher_;
};

}  // namespace sc_memory::sim
