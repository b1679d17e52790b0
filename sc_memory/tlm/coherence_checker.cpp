// Remembering answers and asking again.
#include "sc_memory/tlm/coherence_checker.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/targets_word.h"

namespace sc_memory {

namespace {

constexpr std::uint64_t kStride = 4096;
constexpr std::array<Direction, 2> kDirections{Direction::read, Direction::write};

tlm::tlm_command command_of(Direction direction) {
  return direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
}

/// Calls visit(address) for the ends of `range` and for a byte of every page between, until it returns false.
template <typename Visit>
bool for_each_sample(const AddressRange& range, Visit&& visit) {
  if (!visit(range.first)) return false;
  for (Address at = range.first; range.last - at > kStride;) {
    at += kStride;
    if (!visit(at)) return false;
  }
  return range.first == range.last || visit(range.last);
}

/// Sets a flag for as long as it lives.
class BusyScope {
 public:
  explicit BusyScope(bool& flag) : flag_(flag), before_(std::exchange(flag, true)) {}
  BusyScope(const BusyScope&) = delete;
  BusyScope& operator=(const BusyScope&) = delete;
  ~BusyScope() { flag_ = before_; }

 private:
  bool& flag_;
  bool before_;
};

}  // namespace

const char* text_of(CoherenceRule rule) {
  switch (rule) {
    case CoherenceRule::stale_pointer:
      return "a DMI pointer is held that would not be granted now";
    case CoherenceRule::lost_right:
      return "a DMI pointer is held for writes that would be refused now";
    case CoherenceRule::wrong_latency:
      return "a DMI latency is held that would be another one now";
    case CoherenceRule::wrong_bytes:
      return "the bytes behind a DMI pointer are not those of a debug transport";
    case CoherenceRule::leak:
      return "a DMI grant covers bytes that something else serves";
    case CoherenceRule::stale_refusal:
      return "a DMI refusal is held though a request would be granted now";
    case CoherenceRule::needless_invalidation:
      return "an invalidation took back what has not changed";
    case CoherenceRule::lying_hint:
      return "the DMI hint says otherwise than a DMI request";
    case CoherenceRule::no_grant:
      return "an access was made through a pointer that is not held for it";
  }
  return "";
}

void CoherenceChecks::found(CoherenceRule rule, Address address) {
  counts_.add(rule);
  SC_REPORT_WARNING(kCoherenceMessage, fmt::format("{}: at {:#x}: {}", name(), address, text_of(rule)).c_str());
}

std::vector<AddressRange> CoherenceChecks::granted(Direction direction) const {
  std::vector<AddressRange> ranges;
  for (const Answers::Item& item : held_[index(direction)].items()) {
    if (item.value.granted) ranges.push_back(item.range);
  }
  return ranges;
}

CoherenceChecks::Answer CoherenceChecks::probe(Address address, Direction direction) {
  tlm::tlm_generic_payload payload;
  AttributesExtension extension;
  extension.attributes = attributes_;
  payload.set_extension(&extension);
  payload.set_command(command_of(direction));
  payload.set_address(address);
  tlm::tlm_dmi dmi;
  const bool granted = PassThrough::get_direct_mem_ptr(payload, dmi);
  payload.clear_extension(&extension);
  const AddressRange range{dmi.get_start_address(), dmi.get_end_address()};
  if (range.first <= range.last) probed_.assign(range, {});
  if (!granted || range.first > address || range.last < address) return {false, 0, sc_core::SC_ZERO_TIME};
  const auto memory = reinterpret_cast<std::uintptr_t>(dmi.get_dmi_ptr()) + (address - range.first);
  return {true, memory, direction == Direction::read ? dmi.get_read_latency() : dmi.get_write_latency()};
}

void CoherenceChecks::note(const AddressRange& range, Direction direction, const Answer& answer) {
  Answers& answers = held_[index(direction)];
  for (const Answers::Item& item : answers.items(range)) {
    if (item.value == answer.advanced(item.range.first - range.first)) continue;
    if (item.value.granted)
      found(CoherenceRule::stale_pointer, item.range.first);
    else
      found(CoherenceRule::stale_refusal, item.range.first);
  }
  answers.assign(range, answer);
  if (!answer.granted) return;
  // Something else must not have served its ends to begin with.
  for (const Address end : {range.first, range.last}) {
    if (probe(end, direction) == answer.advanced(end - range.first)) continue;
    found(CoherenceRule::leak, end);
    answers.erase({end, end});
  }
}

void CoherenceChecks::note_granted(const AddressRange& range, const tlm::tlm_dmi& dmi) {
  const auto memory = reinterpret_cast<std::uintptr_t>(dmi.get_dmi_ptr());
  if (dmi.is_read_allowed()) note(range, Direction::read, {true, memory, dmi.get_read_latency()});
  if (dmi.is_write_allowed()) note(range, Direction::write, {true, memory, dmi.get_write_latency()});
}

bool CoherenceChecks::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  look();
  const Address address = payload.get_address();
  const Direction direction = payload.is_write() ? Direction::write : Direction::read;
  attributes_ = attributes_of(payload);
  const bool granted = PassThrough::get_direct_mem_ptr(payload, dmi);
  const AddressRange range{dmi.get_start_address(), dmi.get_end_address()};
  // What a request from inside an invalidation is told holds for this moment only.
  if (invalidating_ > 0 || busy_ || range.first > range.last || !range.contains(address)) return granted;
  const BusyScope busy(busy_);
  if (granted) {
    note_granted(range, dmi);
    return true;
  }
  const Answer refusal{false, 0, sc_core::SC_ZERO_TIME};
  const bool both = dmi.is_read_write_allowed();
  if (both || (direction == Direction::read && dmi.is_read_allowed())) note(range, Direction::read, refusal);
  if (both || (direction == Direction::write && dmi.is_write_allowed())) note(range, Direction::write, refusal);
  return false;
}

