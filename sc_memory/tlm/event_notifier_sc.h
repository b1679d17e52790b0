// A guest write that signals an sc_event.
#pragma once

#include <systemc>

#include "sc_memory/map/io_region.h"

namespace sc_memory {

/// Notifies `event`, which outlives it, `delay` after the write: by default in the next delta cycle, so that the
/// writer's process goes on first. An earlier notification of the event that is pending wins.
class ScEventNotifier final : public Notifier {
 public:
  explicit ScEventNotifier(sc_core::sc_event& event, const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME)
      : event_(event), delay_(delay) {}

  void notify() override { event_.notify(delay_); }

 private:
  sc_core::sc_event& event_;
  sc_core::sc_time delay_;
};

}  // namespace sc_memory
