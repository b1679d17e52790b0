// When the non-blocking side of a router acts: in a process of its own, at the times that phases are annotated with.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <systemc>

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
  void at(const sc_core::sc_time& time, std::function<void()> action);
  /// In the next delta cycle.
  void soon(std::function<void()> action) { at(sc_core::sc_time_stamp(), std::move(action)); }

  /// Runs `work`, which may wait, in a thread process; as many at a time as are wanted. The threads are used again.
  void in_thread(std::function<void()> work);

 private:
  struct Worker {
    sc_core::sc_event wake;
    std::function<void()> work;
  };

  void run_due();
  void run_worker(Worker& worker);

  using Key = std::pair<sc_core::sc_time, std::uint64_t>;
  std::map<Key, std::function<void()>> actions_;
  std::uint64_t sequence_ = 0;
  sc_core::sc_event due_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> idle_;
};

}  // namespace sc_memory
