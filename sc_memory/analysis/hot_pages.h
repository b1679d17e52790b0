// The pages that are accessed most, in bounded memory.
//
// The algorithm is Space-Saving (Metwally, Agrawal, El Abbadi 2005): as many counters as there is room for; a page that
// has none takes over the one that counted least, together with its count. So no count is too low, it is too high by at
// most what `error` says, and every page with more than 1/capacity of all accesses is among those listed.
#pragma once

#include <cstdint>
#include <queue>
#include <unordered_map>
#include <vector>

#include "sc_memory/analysis/transaction_record.h"

namespace sc_memory {

class HotPages final : public tlm::tlm_analysis_if<TransactionRecord> {
 public:
  static constexpr unsigned kPageBits = 12;

  struct Page {
    TrafficName region;
    Address offset;       ///< Of the page's first byte, relative to the region.
    std::uint64_t count;  ///< Of transactions that touched it; at least the true number,
    std::uint64_t error;  ///< and at most so many more.
  };

  /// `capacity`, at least 1, is the number of pages that are counted at a time.
  explicit HotPages(std::size_t capacity = 1024);

  /// A transaction counts once for each page that it touches.
  void write(const TransactionRecord& record) override;
  void count(TrafficName region, Address offset, std::uint64_t times = 1);

  /// The `most` pages with the highest counts, highest first.
  std::vector<Page> top(std::size_t most) const;
  std::uint64_t total() const { return total_; }

 private:
  struct Key {
    TrafficName region;
    std::uint64_t page;
    friend bool operator==(const Key& a, const Key& b) { return a.region == b.region && a.page == b.page; }
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      return static_cast<std::size_t>((key.page ^ std::uint64_t{key.region.index()} << 40) * 0x9e3779b97f4a7c15u);
    }
  };
  struct Counter {
    std::uint64_t count;
    std::uint64_t error;
  };
  /// A counter as it once was: counts only grow, so that what is below the true one is put back where it belongs.
  struct Candidate {
    std::uint64_t count;
    Key key;
    friend bool operator<(const Candidate& a, const Candidate& b) { return a.count > b.count; }
  };

  Counter take_smallest();

  std::size_t capacity_;
  std::uint64_t total_ = 0;
  std::unordered_map<Key, Counter, Hash> counters_;
  std::priority_queue<Candidate> smallest_;
};

}  // namespace sc_memory
