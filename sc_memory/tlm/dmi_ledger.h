// What an initiator has been told about direct memory access and may still rely on. Exact invalidation needs to know
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "sc_memory/map/access.h"
#include "sc_memory/map/address_range.h"

namespace sc_memory {

class AddressSpace;
class MemoryRegion;

/// What was said of some bytes, or would be said of them now.
struct DmiAnswer {
  MemoryRegion* region = nullptr;  ///< What serves the bytes; null in a hole.
  bool granted = false;            ///< A pointer was given; else the request was refused.
  bool reads = false;              ///< What the pointer may be used for; of a refusal, what would be granted.
  bool writes = false;
  bool says_reads = true;   ///< Whether the answer says anything of reads, and of writes: a target that refuses one
  bool says_writes = true;  ///< was not asked for the other.
  bool of_target = false;   ///< It is a target that answers; what it would say now is not known without asking.
  bool may_read = true;     ///< Of a target: what it may grant here at the most.
  bool may_write = true;
  Address region_distance = 0;  ///< Of a target: what to add to an initiator's address to get one of the region.
  std::uintptr_t base = 0;      ///< The host's address of the initiator's address 0, modulo 2^64; of a grant.
  AddressSpace* via = nullptr;  ///< The space reached through translations, or null.
  Attributes attributes;        ///< Of the request, on which translations may depend.
  Address via_distance = 0;     ///< What to add to an initiator's address to get one of `via`, modulo 2^64.

  friend bool operator==(const DmiAnswer& a, const DmiAnswer& b) {
    return a.region == b.region && a.base == b.base && a.granted == b.granted && a.reads == b.reads &&
           a.writes == b.writes && a.says_reads == b.says_reads && a.says_writes == b.says_writes &&
           a.of_target == b.of_target && a.may_read == b.may_read && a.may_write == b.may_write &&
           a.region_distance == b.region_distance && a.via == b.via && a.via_distance == b.via_distance &&
           asks_alike(a.attributes, b.attributes);
  }
  static bool asks_alike(const Attributes& a, const Attributes& b) {
    return a.requester == b.requester && a.secure == b.secure && a.privileged == b.privileged && a.debug == b.debug &&
           a.translations == b.translations;
  }

  /// True if it is for a target to say.
  bool may_be_granted(Direction direction) const {
    return of_target && (direction == Direction::read ? may_read : may_write);
  }

  /// True if the target had a say in the answer, which so is void when it takes its word back.
  bool is_targets_word() const {
    return of_target && (granted || (says_reads && may_read) || (says_writes && may_write));
  }

  bool has_target_of(const DmiAnswer& other) const {
    return of_target && other.of_target && region == other.region && region_distance == other.region_distance;
  }
  /// True if the same target would be asked for the same.
  bool has_question_of(const DmiAnswer& other) const {
    return has_target_of(other) && may_read == other.may_read && may_write == other.may_write;
  }
  void take_question_of(const DmiAnswer& other) {
    of_target = other.of_target;
    region = other.region;
    region_distance = other.region_distance;
    may_read = other.may_read;
    may_write = other.may_write;
  }

  /// True if the same region, reached by the same way, is what serves the bytes.
  bool has_place_of(const DmiAnswer& other) const {
    return region == other.region && via == other.via && via_distance == other.via_distance;
  }
  void take_place_of(const DmiAnswer& other) {
    region = other.region;
    via = other.via;
    via_distance = other.via_distance;
  }

  /// True if an initiator that was told `this` would be told the same by `now`. A target is taken to stand by its word
  /// until it says otherwise.
  bool still_holds(const DmiAnswer& now) const {
    if (now.of_target) {
      // What the target may not grant is refused without asking it.
      return (!says_reads || (now.may_read ? has_target_of(now) && may_read : !reads)) &&
             (!says_writes || (now.may_write ? has_target_of(now) && may_write : !writes));
    }
    return (!says_reads || reads == now.reads) && (!says_writes || writes == now.writes) &&
           (!granted || base == now.base);
  }
};

/// The addresses, in the initiator's view, for which the initiator holds an answer: a grant, or a refusal that it may
/// have kept. Answers are kept by the byte: a part of one that is taken back leaves the rest held. Finding those of
/// some bytes costs nothing for the others.
///
/// What is kept does not grow with the number of requests: neighbours that are alike are one, and from kMostAnswers on
/// also refusals that are alike and have nothing held between them. Of the bytes between those an initiator may then be
/// told needlessly that a refusal no longer stands.
class DmiLedger {
 public:
  static constexpr std::size_t kMostAnswers = 4096;

  struct Held {
    AddressRange range;
    DmiAnswer answer;

    friend bool operator==(const Held& a, const Held& b) { return a.range == b.range && a.answer == b.answer; }
  };

  /// Records an answer for `range`; it replaces what was held there. But a refusal, of writes for instance, leaves a
  /// grant alone that the initiator has for reads: it still holds that pointer. False if all of it was held already.
  bool record(const AddressRange& range, const DmiAnswer& answer);

  /// What is held of `range`, by ascending address, cut to it.
  std::vector<Held> held(const AddressRange& range = AddressRange::whole()) const;

  /// Removes what is held of `range` and returns it.
  std::vector<Held> take_back(const AddressRange& range);

  bool empty() const { return answers_.empty(); }

 private:
  struct Entry {
    Address last;
    DmiAnswer answer;
  };
  using Answers = std::map<Address, Entry>;  // by first address; never overlapping

  /// Makes `address` the beginning of an entry, if it lies inside one, and returns the first entry from there on.
  Answers::iterator split_at(Address address);
  /// The first entry that ends at or after `address`.
  Answers::const_iterator first_around(Address address) const;
  /// Joins those within `range`, and at its borders, that touch and are alike.
  void join_neighbours(const AddressRange& range);
  void join_refusals();

  Answers answers_;
  std::size_t most_answers_ = kMostAnswers;
};

}  // namespace sc_memory
