// Writes that devices agreed to hear of later: a display's palette, a network card's ring. They are kept in order and
// delivered together, which saves a virtual machine many small interruptions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "sc_memory/map/io_handler.h"

namespace sc_memory {

class HandlerPath;

/// The queue, one for the whole process as the order between devices counts. Delivered: before any access to a region
/// with the flush flag, at the beginning of a map transaction, when the queue is full, by flush(), and by a router
/// before the initiator's next synchronisation. In the simulation's thread only.
class CoalescedWrites {
 public:
  static constexpr std::size_t kCapacity = 256;
  static constexpr std::size_t kMaxLength = 8;

  static CoalescedWrites& instance();

  /// `length` is at most kMaxLength.
  void push(HandlerPath& path, Address offset, const std::uint8_t* data, std::size_t length,
            const Attributes& attributes);
  /// Delivers everything, in order. A call from inside a delivery returns at once: the outer one goes on.
  void flush();
  /// Forgets what is queued for a region that goes.
  void drop(const HandlerPath& path);

  std::size_t size() const { return queue_.size(); }

 private:
  struct Write {
    HandlerPath* path;
    Address offset;
    std::array<std::uint8_t, kMaxLength> data;
    std::size_t length;
    Attributes attributes;
  };

  void deliver_all();

  std::deque<Write> queue_;
  bool flushing_ = false;
};

}  // namespace sc_memory
