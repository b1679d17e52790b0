// Threads, memory and points of the machine.
#include "sim/gdb/machine_target.h"

#include <fmt/format.h>

#include "sc_memory/map/map_text.h"

#include "models/riscv/hart_debug.h"
#include "sim/gdb/register_file.h"

namespace sc_memory::sim::gdb {

using models::riscv::Hart;
using models::riscv::HartDebug;
using models::riscv::Privilege;

namespace {

constexpr std::uint64_t kPageSize = 4096;

constexpr char kHelp[] =
    "map    the memory map: the tree of regions, and the flat view of it\n"
    "time   simulated time, and what each hart has executed\n";

const char* mode_text(const Hart& hart) {
  if (hart.stopped()) return "at rest after a fault loop";
  if (hart.waiting_for_interrupt()) return "waiting for an interrupt";
  switch (hart.privilege()) {
    case Privilege::machine:
      return "machine mode";
    case Privilege::supervisor:
      return "supervisor mode";
    default:
      return "user mode";
  }
}

bool is_breakpoint(PointKind kind) {
  return kind == PointKind::software_breakpoint || kind == PointKind::hardware_breakpoint;
}

WatchFor watch_for(PointKind kind) {
  return kind == PointKind::read_watchpoint    ? WatchFor::reads
         : kind == PointKind::write_watchpoint ? WatchFor::writes
                                               : WatchFor::accesses;
}

}  // namespace

std::string MachineTarget::thread_text(unsigned thread) const {
  return fmt::format("hart {}, {}", thread, mode_text(machine_.hart(thread)));
}

const std::string& MachineTarget::description() const {
  if (description_.empty()) description_ = describe_registers(machine_.hart(0));
  return description_;
}

unsigned MachineTarget::general_registers() const { return kGeneralRegisters; }

std::optional<Bytes> MachineTarget::read_register(unsigned thread, std::uint64_t number) const {
  return gdb::read_register(machine_.hart(thread), number);
}

bool MachineTarget::write_register(unsigned thread, std::uint64_t number, const Bytes& value) {
  return gdb::write_register(machine_.hart(thread), number, value);
}

Bytes MachineTarget::read_memory(unsigned thread, std::uint64_t address, std::size_t size) {
  Bytes bytes(size);
  bytes.resize(static_cast<std::size_t>(machine_.hart(thread).debug_read(address, bytes.data(), size)));
  return bytes;
}

bool MachineTarget::write_memory(unsigned thread, std::uint64_t address, const Bytes& bytes) {
  const bool done = machine_.hart(thread).debug_write(address, bytes.data(), bytes.size()) == bytes.size();
  for (unsigned i = 0; i < machine_.hart_count(); ++i) machine_.hart(i).debug().code_changed();
  return done;
}

bool MachineTarget::set_point(unsigned thread, PointKind kind, std::uint64_t address, std::uint64_t size) {
  if (!is_breakpoint(kind)) return set_watchpoint(thread, kind, address, size);
  breakpoints_[address] |= 1U << static_cast<unsigned>(kind);
  for (unsigned i = 0; i < machine_.hart_count(); ++i) machine_.hart(i).debug().add_breakpoint(address);
  return true;
}

bool MachineTarget::remove_point(PointKind kind, std::uint64_t address, std::uint64_t) {
  if (!is_breakpoint(kind)) {
    watchpoints_.erase({kind, address});
    return true;
  }
  const auto found = breakpoints_.find(address);
  if (found == breakpoints_.end()) return true;
  found->second &= ~(1U << static_cast<unsigned>(kind));
  if (found->second != 0) return true;
  breakpoints_.erase(found);
  for (unsigned i = 0; i < machine_.hart_count(); ++i) machine_.hart(i).debug().remove_breakpoint(address);
  return true;
}

void MachineTarget::remove_all_points() {
  watchpoints_.clear();
  for (const auto& [address, kinds] : breakpoints_) {
    for (unsigned i = 0; i < machine_.hart_count(); ++i) machine_.hart(i).debug().remove_breakpoint(address);
  }
  breakpoints_.clear();
}

bool MachineTarget::set_watchpoint(unsigned thread, PointKind kind, std::uint64_t address, std::uint64_t size) {
  const bool in_one_page = size != 0 && size <= kPageSize - address % kPageSize;
  const auto physical = machine_.hart(thread).debug_translate(address);
  if (!in_one_page || !physical) return false;
  watchpoints_[{kind, address}] =
      std::make_unique<Watchpoint>(machine_.memory(), AddressRange{*physical, *physical + size - 1}, watch_for(kind),
                                   [this, kind, address](const WatchHit&) { note_hit(kind, address); });
  return true;
}

// Called within an access: the hart that makes it stops behind the instruction. If it was another initiator, any hart
// does.
void MachineTarget::note_hit(PointKind kind, std::uint64_t address) {
  if (hit_) return;
  StopReport report(StopReport::Reason::watchpoint, 0, kind, address);
  const sc_core::sc_object* current = sc_core::sc_get_current_process_handle().get_parent_object();
  for (unsigned i = 0; i < machine_.hart_count(); ++i) {
    if (current == &machine_.hart(i)) report.thread = i;
  }
  hit_ = report;
  machine_.hart(report.thread).debug().request_stop();
}

std::optional<StopReport> MachineTarget::take_watch_hit() { return std::exchange(hit_, std::nullopt); }

void MachineTarget::set_actions(const std::vector<Action>& actions) {
  for (unsigned i = 0; i < machine_.hart_count(); ++i) {
    const Action action = actions[i];
    machine_.hart(i).debug().set_mode(action == Action::run    ? HartDebug::Mode::run
                                      : action == Action::step ? HartDebug::Mode::step
                                                               : HartDebug::Mode::hold);
  }
}

std::optional<std::string> MachineTarget::monitor(const std::string& command) {
  if (command == "help") return kHelp;
  if (command == "map") return tree_text(machine_.memory()) + flat_text(machine_.memory());
  if (command == "time") {
    std::string text = sc_core::sc_time_stamp().to_string() + "\n";
    for (unsigned i = 0; i < machine_.hart_count(); ++i)
      text += fmt::format("hart {}: {} instructions\n", i, machine_.hart(i).counters().instructions);
    return text;
  }
  return std::nullopt;
}

}  // namespace sc_memory::sim::gdb
