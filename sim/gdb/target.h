// What a debug session needs of the machine it debugs: threads with registers, memory, points to stop at.
//
// Threads are the machine's harts, counted from 0 here (the protocol counts from 1). Addresses are those that the
// thread itself would use at this moment. The machine stands still while these functions are called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/gdb/hex.h"

namespace sc_memory::sim::gdb {

/// Numbers as in the protocol's Z packets.
enum class PointKind : std::uint8_t {
  software_breakpoint = 0,
  hardware_breakpoint = 1,
  write_watchpoint = 2,
  read_watchpoint = 3,
  access_watchpoint = 4,
};

/// What a thread does when the machine goes on.
enum class Action : std::uint8_t { run, step, hold };

/// Why the machine stands still.
struct StopReport {
  enum class Reason : std::uint8_t { interrupted, stepped, breakpoint, watchpoint };
  Reason reason;
  unsigned thread;
  PointKind watch;        ///< Which kind of watchpoint was hit,
  std::uint64_t address;  ///< and its address as it was set.

  StopReport(Reason why = Reason::interrupted, unsigned whose = 0, PointKind kind = PointKind::write_watchpoint,
             std::uint64_t where = 0)
      : reason(why), thread(whose), watch(kind), address(where) {}
};

class Target {
 public:
  virtual ~Target() = default;

  virtual unsigned thread_count() const = 0;
  /// A few words about the thread.
  virtual std::string thread_text(unsigned thread) const = 0;

  /// The target description (XML), which gives registers their numbers.
  virtual const std::string& description() const = 0;
  /// How many registers, from number 0, the packet of all general registers has.
  virtual unsigned general_registers() const = 0;
  /// In the target's byte order; nothing if there is no such register.
  virtual std::optional<Bytes> read_register(unsigned thread, std::uint64_t number) const = 0;
  /// False if there is no such register, it cannot be written, or has another size.
  virtual bool write_register(unsigned thread, std::uint64_t number, const Bytes& value) = 0;

  /// As many bytes as can be read before the first that cannot.
  virtual Bytes read_memory(unsigned thread, std::uint64_t address, std::size_t size) = 0;
  /// False if not all could be written.
  virtual bool write_memory(unsigned thread, std::uint64_t address, const Bytes& bytes) = 0;

  /// For all threads; `thread` is the one whose addresses they are. Setting one twice is setting it once. False if
  /// there cannot be such a point.
  virtual bool set_point(unsigned thread, PointKind kind, std::uint64_t address, std::uint64_t size) = 0;
  virtual bool remove_point(PointKind kind, std::uint64_t address, std::uint64_t size) = 0;
  virtual void remove_all_points() = 0;

  /// To take effect when the machine goes on; one action for each thread.
  virtual void set_actions(const std::vector<Action>& actions) = 0;

  /// What the user's `monitor` command answers; nothing if there is no such command.
  virtual std::optional<std::string> monitor(const std::string& command) = 0;
};

}  // namespace sc_memory::sim::gdb
