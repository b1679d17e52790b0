// The answer to a DMI request, and the comparison of what was said with what would be said now.
#include "sc_memory/tlm/dmi_grants.h"

#include <algorithm>
#include <exception>

#include "sc_memory/map/direct_access.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/target_region.h"
#include "sc_memory/tlm/targets_word.h"
#include "sc_memory/tlm/translated_places.h"

namespace sc_memory {

namespace {

/// A question that leaves no traces with translators.
Attributes inquiry(Attributes attributes) {
  attributes.debug = true;
  return attributes;
}

/// `around` an initiator's address, cut to what `there`, around the address it leads to, has on either side.
AddressRange cut_alike(const AddressRange& around, Address address, const AddressRange& there, Address there_address) {
  return {address - std::min(address - around.first, there_address - there.first),
          address + std::min(around.last - address, there.last - there_address)};
}

DmiCause cause_of(DirectAccessChange change) {
  switch (change) {
    case DirectAccessChange::dirty_log:
      return DmiCause::dirty_log;
    case DirectAccessChange::watchpoint:
      return DmiCause::watchpoint;
    case DirectAccessChange::region_switch:
      return DmiCause::region_switch;
    case DirectAccessChange::translation:
      break;
  }
  return DmiCause::translation;
}

/// Adds a range to a list of ascending ones.
void append_merged(std::vector<AddressRange>& ranges, const AddressRange& range) {
  if (!ranges.empty() && ranges.back().ends_right_before(range))
    ranges.back().last = range.last;
  else
    ranges.push_back(range);
}

bool are_alike(const tlm::tlm_dmi& a, const tlm::tlm_dmi& b) {
  return a.get_dmi_ptr() == b.get_dmi_ptr() && a.get_start_address() == b.get_start_address() &&
         a.get_end_address() == b.get_end_address() && a.get_granted_access() == b.get_granted_access() &&
         a.get_read_latency() == b.get_read_latency() && a.get_write_latency() == b.get_write_latency();
}

void describe(const DmiLedger::Held& held, tlm::tlm_dmi& dmi) {
  const DmiAnswer& answer = held.answer;
  dmi.init();
  dmi.set_start_address(held.range.first);
  dmi.set_end_address(held.range.last);
  if (answer.granted) dmi.set_dmi_ptr(reinterpret_cast<unsigned char*>(answer.base + held.range.first));
  // Of a refusal, the rights are those refused (IEEE 1666 11.3.5 m).
  const bool reads = answer.reads == answer.granted && answer.says_reads;
  const bool writes = answer.writes == answer.granted && answer.says_writes;
  if (reads && writes)
    dmi.allow_read_write();
  else if (reads)
    dmi.allow_read();
  else if (writes)
    dmi.allow_write();
}

}  // namespace

/// Hears of changes of a space that answers depend on, until the space is no more: another one may come to lie at the
/// same place in the host's memory.
class DmiGrants::Watch final : public MemoryListener {
 public:
  Watch(DmiGrants& grants, AddressSpace& space, bool is_own) : grants_(grants), space_(space), is_own_(is_own) {
    listen_to(space);
  }

  bool is_on(const AddressSpace& space) const { return listening() && &space_ == &space; }
  /// The initiator's addresses that lead to the space through translations.
  TranslatedPlaces& places() { return places_; }

  void view_changed(const ViewChange& change) override {
    std::vector<AddressRange> led_here;
    for (const AddressRange& range : change.changed) {
      if (is_own_) grants_.recheck(range, DmiCause::map);
      for (const AddressRange& part : places_.leading_to(range)) led_here.push_back(part);
    }
    grants_.recheck_each(ascending(std::move(led_here)), DmiCause::translation);
  }
  void direct_access_changed(const Section& section, DirectAccessChange change) override {
    if (is_own_) grants_.recheck(section.range, cause_of(change));
    grants_.recheck_each(places_.leading_to(section.range), cause_of(change));
  }
  void direct_access_revoked(const Section& section) override {
    if (is_own_) grants_.revoke(section.range);
    grants_.revoke_translated(places_.leading_to(section.range), space_, section.range);
  }

 private:
  /// Sorted; what several changes concern is in it once.
  static std::vector<AddressRange> ascending(std::vector<AddressRange> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<AddressRange> apart;
    for (const AddressRange& range : ranges) {
      if (!apart.empty() && range.first <= apart.back().last)
        apart.back().last = std::max(apart.back().last, range.last);
      else
        apart.push_back(range);
    }
    return apart;
  }

