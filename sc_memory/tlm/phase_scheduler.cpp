// One event for the earliest action, and a pool of threads.
#include "sc_memory/tlm/phase_scheduler.h"

namespace sc_memory {

PhaseScheduler::PhaseScheduler() {
  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.dont_initialize();
  options.set_sensitivity(&due_);
  sc_core::sc_spawn([this] { run_due(); }, sc_core::sc_gen_unique_name("phases"), &options);
}

void PhaseScheduler::at(const sc_core::sc_time& time, std::function<void()> action) {
  actions_.emplace(Key{time, sequence_++}, std::move(action));
  // Of several notifications the earliest holds.
  due_.notify(time - sc_core::sc_time_stamp());
}

void PhaseScheduler::run_due() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  // What is asked for meanwhile is left for the next delta cycle, when everybody else has had a chance to act too.
  const std::uint64_t end = sequence_;
  for (auto next = actions_.begin(); next != actions_.end() && next->first.first <= now;) {
    if (next->first.second >= end) {
      ++next;
      continue;
    }
    const std::function<void()> action = std::move(next->second);
    actions_.erase(next);
    action();
    next = actions_.begin();
  }
  if (!actions_.empty()) {
    const sc_core::sc_time& time = actions_.begin()->first.first;
    due_.notify(time > now ? time - now : sc_core::SC_ZERO_TIME);
  }
}

void PhaseScheduler::in_thread(std::function<void()> work) {
  if (idle_.empty()) {
    workers_.push_back(std::make_unique<Worker>());
    Worker& worker = *workers_.back();
    worker.work = std::move(work);
    sc_core::sc_spawn([this, &worker] { run_worker(worker); }, sc_core::sc_gen_unique_name("blocking_access"));
    return;
  }
  Worker& worker = *idle_.back();
  idle_.pop_back();
  worker.work = std::move(work);
  worker.wake.notify(sc_core::SC_ZERO_TIME);
}

void PhaseScheduler::run_worker(Worker& worker) {
  for (;;) {
    // Let go of before the wait, which may never end.
    std::exchange(worker.work, nullptr)();
    idle_.push_back(&worker);
    sc_core::wait(worker.wake);
  }
}

}  // namespace sc_memory
