// A queue for the next delta cycle, an event for the earliest action after it, and a pool of threads.
#include "sc_memory/tlm/phase_scheduler.h"

namespace sc_memory {

PhaseScheduler::PhaseScheduler() {
  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.dont_initialize();
  options.set_sensitivity(&soon_due_);
  options.set_sensitivity(&later_due_);
  sc_core::sc_spawn([this] { run_due(); }, sc_core::sc_gen_unique_name("phases"), &options);
}

void PhaseScheduler::at(const sc_core::sc_time& time, Action&& action) {
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  if (time <= now) {
    soon(std::move(action));
    return;
  }
  const auto added = later_.emplace(Key{time, sequence_++}, std::move(action)).first;
  if (added == later_.begin()) later_due_.notify(time - now);
}

void PhaseScheduler::soon(Action&& action) {
  soon_.push_back(std::move(action));
  // Those behind the first wait with it; what an action asks for is seen to when all that were due have run.
  if (soon_.size() == 1) soon_due_.notify(sc_core::SC_ZERO_TIME);
}

void PhaseScheduler::run_due() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  // Even if an action throws.
  struct AtTheEnd {
    PhaseScheduler& scheduler;
    const sc_core::sc_time& now;
    ~AtTheEnd() {
      if (!scheduler.soon_.empty()) scheduler.soon_due_.notify(sc_core::SC_ZERO_TIME);
      if (!scheduler.later_.empty()) scheduler.later_due_.notify(scheduler.later_.begin()->first.first - now);
    }
  } const at_the_end{*this, now};
  struct Drop {
    std::deque<Action>& actions;
    ~Drop() { actions.pop_front(); }
  };
  // What is asked for meanwhile is left for the next delta cycle, when everybody else has had a chance to act too.
  std::size_t due = soon_.size();
  // These were asked for earlier.
  while (!later_.empty() && later_.begin()->first.first <= now) {
    auto next = later_.extract(later_.begin());
    next.mapped()();
  }
  for (; due != 0; --due) {
    const Drop after_it_ran{soon_};
    soon_.front()();
  }
}

void PhaseScheduler::in_thread(Action work) {
  if (idle_.empty()) {
    workers_.push_back(std::make_unique<Worker>());
    Worker& worker = *workers_.back();
    worker.work.emplace(std::move(work));
    sc_core::sc_spawn([this, &worker] { run_worker(worker); }, sc_core::sc_gen_unique_name("blocking_access"));
    return;
  }
  Worker& worker = *idle_.back();
  idle_.pop_back();
  worker.work.emplace(std::move(work));
  worker.wake.notify(sc_core::SC_ZERO_TIME);
}

void PhaseScheduler::run_worker(Worker& worker) {
  for (;;) {
    (*worker.work)();
    // Let go of before the wait, which may never end.
    worker.work.reset();
    idle_.push_back(&worker);
    sc_core::wait(worker.wake);
  }
}

}  // namespace sc_memory
