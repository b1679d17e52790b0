// A bounded queue in front of the handlers.
#include "sc_memory/map/coalesced_writes.h"

#include <algorithm>

#include "sc_memory/map/io_region.h"

namespace sc_memory {

CoalescedWrites& CoalescedWrites::instance() {
  // Never destroyed, as MapState is not.
  static CoalescedWrites* const writes = new CoalescedWrites;
  return *writes;
}

void CoalescedWrites::push(HandlerPath& path, Address offset, const std::uint8_t* data, std::size_t length,
                           const Attributes& attributes) {
  Write write{&path, offset, {}, length, attributes};
  std::copy_n(data, length, write.data.begin());
  queue_.push_back(write);
  if (queue_.size() >= kCapacity) flush();
}

void CoalescedWrites::flush() {
  if (flushing_ || queue_.empty()) return;
  flushing_ = true;
  try {
    deliver_all();
  } catch (...) {
    flushing_ = false;
    throw;
  }
  flushing_ = false;
}

void CoalescedWrites::deliver_all() {
  while (!queue_.empty()) {
    const Write write = queue_.front();
    queue_.pop_front();
    // Whoever made the write is gone; a device's error has nobody to go to, as with any posted write.
    (void)write.path->handler().write(write.offset, write.data.data(), write.length, write.attributes);
  }
}

void CoalescedWrites::drop(const HandlerPath& path) {
  queue_.erase(std::remove_if(queue_.begin(), queue_.end(), [&](const Write& write) { return write.path == &path; }),
               queue_.end());
}

}  // namespace sc_memory
