// Observers that come and go while they are being told.
#include "sc_memory/tlm/port_observer.h"

#include <algorithm>

namespace sc_memory {

void PortObservers::remove(PortObserver& observer) {
  const auto position = std::find(observers_.begin(), observers_.end(), &observer);
  if (position == observers_.end()) return;
  --count_;
  *position = nullptr;
  if (telling_ == 0) close_gaps();
}

void PortObservers::close_gaps() {
  observers_.erase(std::remove(observers_.begin(), observers_.end(), nullptr), observers_.end());
}

}  // namespace sc_memory
