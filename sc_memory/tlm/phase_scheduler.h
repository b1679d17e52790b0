// When the non-blocking side of a router acts: in a process of its own, at the times that phases are annotated with.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <systemc>

#include "sc_memory/tlm/action.h"

namespace sc_memory {

/// Created in a module's constructor, whose process it becomes. Actions with the same time run in the order in which
/// they were asked for. In the simulation's thread only.
class PhaseScheduler {
 public:
  PhaseScheduler();
  PhaseScheduler(const PhaseScheduler&) = delete;
  PhaseScheduler& operator=(const PhaseScheduler&) = delete;

  /// Runs `action` at `time`, which is not before the present one; never from within this call, but in a later delta
  /// cycle. The action must not wait.
  void at(const sc_core::sc_time& time, Action&& action);
  /// In the next delta cycle.
  void soon(Action&& action);

  /// Runs `work`, which may wait, in a thread process; as many at a time as are wanted. The threads are used again.
  void in_thread(Action work);

 private:
  struct Worker {
    sc_core::sc_event wake;
    std::optional<Action> work;
  };

  void run_due();
  void run_worker(Worker& worker);

  using Key = std::pair<sc_core::sc_time, std::uint64_t>;
  std::deque<Action> soon_;      ///< For the present time, in the order in which they were asked for.
  std::map<Key, Action> later_;  ///< For later times; by the order in which they were asked for where times are equal.
  std::uint64_t sequence_ = 0;
  // Two events: a notification for the next delta cycle does away with one for later.
  sc_core::sc_event soon_due_;
  sc_core::sc_event later_due_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;
};

}  // namespace sc_memory
