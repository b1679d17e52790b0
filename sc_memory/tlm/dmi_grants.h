// Direct memory access of one initiator to one address space: what it is told, and what is taken back when that is no
// longer so.
//
// IEEE 1666 11.3.6 asks only that no stale pointer is used. What is promised here is more: an initiator hears of
// exactly those bytes of which it holds an answer that would now be another one - in pointer or rights, refusals
// included - and before the call that changed the map returns.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <tlm>

#include "sc_memory/map/direct_access.h"
#include "sc_memory/map/memory_listener.h"
#include "sc_memory/map/watchpoint.h"
#include "sc_memory/tlm/dmi_ledger.h"
#include "sc_memory/tlm/known_answer.h"
#include "sc_memory/tlm/page_slots.h"
#include "sc_memory/tlm/route.h"

namespace sc_memory {

/// Why an initiator is told that answers no longer hold.
enum class DmiCause : std::uint8_t {
  map,            ///< Something else is shown, or with other rights.
  dirty_log,      ///< Pages became clean or dirty.
  watchpoint,     ///< One came or went.
  region_switch,  ///< MemoryRegion::allow_direct_access.
  translation,    ///< An IOMMU region maps or unmaps, or the space behind it changed.
  target,         ///< The target took its word back.
  timing,         ///< The region's latency is another one.
  port_switch,    ///< InitiatorPort::allow_dmi.
  hold,           ///< A DmiHold came or went.
};

/// Bytes to which an initiator gets no pointers, so that its accesses to them are seen: those that all members name.
struct DmiHold {
  const AddressSpace* space = nullptr;         ///< The initiator's; null for any.
  AddressRange range = AddressRange::whole();  ///< In that space's addresses.
  const MemoryRegion* region = nullptr;        ///< What serves them; null for anything.
  std::weak_ptr<const void> lifetime;          ///< Of `region`, whose place another region may come to take.
  WatchFor what = WatchFor::accesses;

  bool names(const MemoryRegion& serving) const {
    return region == nullptr || (region == &serving && !lifetime.expired());
  }
};

/// All addresses are the initiator's, unless said otherwise. In the simulation's thread only.
class DmiGrants {
 public:
  /// Called with a range of which the initiator holds answers that no longer hold, and with these.
  using Invalidate = std::function<void(const AddressRange&, const std::vector<DmiLedger::Held>&, DmiCause)>;

  DmiGrants(AddressSpace& space, Invalidate invalidate);
  DmiGrants(const DmiGrants&) = delete;
  DmiGrants& operator=(const DmiGrants&) = delete;
  ~DmiGrants();

  /// What an initiator was told of the bytes that the descriptor names.
  struct Told {
    MemoryRegion* region;  ///< What serves them; null in a hole.
    bool granted;
    bool held;  ///< The initiator may keep the answer.
  };

  /// Serves get_direct_mem_ptr: the descriptor holds for all of its range, and so does a refusal. But not if the
  /// request came from inside an invalidation: then it is refused for this moment, and nothing is recorded as held.
  Told answer(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);

  /// Whether a request would succeed for the byte at `address`, which `range` of the space's view serves: the hint of
  /// IEEE 1666 11.3.9. For a target, whether its own hint may be passed on.
  bool would_grant(const FlatRange& range, Address address, Direction direction) const;
  /// The same for an address that may lead through translations.
  bool would_grant(Address address, Direction direction, const Attributes& attributes) const;

  /// Takes back every pointer into `region`: what is said along with it has changed.
  void take_back_grants_of(const MemoryRegion& region);

  /// Gives no pointers to what `hold` names until let_go() of the same; what is held of it is taken back. It outlives
  /// its hold.
  void hold_back(const DmiHold& hold);
  void let_go(const DmiHold& hold);
  bool holds_back() const { return !holds_.empty(); }

  /// Switches direct access of this initiator: off, every request is refused and what is held is taken back.
  void allow(bool allowed);

  const DmiLedger& ledger() const { return ledger_; }

 private:
  class Watch;
  static constexpr std::size_t kMostPlaces = 4096;

  DmiLedger::Held current_answer(const Route& route, Address address, Direction direction,
                                 const Attributes& attributes) const;
  /// What a target says to a request, in its own addresses.
  struct Word {
    bool granted = false;
    bool map_changed = false;  ///< While the target was asked.
    tlm::tlm_dmi said;
  };

  Told answer_anew(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  /// Makes the answer from what the map and the target say, and records it. `asked` is the era before both did.
  Told settle(const DmiLedger::Held& of_map, const Word& word, std::uint64_t asked,
              const tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  static Word ask(MemoryRegion& region, Address region_distance, const AddressSpace& space,
                  tlm::tlm_generic_payload& payload);
  static void take_word(DmiLedger::Held& held, const Word& word, Address address, Direction direction);
  DmiLedger::Held answer_of_map(const tlm::tlm_generic_payload& payload);
  /// A number that was never returned before if anything has changed on which an answer may depend.
  std::uint64_t era() const { return space_.generation() + rechecks_; }
  Watch& watch_on(AddressSpace& space);
  /// Remembers that what is said of `range`, around `address`, depends on what the hops of its route show.
  void note_places(const std::vector<RouteHop>& hops, Address address, const AddressRange& range);
  void forget_old_places();
  void restrict_to_holds(const MemoryRegion& region, Address address, DirectRange& direct) const;
  void recheck(const AddressRange& range, DmiCause cause);
  void revoke(const AddressRange& range);
  /// `parts` are those of the initiator's addresses that lead to `range` of `space`.
  void revoke_translated(const std::vector<AddressRange>& parts, const AddressSpace& space, const AddressRange& range);
  void compare(const DmiLedger::Held& held, std::vector<AddressRange>& stale, std::vector<DmiLedger::Held>& settled);
  /// The ranges ascend.
  void recheck_each(const std::vector<AddressRange>& ranges, DmiCause cause);
  void take_back(const std::vector<AddressRange>& stale, DmiCause cause);

  AddressSpace& space_;
  Invalidate invalidate_;
  bool allowed_ = true;
  bool invalidating_ = false;
  std::vector<const DmiHold*> holds_;
  DmiLedger ledger_;
  std::uint64_t rechecks_ = 0;                   ///< How often answers may have become others in an unchanged map.
  PageSlots<KnownAnswer> known_;                 ///< Of what the ledger holds, what was asked for lately.
  std::vector<std::unique_ptr<Watch>> watches_;  ///< Of the space first, then of spaces reached through translations.
  std::size_t most_places_ = kMostPlaces;        ///< From which on those that are of no use any more are looked for.
};

}  // namespace sc_memory
