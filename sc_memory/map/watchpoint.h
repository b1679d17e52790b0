// Watching accesses to a range of an address space, as a debugger does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "sc_memory/map/access.h"
#include "sc_memory/map/address_range.h"

namespace sc_memory {

class AddressSpace;

/// An access that touched a watched range. Addresses are the space's.
struct WatchHit {
  AddressSpace& space;
  Address address;  ///< Of the whole access, or of the piece of it that one section served.
  std::size_t length;
  Direction direction;
  const std::uint8_t* data;  ///< What was written, or read.
  Attributes attributes;
};

enum class WatchFor : std::uint8_t { reads = 1, writes = 2, accesses = 3 };

inline bool watches(WatchFor what, Direction direction) {
  return (static_cast<unsigned>(what) & (direction == Direction::read ? 1U : 2U)) != 0;
}

/// Watches from construction to destruction. While it does, no direct pointer covers a watched byte for a watched
/// direction; pointers that were held are taken back, and may be had again afterwards. Accesses to all other bytes stay
/// direct. Debug accesses do not hit. In the simulation's thread only; the callback may create and destroy watchpoints,
/// and must not wait.
class Watchpoint {
 public:
  using Callback = std::function<void(const WatchHit&)>;

  /// `callback` is called after each access that touches `range`, before whoever made the access goes on.
  Watchpoint(AddressSpace& space, const AddressRange& range, WatchFor what, Callback callback);
  Watchpoint(const Watchpoint&) = delete;
  Watchpoint& operator=(const Watchpoint&) = delete;
  ~Watchpoint();

  const AddressRange& range() const { return range_; }
  WatchFor what() const { return what_; }
  bool watches(Direction direction) const { return sc_memory::watches(what_, direction); }

 private:
  friend class AddressSpace;

  void tell_direct_access_changed() const;

  AddressSpace* space_;  ///< Null once the space is gone
  AddressRange range_;
  WatchFor what_;
  Callback callback_;
};

}  // namespace sc_memory
