// An ordered map of disjoint ranges, split where only a part is taken back.
#include "sc_memory/tlm/dmi_ledger.h"

namespace sc_memory {

DmiLedger::Answers::iterator DmiLedger::split_at(Address address) {
  auto next = held_.lower_bound(address);
  if (next == held_.begin() || (next != held_.end() && next->first == address)) return next;
  const auto before = std::prev(next);
  if (before->second.last < address) return next;
  const Answer rest = before->second;
  before->second.last = address - 1;
  return held_.emplace_hint(next, address, rest);
}

std::vector<DmiLedger::Held> DmiLedger::take_back(const AddressRange& range) {
  std::vector<Held> taken;
  auto begin = split_at(range.first);
  auto end = begin;
  while (end != held_.end() && end->first <= range.last) {
    if (end->second.last > range.last) split_at(range.last + 1);
    taken.push_back({{end->first, end->second.last}, end->second.region, end->second.granted});
    ++end;
  }
  held_.erase(begin, end);
  return taken;
}

void DmiLedger::record(const AddressRange& range, MemoryRegion* region, bool granted) {
  take_back(range);
  held_.emplace(range.first, Answer{range.last, region, granted});
}

std::vector<DmiLedger::Held> DmiLedger::held() const {
  std::vector<Held> all;
  for (const auto& [first, answer] : held_) all.push_back({{first, answer.last}, answer.region, answer.granted});
  return all;
}

}  // namespace sc_memory