void CoherenceChecks::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  look();
  const Address address = payload.get_address();
  const bool moves_data = payload.is_read() || payload.is_write();
  const Direction direction = payload.is_write() ? Direction::write : Direction::read;
  const Attributes attributes = attributes_of(payload);
  PassThrough::b_transport(payload, delay);
  if (!moves_data || payload.is_response_error()) return;
  attributes_ = attributes;
  check_hint(address, direction, payload.is_dmi_allowed());
}

void CoherenceChecks::check_hint(Address address, Direction direction, bool hint) {
  if (busy_ || invalidating_ > 0 || (!hint && !exact_)) return;
  const BusyScope busy(busy_);
  if (probe(address, direction).granted != hint) found(CoherenceRule::lying_hint, address);
}

tlm::tlm_sync_enum CoherenceChecks::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                    sc_core::sc_time& delay) {
  look();
  return PassThrough::nb_transport_fw(payload, phase, delay);
}

unsigned CoherenceChecks::transport_dbg(tlm::tlm_generic_payload& payload) {
  look();
  return PassThrough::transport_dbg(payload);
}

void CoherenceChecks::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  if (first > last) {
    PassThrough::invalidate_direct_mem_ptr(first, last);
    return;
  }
  Taken taken{{first, last}, {}};
  for (const Direction direction : kDirections) {
    for (const Answers::Item& item : held_[index(direction)].items(taken.range))
      taken.answers[index(direction)].assign(item.range, item.value);
    held_[index(direction)].erase(taken.range);
  }
  const bool nothing_held = taken.answers[0].empty() && taken.answers[1].empty();
  const bool ours = !probed_.items(taken.range).empty();
  probed_.erase(taken.range);
  if (nothing_held && ours) return;
  if (nothing_held && exact_) found(CoherenceRule::needless_invalidation, first);
  // A target may take back what it would grant again; the interconnect has no say in that.
  if (!nothing_held && exact_ && !TargetsWordScope::under_way()) taken_.push_back(std::move(taken));
  ++invalidating_;
  try {
    PassThrough::invalidate_direct_mem_ptr(first, last);
  } catch (...) {
    --invalidating_;
    throw;
  }
  --invalidating_;
}

bool CoherenceChecks::is_unchanged(const Taken& taken, Address address) {
  AddressRange around;
  for (const Direction direction : kDirections) {
    const Answer* before = taken.answers[index(direction)].find(address, around);
    if (before == nullptr) return false;
    if (!(probe(address, direction) == before->advanced(address - around.first))) return false;
  }
  return true;
}

void CoherenceChecks::judge(const Taken& taken) {
  std::optional<AddressRange> held;
  for (const Answers& answers : taken.answers) {
    for (const Answers::Item& item : answers.items()) {
      if (!held) held = item.range;
      held = AddressRange{std::min(held->first, item.range.first), std::max(held->last, item.range.last)};
    }
  }
  if (is_unchanged(taken, held->first))
    found(CoherenceRule::needless_invalidation, held->first);
  else if (is_unchanged(taken, held->last))
    found(CoherenceRule::needless_invalidation, held->last);
}

