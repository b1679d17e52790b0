// The host's side of a serial console: carries what the guest prints to the user, and to the guest what a script or a
// keyboard has for it.
//
// Everything happens in the simulation's thread. Keys are read by a thread of their own but fetched from there by a
// process that runs every few milliseconds of simulated time; nothing calls into the kernel from outside, so runs
// without a keyboard are repeatable to the byte. What keeps a simulation alive: an open keyboard does, since a key may
// come at any time. A script does not: once the output has come to rest the console schedules nothing, so that a guest
// that sleeps for ever ends sc_start() instead of spinning.
//
// A guest that idles does not burn the host: while there is a keyboard and the guest says that it waits for an
// interrupt, the process sleeps for as much real time as simulated time has passed too quickly, and any key ends the
// sleep at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <systemc>

#include "sim/console_keyboard.h"
#include "sim/console_output.h"
#include "sim/script.h"

namespace sc_memory::sim {

/// How long the host may sleep between two looks at an idle guest: by what the simulated time that passed exceeds the
/// real time that it took; nothing when it does not.
std::chrono::nanoseconds idle_pause(const sc_core::sc_time& simulated, std::chrono::nanoseconds real);

class Console : public sc_core::sc_module {
 public:
  /// What the serial port of the guest offers.
  struct Port {
    std::function<size_t()> receive_space;  ///< how many bytes it takes now without losing one
    std::function<void(uint8_t)> receive;   ///< a byte for the guest; called only when there is space for it
  };
  /// What the user's side consists of. A script types before the keyboard does: what is typed meanwhile waits for its
  /// end.
  struct User {
    ConsoleOutput& output;
    ScriptFeeder* script = nullptr;
    Keyboard* keyboard = nullptr;
    std::function<bool()> guest_is_idle;  ///< whether all harts wait for interrupts; empty: never
    std::function<void(const std::string& why)>
        end;  ///< called once, to end the simulation: Ctrl-A x, or output that nobody takes
  };

  /// All that `user` refers to must outlive the console.
  SC_HAS_PROCESS(Console);
  Console(const sc_core::sc_module_name& name, Port port, User user);

  /// The guest printed a byte. To be called in the simulation's thread.
  void transmit(uint8_t byte);
  /// The guest has taken bytes, so that there may be space again. May be called from within the port's register access.
  void space_freed();

 private:
  void start_of_simulation() override;
  void serve();
  bool ended();
  void type();
  bool is_quiet() const { return sc_core::sc_time_stamp() - last_printed_ >= settling_; }
  void sleep_if_idle();

  Port port_;
  User user_;
  bool end_told_ = false;
  bool typing_ = false;   // the guest is being given bytes right now
  bool starved_ = false;  // there was more to type than the port had space for
  sc_core::sc_event due_;
  sc_core::sc_time settling_;  // output that paused this long has come to rest
  sc_core::sc_time last_printed_;
  sc_core::sc_time last_look_;
  std::chrono::steady_clock::time_point last_look_real_;
};

}  // namespace sc_memory::sim