  DmiGrants& grants_;
  AddressSpace& space_;
  bool is_own_;
  TranslatedPlaces places_;
};

DmiGrants::DmiGrants(AddressSpace& space, Invalidate invalidate) : space_(space), invalidate_(std::move(invalidate)) {
  watches_.push_back(std::make_unique<Watch>(*this, space, true));
}

DmiGrants::~DmiGrants() = default;

DmiGrants::Watch& DmiGrants::watch_on(AddressSpace& space) {
  for (const auto& watch : watches_) {
    if (watch->is_on(space)) return *watch;
  }
  const auto is_over = [](const auto& watch) { return !watch->listening(); };
  watches_.erase(std::remove_if(watches_.begin() + 1, watches_.end(), is_over), watches_.end());
  watches_.push_back(std::make_unique<Watch>(*this, space, false));
  return *watches_.back();
}

void DmiGrants::note_places(const std::vector<RouteHop>& hops, Address address, const AddressRange& range) {
  for (const RouteHop& hop : hops) watch_on(*hop.space).places().note(range, hop.address - address);
}

void DmiGrants::forget_old_places() {
  std::size_t count = 0;
  for (const auto& watch : watches_) count += watch->places().size();
  if (count <= most_places_) return;
  for (const auto& watch : watches_) watch->places().clear();
  std::vector<RouteHop> hops;
  for (const DmiLedger::Held& held : ledger_.held()) {
    for (Address address = held.range.first;;) {
      hops.clear();
      const Route route = route_of(space_, address, Direction::read, inquiry(held.answer.attributes), &hops);
      const AddressRange part{address, std::min(held.range.last, route.around.last)};
      note_places(hops, address, part);
      if (part.last == held.range.last) break;
      address = part.last + 1;
    }
  }
  count = 0;
  for (const auto& watch : watches_) count += watch->places().size();
  most_places_ = std::max(kMostPlaces, 2 * count);
}

DmiGrants::Told DmiGrants::answer(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const Address address = payload.get_address();
  // Whoever hears that pointers are stale is in the middle of a change: a pointer given now might be stale at once.
  if (invalidating_) {
    describe({{address, address}, {}}, dmi);
    return {nullptr, false, false};
  }
  const KnownAnswer& known = known_[address];
  const Direction direction = direction_of(payload);
  const std::uint64_t asked = era();
  if (!known.answers(address, direction, asked)) return answer_anew(payload, dmi);
  if (known.of_target) {
    const Word word = ask(*known.region, known.region_distance, space_, payload);
    // The target may have said something else, changed the map, or made requests of its own.
    const bool is_known = known.answers(address, direction, asked);
    if (!is_known || era() != asked || !word.granted || !are_alike(word.said, known.said))
      return settle(is_known ? known.of_map : answer_of_map(payload), word, asked, payload, dmi);
  }
  dmi = known.told;
  return {known.region, true, true};
}

DmiGrants::Told DmiGrants::answer_anew(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t asked = era();
  const DmiLedger::Held of_map = answer_of_map(payload);
  const DmiAnswer& answer = of_map.answer;
  Word word;
  if (answer.may_be_granted(direction_of(payload)))
    word = ask(*answer.region, answer.region_distance, answer.via != nullptr ? *answer.via : space_, payload);
  return settle(of_map, word, asked, payload, dmi);
}

DmiGrants::Told DmiGrants::settle(const DmiLedger::Held& of_map, const Word& word, std::uint64_t asked,
                                  const tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const Address address = payload.get_address();
  const Direction direction = direction_of(payload);
  DmiLedger::Held held = of_map;
  if (of_map.answer.may_be_granted(direction)) take_word(held, word, address, direction);
  const DmiAnswer& answer = held.answer;
  describe(held, dmi);
  dmi.set_read_latency(word.said.get_read_latency());
  dmi.set_write_latency(word.said.get_write_latency());
  const bool stands = era() == asked;
  if (ledger_.record(held.range, answer)) ++rechecks_;
  // What comes through translations depends on more than the address.
  if (stands && answer.granted && answer.via == nullptr)
    known_[address] = {era(), answer.region, answer.region_distance, direction, answer.of_target, word.said,
                       dmi,   of_map};
  return {answer.region, answer.granted, true};
}

DmiLedger::Held DmiGrants::answer_of_map(const tlm::tlm_generic_payload& payload) {
  const Direction direction = direction_of(payload);
  const Attributes attributes = attributes_of(payload);
  std::vector<RouteHop> hops;
  const Route route = route_of(space_, payload.get_address(), direction, inquiry(attributes), &hops);
  const DmiLedger::Held held = current_answer(route, payload.get_address(), direction, attributes);
  if (!hops.empty()) {
    forget_old_places();
    note_places(hops, payload.get_address(), held.range);
  }
  return held;
}

DmiLedger::Held DmiGrants::current_answer(const Route& route, Address address, Direction direction,
                                          const Attributes& attributes) const {
  DmiLedger::Held held{route.around, {}};
  DmiAnswer& answer = held.answer;
  if (route.translated) {
    answer.via = route.space;
    answer.via_distance = route.address - address;
    answer.attributes = attributes;
  }
  if (route.range == nullptr) return held;
  answer.region = route.range->region;
  if (!allowed_ || !answer.region->allows_direct_access()) return held;
  answer.of_target = route.range->service == Service::target;
  DirectRange direct{route.range->range, nullptr, true, !route.range->readonly};
  if (answer.of_target)
    restrict_to_watchpoints(*route.space, route.address, direct);
  else
    direct = direct_range(*route.space, *route.range, route.address, direction);
  held.range = cut_alike(held.range, address, direct.range, route.address);
  if (route.translated) {
    direct.range = held.range;
    restrict_to_watchpoints(space_, address, direct);
    held.range = direct.range;
  }
  if (!holds_.empty()) {
    direct.range = held.range;
    restrict_to_holds(*answer.region, address, direct);
    held.range = direct.range;
  }
  if (answer.of_target) {
    answer.may_read = direct.reads && route.reads;
    answer.may_write = direct.writes && route.writes;
    answer.says_reads = !answer.may_read;
    answer.says_writes = !answer.may_write;
    answer.region_distance = route.range->offset_of(route.address) - address;
    return held;
  }
  answer.reads = direct.reads && route.reads;
  answer.writes = direct.writes && route.writes;
  answer.granted = direction == Direction::read ? answer.reads : answer.writes;
  if (route.range->memory != nullptr)
    answer.base =
        reinterpret_cast<std::uintptr_t>(route.range->memory) + (route.address - route.range->range.first) - address;
  return held;
}

DmiGrants::Word DmiGrants::ask(MemoryRegion& region, Address region_distance, const AddressSpace& space,
                               tlm::tlm_generic_payload& payload) {
  Word word;
  const std::uint64_t generation = space.generation();
  {
    const AddressLoan loan(payload, payload.get_address() + region_distance);
    word.granted = static_cast<TargetRegion&>(region).ask_dmi(payload, word.said);
  }
  word.map_changed = space.generation() != generation;
  return word;
}

/// Makes of what the map says what the target says, cut to the part of it that is mapped here and that nobody watches.
void DmiGrants::take_word(DmiLedger::Held& held, const Word& word, Address address, Direction direction) {
  const Address offset = address + held.answer.region_distance;
  const AddressRange said_range{word.said.get_start_address(), word.said.get_end_address()};
  // A range without the byte asked for, or an answer during which the map changed, says nothing of any other byte.
  const bool sane = said_range.first <= offset && offset <= said_range.last && !word.map_changed;
  const bool writes = direction == Direction::write;
  const bool granted = word.granted && sane && word.said.get_dmi_ptr() != nullptr;
  DmiAnswer& answer = held.answer;
  held.range = sane ? cut_alike(held.range, address, said_range, offset) : AddressRange{address, address};
  answer.reads = granted && word.said.is_read_allowed() && answer.may_read;
  answer.writes = granted && word.said.is_write_allowed() && answer.may_write;
  answer.granted = writes ? answer.writes : answer.reads;
  answer.says_reads = answer.says_reads || answer.granted || !writes;
  answer.says_writes = answer.says_writes || answer.granted || writes;
  answer.base = reinterpret_cast<std::uintptr_t>(word.said.get_dmi_ptr()) + (offset - said_range.first) - address;
}

bool DmiGrants::would_grant(const FlatRange& range, Address address, Direction direction) const {
  if (!allowed_ || !range.region->allows_direct_access()) return false;
  DirectRange direct{range.range, nullptr, true, !range.readonly};
  if (range.service == Service::target)
    restrict_to_watchpoints(space_, address, direct);
  else
    direct = direct_range(space_, range, address, direction);
  if (!holds_.empty()) restrict_to_holds(*range.region, address, direct);
  return direction == Direction::read ? direct.reads : direct.writes;
}

bool DmiGrants::would_grant(Address address, Direction direction, const Attributes& attributes) const {
  const Route route = route_of(space_, address, direction, inquiry(attributes));
  const DmiAnswer answer = current_answer(route, address, direction, attributes).answer;
  return answer.granted || answer.may_be_granted(direction);
}

void DmiGrants::allow(bool allowed) {
  if (allowed_ == allowed) return;
  allowed_ = allowed;
  recheck(AddressRange::whole(), DmiCause::port_switch);
}

void DmiGrants::hold_back(const DmiHold& hold) {
  if (hold.space != nullptr && hold.space != &space_) return;
  holds_.push_back(&hold);
  recheck(hold.range, DmiCause::hold);
}

void DmiGrants::let_go(const DmiHold& hold) {
  const auto position = std::find(holds_.begin(), holds_.end(), &hold);
  if (position == holds_.end()) return;
  holds_.erase(position);
  recheck(hold.range, DmiCause::hold);
}

void DmiGrants::restrict_to_holds(const MemoryRegion& region, Address address, DirectRange& direct) const {
  for (const DmiHold* hold : holds_) {
    if (hold->names(region)) restrict_to_watch(hold->range, hold->what, address, direct);
  }
}

void DmiGrants::compare(const DmiLedger::Held& held, std::vector<AddressRange>& stale,
                        std::vector<DmiLedger::Held>& settled) {
  std::vector<RouteHop> hops;
  for (Address address = held.range.first;;) {
    hops.clear();
    const Route route = route_of(space_, address, Direction::read, inquiry(held.answer.attributes), &hops);
    const DmiLedger::Held now = current_answer(route, address, Direction::read, held.answer.attributes);
    const AddressRange part{address, std::min(held.range.last, now.range.last)};
    if (!held.answer.still_holds(now.answer)) {
      append_merged(stale, part);
    } else if (held.answer.of_target && !now.answer.of_target) {
      // What a target refused is refused without it too. Should it come back, it may have changed its mind meanwhile.
      settled.push_back({part, now.answer});
      settled.back().answer.granted = false;
      settled.back().answer.says_reads = held.answer.says_reads;
      settled.back().answer.says_writes = held.answer.says_writes;
    } else if (now.answer.of_target && !held.answer.has_question_of(now.answer)) {
      // What is refused without the target now is so no longer by its word.
      settled.push_back({part, held.answer});
      settled.back().answer.take_question_of(now.answer);
      settled.back().answer.take_place_of(now.answer);
    } else if (!held.answer.has_place_of(now.answer)) {
      // It serves alike, but from now on it depends on something else; what it came from may be destroyed.
      settled.push_back({part, held.answer});
      settled.back().answer.take_place_of(now.answer);
    }
    note_places(hops, address, part);
    if (part.last == held.range.last) return;
    address = part.last + 1;
  }
}

void DmiGrants::recheck(const AddressRange& range, DmiCause cause) { recheck_each({range}, cause); }

void DmiGrants::recheck_each(const std::vector<AddressRange>& ranges, DmiCause cause) {
  if (ranges.empty()) return;
  std::vector<AddressRange> stale;
  std::vector<DmiLedger::Held> settled;
  for (const AddressRange& range : ranges) {
    for (const DmiLedger::Held& held : ledger_.held(range)) compare(held, stale, settled);
  }
  for (const DmiLedger::Held& held : settled) ledger_.record(held.range, held.answer);
  take_back(stale, cause);
}

void DmiGrants::revoke(const AddressRange& range) {
  std::vector<AddressRange> stale;
  for (const DmiLedger::Held& held : ledger_.held(range)) {
    if (held.answer.is_targets_word()) append_merged(stale, held.range);
  }
  take_back(stale, DmiCause::target);
}

void DmiGrants::revoke_translated(const std::vector<AddressRange>& parts, const AddressSpace& space,
                                  const AddressRange& range) {
  if (parts.empty()) return;
  std::vector<AddressRange> stale;
  for (const AddressRange& part_here : parts) {
    for (const DmiLedger::Held& held : ledger_.held(part_here)) {
      if (held.answer.via != &space || !held.answer.is_targets_word()) continue;
      const Address distance = held.answer.via_distance;
      const auto part = AddressRange{held.range.first + distance, held.range.last + distance}.intersection(range);
      if (part) append_merged(stale, {part->first - distance, part->last - distance});
    }
  }
  take_back(stale, DmiCause::target);
}

void DmiGrants::take_back_grants_of(const MemoryRegion& region) {
  std::vector<AddressRange> stale;
  for (const DmiLedger::Held& held : ledger_.held()) {
    if (held.answer.granted && held.answer.region == &region) append_merged(stale, held.range);
  }
  take_back(stale, DmiCause::timing);
}

void DmiGrants::take_back(const std::vector<AddressRange>& stale, DmiCause cause) {
  // Even if nothing is stale: what was cut short before may reach further now.
  ++rechecks_;
  const bool outer = invalidating_;
  invalidating_ = true;
  const TargetsWordScope scope(cause == DmiCause::target);
  std::exception_ptr first_error;
  for (const AddressRange& range : stale) {
    const std::vector<DmiLedger::Held> taken = ledger_.take_back(range);
    if (taken.empty()) continue;
    try {
      invalidate_(range, taken, cause);
    } catch (...) {
      if (!first_error) first_error = std::current_exception();
    }
  }
  invalidating_ = outer;
  if (first_error) std::rethrow_exception(first_error);
}

}  // namespace sc_memory
