// Counters that change hands.
#include "sc_memory/analysis/hot_pages.h"

#include <algorithm>

namespace sc_memory {

HotPages::HotPages(std::size_t capacity) : capacity_(std::max<std::size_t>(1, capacity)) {}

void HotPages::write(const TransactionRecord& record) {
  const Address last = record.last_offset();
  for (std::uint64_t page = record.offset >> kPageBits; page <= last >> kPageBits; ++page)
    count(record.region, page << kPageBits);
}

void HotPages::count(TrafficName region, Address offset, std::uint64_t times) {
  total_ += times;
  const Key key{region, offset >> kPageBits};
  const auto found = counters_.find(key);
  if (found != counters_.end()) {
    found->second.count += times;
    return;
  }
  const Counter inherited = counters_.size() < capacity_ ? Counter{0, 0} : take_smallest();
  counters_.emplace(key, Counter{inherited.count + times, inherited.count});
  smallest_.push({inherited.count + times, key});
}

HotPages::Counter HotPages::take_smallest() {
  for (;;) {
    const Candidate candidate = smallest_.top();
    smallest_.pop();
    const auto counter = counters_.find(candidate.key);
    if (counter->second.count == candidate.count) {
      const Counter taken = counter->second;
      counters_.erase(counter);
      return taken;
    }
    smallest_.push({counter->second.count, candidate.key});
  }
}

std::vector<HotPages::Page> HotPages::top(std::size_t most) const {
  std::vector<Page> pages;
  for (const auto& [key, counter] : counters_)
    pages.push_back({key.region, key.page << kPageBits, counter.count, counter.error});
  std::sort(pages.begin(), pages.end(), [](const Page& a, const Page& b) {
    if (a.count != b.count) return a.count > b.count;
    return a.region != b.region ? a.region < b.region : a.offset < b.offset;
  });
  pages.resize(std::min(most, pages.size()));
  return pages;
}

}  // namespace sc_memory
