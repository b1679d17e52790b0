// How many transactions initiators have under way at a time.
#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <vector>

#include "sc_memory/analysis/traffic_name.h"
#include "sc_memory/tlm/router.h"

namespace sc_memory {

/// Looks at all ports of a router from construction to destruction. A transaction is under way from its start to its
/// end, annotated delays included; of non-blocking ones these are BEGIN_REQ and END_RESP. Those that were under way
/// before are not known. Pointers are left alone.
class OutstandingTransactions final : private PortObserver {
 public:
  explicit OutstandingTransactions(Router& router);
  ~OutstandingTransactions() override;

  struct Row {
    TrafficName initiator;
    std::uint64_t now = 0;
    std::uint64_t most = 0;
    double mean = 0;  ///< Over the time since construction.
    /// For each number of transactions, from 0 on, the time that there were so many; the last one stands for all
    /// higher ones too.
    std::vector<sc_core::sc_time> time_at;
  };
  /// Up to the present time.
  std::vector<Row> rows() const;

 private:
  static constexpr std::size_t kLevels = 64;

  /// A start or an end, which may be annotated and so lie ahead.
  struct Change {
    std::uint64_t time;
    int step;
    friend bool operator<(const Change& a, const Change& b) { return a.time > b.time; }
  };
  struct Counter {
    std::uint64_t since = 0;  ///< When the number last changed.
    std::int64_t now = 0;
    std::int64_t most = 0;
    std::vector<std::uint64_t> time_at = std::vector<std::uint64_t>(kLevels, 0);
    std::priority_queue<Change> ahead;

    /// Carries out what is due.
    void advance(std::uint64_t time);
  };

  void began(const InitiatorPort& port, const sc_core::sc_time& start) override;
  void transported(const PortTransaction& transaction) override;
  void router_destroyed() override { router_ = nullptr; }
  void add(const InitiatorPort& port, const sc_core::sc_time& time, int step);

  Router* router_;
  sc_core::sc_time begin_;
  std::map<TrafficName, Counter> counters_;
};

}  // namespace sc_memory