void CoherenceChecks::look() {
  if (busy_ || invalidating_ > 0) return;
  const BusyScope busy(busy_);
  for (const Taken& taken : std::exchange(taken_, {})) judge(taken);
  if (period_ == sc_core::SC_ZERO_TIME || sc_core::sc_time_stamp() < next_check_) return;
  next_check_ = sc_core::sc_time_stamp() + period_;
  check();
}

void CoherenceChecks::check_every(const sc_core::sc_time& period) {
  period_ = period;
  next_check_ = sc_core::sc_time_stamp() + period;
}

std::vector<AddressRange> CoherenceChecks::parts_to_check(const AddressRange& range) const {
  if (range.size() <= limit_) return {range};
  const std::uint64_t part = std::max<std::uint64_t>(limit_ / 3, 1);
  const Address middle = range.first + (turn_ * part) % (range.size() - part);
  return {
      {range.first, range.first + (part - 1)}, {middle, middle + (part - 1)}, {range.last - (part - 1), range.last}};
}

std::uint64_t CoherenceChecks::check() {
  const std::uint64_t before = count();
  look();
  const BusyScope busy(busy_);
  for (const Direction direction : kDirections) {
    for (const Answers::Item& item : held_[index(direction)].items()) {
      for (const AddressRange& part : parts_to_check(item.range)) {
        if (!check_answers(item, part, direction)) {
          held_[index(direction)].erase(item.range);
          break;
        }
        if (item.value.granted && direction == Direction::read)
          check_bytes(part, item.value.advanced(part.first - item.range.first));
      }
    }
  }
  ++turn_;
  return count() - before;
}

bool CoherenceChecks::check_answers(const Answers::Item& item, const AddressRange& part, Direction direction) {
  return for_each_sample(part, [&](Address address) { return check_byte(item, address, direction); });
}

bool CoherenceChecks::check_byte(const Answers::Item& item, Address address, Direction direction) {
  const Answer now = probe(address, direction);
  const Answer before = item.value.advanced(address - item.range.first);
  if (now == before) return true;
  if (!before.granted)
    found(CoherenceRule::stale_refusal, address);
  else if (now.granted && now.memory == before.memory)
    found(CoherenceRule::wrong_latency, address);
  else if (!now.granted && direction == Direction::write && probe(address, Direction::read).memory == before.memory)
    found(CoherenceRule::lost_right, address);
  else
    found(CoherenceRule::stale_pointer, address);
  return false;
}

void CoherenceChecks::check_bytes(const AddressRange& part, const Answer& answer) {
  std::array<std::uint8_t, 4096> bytes;
  for (std::uint64_t done = 0; done <= part.last - part.first;) {
    const auto length =
        static_cast<unsigned>(std::min<std::uint64_t>(bytes.size() - 1, part.last - part.first - done) + 1);
    tlm::tlm_generic_payload payload;
    AttributesExtension extension;
    extension.attributes = attributes_;
    payload.set_extension(&extension);
    payload.set_read();
    payload.set_address(part.first + done);
    payload.set_data_ptr(bytes.data());
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    // Targets without debug transport move nothing; that is no finding.
    const unsigned count = std::min(PassThrough::transport_dbg(payload), length);
    payload.clear_extension(&extension);
    const auto* const pointer = reinterpret_cast<const std::uint8_t*>(answer.memory + done);
    const auto differing = std::mismatch(bytes.begin(), bytes.begin() + count, pointer).first - bytes.begin();
    if (static_cast<unsigned>(differing) < count) {
      found(CoherenceRule::wrong_bytes, part.first + done + static_cast<std::uint64_t>(differing));
      return;
    }
    if (part.last - part.first - done < length) return;
    done += length;
  }
}

void CoherenceChecks::report_access(Direction direction, Address address, const void* pointer, std::size_t length) {
  look();
  if (length == 0) return;
  AddressRange around;
  const Answer* held = held_[index(direction)].find(address, around);
  const bool covered = held != nullptr && held->granted && around.last - address >= length - 1 &&
                       held->memory + (address - around.first) == reinterpret_cast<std::uintptr_t>(pointer);
  if (!covered) {
    found(CoherenceRule::no_grant, address);
    return;
  }
  const BusyScope busy(busy_);
  const Answers::Item item{around, *held};
  const AddressRange part{address, address + (length - 1)};
  if (!check_answers(item, part, direction))
    held_[index(direction)].erase(around);
  else
    check_bytes(part, item.value.advanced(address - around.first));
}

}  // namespace sc_memory
