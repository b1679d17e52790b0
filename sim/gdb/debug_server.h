// The debugger's side of a run: brings the link, the session and the machine together.
//
// While the machine is stopped, the simulation's thread stays here and serves the debugger; nothing else runs and no
// simulated time passes. While it runs, a process looks every millisecond of simulated time whether the debugger wants
// something.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <systemc>

#include "models/riscv/hart_debug.h"
#include "platforms/riscv_virt/riscv_virt.h"
#include "sim/gdb/link.h"
#include "sim/gdb/machine_target.h"
#include "sim/gdb/session.h"

namespace sc_memory::sim::gdb {

class DebugServer : public sc_core::sc_module {
 public:
  struct Run {
    std::function<void(const std::string& why)> end;  ///< Ends the simulation: the debugger wants it.
    std::function<bool()> must_end;  ///< Whether somebody else wants that while the machine is stopped.
  };

  /// The machine must outlive the server. Throws std::system_error when the port cannot be had.
  DebugServer(sc_core::sc_module_name name, platforms::RiscvVirt& machine, std::uint16_t port, Run run);

  std::uint16_t port() const { return link_.port(); }

  /// Tells the debugger that the run has ended, and how; to be called when no process runs any more.
  void tell_exit(int code);

 private:
  void start_of_simulation() override;
  void look();
  void hart_stopped(unsigned thread, models::riscv::HartDebug::Stop why);
  void serve();
  bool handle(const Link::Event& event);
  bool handle_packet(const std::string& packet);
  void tell_stop(const StopReport& report);
  void let_go();

  platforms::RiscvVirt& machine_;
  Run run_;
  MachineTarget target_;
  Link link_;
  std::optional<Session> session_;  // while a debugger is attached
  StopReport last_stop_;
  bool ended_ = false;
  sc_core::sc_event due_;
};

}  // namespace sc_memory::sim::gdb
