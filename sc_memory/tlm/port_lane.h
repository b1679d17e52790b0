// One address space as one port looks at it: the ranges that it hit lately, and what the initiator holds of direct
// access.
#pragma once

#include <array>
#include <cstdint>

#include <tlm>

#include "sc_memory/map/address_space.h"
#include "sc_memory/tlm/dmi_grants.h"
#include "sc_memory/tlm/page_slots.h"
#include "sc_memory/tlm/timing.h"

namespace sc_memory {

/// How an access is carried out if it needs nothing else: nobody watches or times it, and all of it goes to one place.
enum class PlainAccess : std::uint8_t { none, target, memory };

/// What an access needs to know of the range that serves it, in one cache line of the host: neither the view nor the
/// region has to be looked at on the way.
struct alignas(64) ServedRange {
  static constexpr std::uint64_t kNever = UINT64_MAX;

  std::uint64_t generation = kNever;  ///< Of the space, when the rest was filled in.
  Address first = 0;                  ///< In the space's addresses.
  std::uint64_t reach = 0;            ///< Of the last byte, relative to `first`.
  Address to_region = 0;              ///< What to add to an address to get one relative to the region, modulo 2^64.
  const FlatRange* range = nullptr;   ///< Of the view of that generation; null in a hole.
  MemoryRegion* region = nullptr;
  union {
    tlm::tlm_blocking_transport_if<>* target = nullptr;  ///< For PlainAccess::target.
    std::uint8_t* memory;                                ///< Of `first`, for PlainAccess::memory.
  };
  std::array<PlainAccess, 4> plain{};  ///< By the number of the command, of which an enum of three can hold four.
  bool reads_granted = false;          ///< Of memory: a pointer for reads would be granted.

  bool holds(Address address) const { return address - first <= reach; }

  /// Whether all that the payload asks for is one access, within the range.
  bool takes(const tlm::tlm_generic_payload& payload) const {
    const Address offset = payload.get_address() - first;
    const std::uint64_t length = payload.get_data_length();
    return offset <= reach && payload.get_byte_enable_ptr() == nullptr && payload.get_streaming_width() >= length &&
           payload.get_data_ptr() != nullptr &&
           // A length of 0 becomes the largest one.
           length - 1 <= reach - offset;
  }
};

class PortLane {
 public:
  PortLane(AddressSpace& lane_space, TimingTable& timings, DmiGrants::Invalidate invalidate);

  /// What was filled in for addresses like this one; it may be of another range, or of an older map.
  const ServedRange& remembered(Address address) const { return lately_[address]; }
  bool is_current(const ServedRange& served) const { return served.generation == space.generation(); }

  /// What serves `address` now, or a range that does not hold it. Valid until the next call.
  const ServedRange& served_at(Address address) {
    const ServedRange& served = lately_[address];
    return is_current(served) && served.holds(address) ? served : fill(address);
  }

  /// The range of the published view that holds `address`, or null. Valid until the map changes.
  const FlatRange* look_up(Address address) { return served_at(address).range; }

  /// Whether any access may be plain: not if somebody looks at each, or if it may belong to another lane.
  void allow_plain(bool allowed);
  /// What plain accesses depend on has changed: timings, or who may have pointers.
  void forget();

  AddressSpace& space;
  DmiGrants grants;

 private:
  /// Of 64 bytes each: what a host's second-level cache has no room for, its third-level cache may have.
  static constexpr std::size_t kMostLines = std::size_t{1} << 16;

  const ServedRange& fill(Address address);
  void make_room();
  void find_plain(ServedRange& served) const;

  TimingTable& timings_;
  bool plain_allowed_ = true;
  PageSlots<ServedRange> lately_;
  std::size_t pushed_out_ = 0;  ///< Lines that were still true, since there are as many as there are.
};

}  // namespace sc_memory
