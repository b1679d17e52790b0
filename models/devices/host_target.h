// The host's end of HTIF, the host-target interface: how bare test programs reach whoever runs them.
//
// Such a program has two variables of eight bytes, `tohost` and `fromhost`, which stay ordinary memory; the host's end
// watches the first. What is written there is a command to a device: bits 63:56 the device, 55:48 the command, 47:0 the
// payload. Device 0 is the system: an odd payload is the program's verdict (1 for a pass, else twice the number of the
// failed test plus one), an even one the address of a system call's number and arguments (host_calls.h). Device 1 is
// the console: command 0 asks for a byte, command 1 prints one. Served commands set `tohost` to 0 and put the answer
// into `fromhost`, with the device and the command in its upper bits.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include <systemc>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/watchpoint.h"

#include "models/devices/host_calls.h"

namespace sc_memory::models {

/// Watches from construction to destruction, in the simulation's thread. No direct pointer covers `tohost` for writes
/// meanwhile; accesses to all other bytes stay direct. Debug writes, such as a loader's, say nothing.
class HostTarget : public sc_core::sc_module {
 public:
  /// In the addresses of the space that is watched.
  struct Variables {
    Address tohost = 0;
    Address fromhost = 0;
  };

  /// How the program ended, in its own words.
  struct Report {
    std::uint64_t value = 0;  ///< As a verdict is written to `tohost`: odd.

    std::uint64_t failed_test() const { return value >> 1; }  ///< Or the exit code; 0: passed.

    /// What the simulator should return to the host's shell: 0 after a pass, else the number of the failed test, or 1
    /// if it is lost in the eight bits that a shell sees.
    int exit_status() const {
      if (value == 1) return 0;
      return failed_test() <= 0xff ? static_cast<int>(failed_test()) : 1;
    }
  };

  /// What the host does for the program. All of them are called within the program's write.
  struct Host {
    std::function<void(Report)> end;
    std::function<void(std::uint8_t)> print;
    std::function<void()> on_input_wanted;                 ///< wants_input() has become true; may call receive().
    std::function<std::uint64_t()> time;                   ///< In nanoseconds since 1970-01-01 UTC.
    std::function<void(const std::string&)> on_not_known;  ///< In words; once for each command and system call.
  };

  SC_HAS_PROCESS(HostTarget);
  /// Commands that are not known here are answered with 0, unknown system calls with -ENOSYS.
  HostTarget(const sc_core::sc_module_name& name, AddressSpace& space, const Variables& variables, Host host);

  /// Whether the program waits for a byte of the console.
  bool wants_input() const { return input_request_ != 0; }
  unsigned receive_space() const { return wants_input() ? 1 : 0; }
  /// Whether it ever did: the console's input is HTIF's then.
  bool reads_console() const { return reads_console_; }
  /// The byte that the program waits for. To be called only while wants_input().
  void receive(std::uint8_t byte);

 private:
  void on_write(const WatchHit& hit);
  void wait_for_other_half();
  void look();
  void serve(std::uint64_t command);
  void serve_system(std::uint64_t command);
  void serve_console(std::uint64_t command);
  void want_input(std::uint64_t command);
  void answer(std::uint64_t command, std::uint64_t payload);
  void name_once(const std::string& what);

  AddressSpace& space_;
  Variables variables_;
  Host host_;
  HostCalls calls_;
  bool half_written_ = false;  ///< And the other half not yet.
  bool reads_console_ = false;
  std::uint64_t input_request_ = 0;  ///< The command that waits for a byte; 0: none does.
  std::set<std::string> named_;
  sc_core::sc_event half_is_all_;
  Watchpoint watchpoint_;
};

}  // namespace sc_memory::models
