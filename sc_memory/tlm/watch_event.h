// A watchpoint that notifies an sc_event:
//
//     const Watchpoint watched(memory, {0x1000, 0x1003}, WatchFor::writes, notifying(written));
#pragma once

#include <systemc>

#include "sc_memory/map/watchpoint.h"

namespace sc_memory {

/// What to give to a Watchpoint: notifies `event`, which outlives it, `delay` after each hit: by default in the next
/// delta cycle, so that whoever made the access goes on first.
inline Watchpoint::Callback notifying(sc_core::sc_event& event, const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME) {
  return [&event, delay](const WatchHit&) { event.notify(delay); };
}

}  // namespace sc_memory
