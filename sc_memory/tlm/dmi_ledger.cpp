// An ordered map of disjoint ranges, split where only a part is taken back, joined where neighbours are alike.
#include "sc_memory/tlm/dmi_ledger.h"

#include <algorithm>
#include <iterator>

namespace sc_memory {

DmiLedger::Answers::iterator DmiLedger::split_at(Address address) {
  auto next = answers_.lower_bound(address);
  if (next == answers_.begin() || (next != answers_.end() && next->first == address)) return next;
  const auto before = std::prev(next);
  if (before->second.last < address) return next;
  const Entry rest = before->second;
  before->second.last = address - 1;
  return answers_.emplace_hint(next, address, rest);
}

namespace {

/// What is held after `answer` was given where `before` was held: a refusal takes nothing away from what was said of
/// the other direction.
DmiAnswer merged(const DmiAnswer& before, const DmiAnswer& answer) {
  if (answer.granted) return answer;
  if (before.granted) return before;
  DmiAnswer both = answer;
  if (before.of_target && answer.of_target) {
    both.says_reads = both.says_reads || before.says_reads;
    both.says_writes = both.says_writes || before.says_writes;
  }
  return both;
}

}  // namespace

bool DmiLedger::record(const AddressRange& range, const DmiAnswer& answer) {
  // Initiators that forget what they were told ask again.
  const auto known = first_around(range.first);
  const bool is_known = known != answers_.end() && known->first <= range.first && known->second.last >= range.last;
  if (is_known && known->second.answer == answer) return false;
  const std::vector<Held> replaced = take_back(range);
  answers_.emplace(range.first, Entry{range.last, answer});
  for (const Held& before : replaced) {
    take_back(before.range);
    answers_.emplace(before.range.first, Entry{before.range.last, merged(before.answer, answer)});
  }
  join_neighbours(range);
  if (answers_.size() > most_answers_) join_refusals();
  return true;
}

DmiLedger::Answers::const_iterator DmiLedger::first_around(Address address) const {
  auto entry = answers_.upper_bound(address);
  if (entry != answers_.begin() && std::prev(entry)->second.last >= address) --entry;
  return entry;
}

void DmiLedger::join_neighbours(const AddressRange& range) {
  auto entry = answers_.lower_bound(range.first);
  if (entry != answers_.begin()) --entry;
  while (entry != answers_.end() && entry->first <= range.last) {
    const auto next = std::next(entry);
    const bool touches = next != answers_.end() && entry->second.last + 1 == next->first;
    if (touches && entry->second.answer == next->second.answer) {
      entry->second.last = next->second.last;
      answers_.erase(next);
    } else {
      entry = next;
    }
  }
}

void DmiLedger::join_refusals() {
  for (auto entry = answers_.begin(); entry != answers_.end();) {
    const auto next = std::next(entry);
    if (next != answers_.end() && !entry->second.answer.granted && entry->second.answer == next->second.answer) {
      entry->second.last = next->second.last;
      answers_.erase(next);
    } else {
      entry = next;
    }
  }
  // What cannot be joined must not be tried again at every answer.
  most_answers_ = std::max(kMostAnswers, 2 * answers_.size());
}

std::vector<DmiLedger::Held> DmiLedger::held(const AddressRange& range) const {
  std::vector<Held> found;
  for (auto entry = first_around(range.first); entry != answers_.end() && entry->first <= range.last; ++entry)
    found.push_back({*range.intersection({entry->first, entry->second.last}), entry->second.answer});
  return found;
}

std::vector<DmiLedger::Held> DmiLedger::take_back(const AddressRange& range) {
  std::vector<Held> taken = held(range);
  if (taken.empty()) return taken;
  const auto begin = split_at(range.first);
  const auto end = range.last == UINT64_MAX ? answers_.end() : split_at(range.last + 1);
  answers_.erase(begin, end);
  return taken;
}

}  // namespace sc_memory
