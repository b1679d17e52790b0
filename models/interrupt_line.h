// Interrupt wires: the one way in which models are connected for interrupts. A wire is level-triggered. The model that
// drives it owns the InterruptLine and sets its level whenever it likes; whoever listens hears of changes, and of new
// reasons for a level that is high already where the model tells of them.
//
//     uart.interrupt().connect(plic.source(10));
//     clint.timer_interrupt(0).connect([&](bool level) { hart.set_interrupt(Interrupt::machine_timer, level); });
#pragma once

#include <functional>
#include <utility>

namespace sc_memory::models {

/// One wire with at most one listener. Used in the simulation's thread only; costs one comparison while the level
/// stays.
class InterruptLine {
 public:
  /// Called with the new level, before set() returns. It may access the driving model's registers.
  using Sink = std::function<void(bool level)>;

  InterruptLine() = default;
  InterruptLine(const InterruptLine&) = delete;
  InterruptLine& operator=(const InterruptLine&) = delete;

  /// Connects the listener in place of any earlier one, and tells it at once if the wire is high.
  void connect(Sink sink) {
    sink_ = std::move(sink);
    if (level_ && sink_) sink_(true);
  }

  void set(bool level) {
    if (level == level_) return;
    level_ = level;
    if (sink_) sink_(level);
  }

  /// Tells the listener again of a high level: there is a new reason for it. Listeners to the level alone see nothing.
  void renew() {
    if (level_ && sink_) sink_(true);
  }

  bool level() const { return level_; }

 private:
  bool level_ = false;
  Sink sink_;
};

}  // namespace sc_memory::models
