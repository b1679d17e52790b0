// What an initiator has been told about direct memory access and may still rely on. Exact invalidation needs to know
// it.
#pragma once

#include <map>
#include <vector>

#include "sc_memory/map/address_range.h"

namespace sc_memory {

class MemoryRegion;

/// The addresses, in the initiator's view, for which the initiator holds an answer: a grant, or a refusal that it may
/// have kept. Answers are whole bytes: a part of one that is taken back leaves the rest held.
class DmiLedger {
 public:
  /// A part of one answer.
  struct Held {
    AddressRange range;
    MemoryRegion* region;  ///< What served the range when the answer was given; null for a refusal in a hole.
    bool granted;          ///< False for a refusal.
  };

  /// Records an answer for `range`; it replaces what was held there.
  void record(const AddressRange& range, MemoryRegion* region, bool granted);

  /// Removes what is held of `range` and returns it, by ascending address. Empty if nothing was held: then nobody needs
  /// to hear.
  std::vector<Held> take_back(const AddressRange& range);

  /// Everything held, by ascending address.
  std::vector<Held> held() const;
  bool empty() const { return held_.empty(); }

 private:
  struct Answer {
    Address last;
    MemoryRegion* region;
    bool granted;
  };
  using Answers = std::map<Address, Answer>;  // by first address; never overlapping

  /// Makes `address` the beginning of an answer, if it lies inside one, and returns the first answer from there on.
  Answers::iterator split_at(Address address);

  Answers held_;
};

}  // namespace sc_memory
