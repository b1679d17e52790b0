// A checker of DMI that sits between any two sockets: it hands everything on, remembers what the initiator behind it
// was told about direct memory, and reports where that is not, or no longer, what a transaction would do.
//
//     CoherenceChecker<> checker{"checker"};
//     cpu.socket.bind(checker.target);
//     bus.initiator("cpu", memory).bind(checker.initiator);
//     ...
//     checker.check();     // now; or checker.check_every(period), or checker.report_access(...) from the initiator
//
// A finding is a report of kCoherenceMessage with the severity warning, which names this module, the address and the
// rule: the simulation goes on.
//
// When must an initiator be told? This library reads "whenever a descriptor given earlier would now differ" byte by
// byte: the answer for a byte differs if its pointer, its access rights or its latency differ. That a range could now
// be larger, because a neighbour came to be served alike, changes the answer for no byte that was answered for, and is
// no reason to invalidate; a refused byte that would still be refused is none either, whatever refuses it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sc_memory/map/access.h"
#include "sc_memory/tlm/pass_through.h"
#include "sc_memory/tlm/range_map.h"
#include "sc_memory/tlm/rule_counts.h"

namespace sc_memory {

enum class CoherenceRule : std::uint8_t {
  stale_pointer,          ///< The initiator holds a pointer where DMI would now be another one, or none.
  lost_right,             ///< It may still read there, but no longer write.
  wrong_latency,          ///< The pointer is right and its latency is not.
  wrong_bytes,            ///< What the pointer shows differs from what a debug transport reads.
  leak,                   ///< A grant covered, from the beginning, bytes that something else serves.
  stale_refusal,          ///< A refusal was not taken back though DMI would now be granted.
  needless_invalidation,  ///< Nothing was held, or nothing of what was held at one end of the range has changed.
  lying_hint,             ///< The DMI hint of a transaction said otherwise than a request.
  no_grant,               ///< An access was made through a pointer that is not held for it.
};

/// What the rule says, in a few words.
const char* text_of(CoherenceRule rule);

/// To see what would be granted now, the checker makes DMI requests of its own. Invalidations that concern only answers
/// to those are kept from the initiator. All addresses are the initiator's. In the simulation's thread only.
class CoherenceChecks : public PassThrough {
 public:
  explicit CoherenceChecks(sc_core::sc_module_name name) : PassThrough(name) {}

  /// Compares all that is held: what DMI would be now, at the ends of each range and at every page between, and the
  /// bytes, by debug transport. Returns the number of findings.
  std::uint64_t check();
  /// Makes check() happen with the first call through the checker after each `period` of simulated time.
  void check_every(const sc_core::sc_time& period);
  /// At most so many bytes of each range are compared in one check: its ends, and a part between that moves on with
  /// every check. 1 MiB unless told otherwise.
  void set_check_limit(std::uint64_t bytes) { limit_ = bytes; }

  /// The initiator has just read or written `length` bytes at `address` through `pointer`.
  void report_access(Direction direction, Address address, const void* pointer, std::size_t length);

  /// Whether to report what the standard allows and this library's router never does: needless invalidations, and a
  /// hint that is off where DMI would be granted. On by default. A needless invalidation is judged at the next call
  /// through the checker, or check(): a change that was undone by then counts as none. Nor is one judged that a router
  /// hands on at a target's word, which may take back what it would grant again.
  void expect_exactness(bool exact) { exact_ = exact; }

  std::uint64_t count(CoherenceRule rule) const { return counts_.of(rule); }
  std::uint64_t count() const { return counts_.sum(); }

  /// The ranges for which the initiator holds a grant, by ascending address.
  std::vector<AddressRange> granted(Direction direction) const;

 private:
  /// What was said of a byte in one direction.
  struct Answer {
    bool granted;
    std::uintptr_t memory;  ///< 0 for a refusal.
    sc_core::sc_time latency;

    Answer advanced(std::uint64_t distance) const { return {granted, granted ? memory + distance : 0, latency}; }
    friend bool operator==(const Answer& a, const Answer& b) {
      return a.granted == b.granted && a.memory == b.memory && a.latency == b.latency;
    }
  };
  using Answers = RangeMap<Answer>;
  /// Marks bytes.
  struct Marked {
    Marked advanced(std::uint64_t) const { return {}; }
    friend bool operator==(const Marked&, const Marked&) { return true; }
  };
  /// What one invalidation took, to be judged later.
  struct Taken {
    AddressRange range;
    std::array<Answers, 2> answers;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override;

  static std::size_t index(Direction direction) { return direction == Direction::read ? 0 : 1; }
  void found(CoherenceRule rule, Address address);
  /// Judges what was taken back since the last look, and makes the periodic check.
  void look();
  void judge(const Taken& taken);
  /// Whether both directions of the byte were known and are still answered alike.
  bool is_unchanged(const Taken& taken, Address address);

  /// A DMI request of the checker's own.
  Answer probe(Address address, Direction direction);
  void note_granted(const AddressRange& range, const tlm::tlm_dmi& dmi);
  void note(const AddressRange& range, Direction direction, const Answer& answer);
  void check_hint(Address address, Direction direction, bool hint);
  /// The parts of a range that one check looks at.
  std::vector<AddressRange> parts_to_check(const AddressRange& range) const;
  /// False if something was found; that is not held any more then.
  bool check_answers(const Answers::Item& item, const AddressRange& part, Direction direction);
  bool check_byte(const Answers::Item& item, Address address, Direction direction);
  void check_bytes(const AddressRange& part, const Answer& answer);

  std::array<Answers, 2> held_;
  RangeMap<Marked> probed_;
  std::vector<Taken> taken_;
  RuleCounts<CoherenceRule> counts_;
  Attributes attributes_;
  std::uint64_t limit_ = UINT64_C(1) << 20;
  std::uint64_t turn_ = 0;
  sc_core::sc_time period_;
  sc_core::sc_time next_check_ = sc_core::SC_ZERO_TIME;
  bool exact_ = true;
  bool busy_ = false;
  int invalidating_ = 0;
};

template <unsigned width = 32>
using CoherenceChecker = BetweenSockets<CoherenceChecks, width>;

}  // namespace sc_memory
