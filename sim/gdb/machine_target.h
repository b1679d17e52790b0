// The machine as a debug target: its harts are the threads, its map has the watchpoints.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sc_memory/map/watchpoint.h"

#include "platforms/riscv_virt/riscv_virt.h"
#include "sim/gdb/target.h"

namespace sc_memory::sim::gdb {

class MachineTarget : public Target {
 public:
  /// The machine must be elaborated before anything is asked of it.
  explicit MachineTarget(platforms::RiscvVirt& machine) : machine_(machine) {}

  unsigned thread_count() const override { return machine_.hart_count(); }
  std::string thread_text(unsigned thread) const override;
  const std::string& description() const override;
  unsigned general_registers() const override;
  std::optional<Bytes> read_register(unsigned thread, std::uint64_t number) const override;
  bool write_register(unsigned thread, std::uint64_t number, const Bytes& value) override;
  Bytes read_memory(unsigned thread, std::uint64_t address, std::size_t size) override;
  bool write_memory(unsigned thread, std::uint64_t address, const Bytes& bytes) override;
  /// A watchpoint is set on the physical addresses that the range has for the thread now, and must lie in one page.
  bool set_point(unsigned thread, PointKind kind, std::uint64_t address, std::uint64_t size) override;
  bool remove_point(PointKind kind, std::uint64_t address, std::uint64_t size) override;
  void remove_all_points() override;
  void set_actions(const std::vector<Action>& actions) override;
  std::optional<std::string> monitor(const std::string& command) override;

  /// The watchpoint that was hit since this was last asked, if any.
  std::optional<StopReport> take_watch_hit();

 private:
  using PointId = std::pair<PointKind, std::uint64_t>;

  bool set_watchpoint(unsigned thread, PointKind kind, std::uint64_t address, std::uint64_t size);
  void note_hit(PointKind kind, std::uint64_t address);

  platforms::RiscvVirt& machine_;
  mutable std::string description_;
  std::map<PointId, std::unique_ptr<Watchpoint>> watchpoints_;
  std::map<std::uint64_t, unsigned> breakpoints_;  ///< How many kinds of breakpoint are set at an address.
  std::optional<StopReport> hit_;
};

}  // namespace sc_memory::sim::gdb
