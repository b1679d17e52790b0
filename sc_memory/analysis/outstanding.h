// How many transactions initiators have under way at a time.
#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "sc_memory/analysis/traffic_name.h"
#include "sc_memory/tlm/router.h"

namespace sc_memory {

/// Looks at all ports of a router from construction to destruction, or to that of the router. A transaction is under
/// way from its start to its end, annotated delays included; of non-blocking ones these are BEGIN_REQ and END_RESP. It
/// ends with a process that is killed or reset, too. Those that were under way before are not known. Pointers are left
/// alone.
///
/// Where one ends at the time at which the next one starts, they are not at once. Those that take no time count for
/// `most`: as many as were begun before one of them ended.
class OutstandingTransactions final : private PortObserver {
 public:
  explicit OutstandingTransactions(Router& router);
  ~OutstandingTransactions() override;

  struct Row {
    TrafficName initiator;
    std::uint64_t now = 0;
    std::uint64_t most = 0;
    double mean = 0;  ///< Over the time since construction; of all, however many there are.
    /// For each number of transactions, from 0 on, the time that there were so many; the last one stands for all
    /// higher ones too.
    std::vector<sc_core::sc_time> time_at;
  };
  /// Up to the present time.
  std::vector<Row> rows() const;

 private:
  static constexpr std::size_t kLevels = 64;

  enum class Step : std::uint8_t {
    end_of_earlier,  ///< Of one that started at an earlier time. At one time these go first,
    other            ///< and all others in the order in which they were told of.
  };
  /// A start or an end, which may be annotated and so lie ahead.
  struct Change {
    std::uint64_t time;
    Step kind;
    std::uint64_t number;
    int step;
    /// The later one, for the queue.
    friend bool operator<(const Change& a, const Change& b) {
      return std::tie(a.time, a.kind, a.number) > std::tie(b.time, b.kind, b.number);
    }
  };
  struct Counter {
    std::uint64_t since = 0;  ///< When the number last changed.
    std::uint64_t now = 0;
    std::uint64_t most = 0;
    double area = 0;  ///< The number over time, summed up.
    std::vector<std::uint64_t> time_at = std::vector<std::uint64_t>(kLevels, 0);
    std::priority_queue<Change> ahead;  ///< The next one is on top.

    /// Carries out what is due.
    void advance(std::uint64_t time);
    void pass_to(std::uint64_t time);
  };

  void began(const InitiatorPort& port, const sc_core::sc_time& start) override;
  void transported(const PortTransaction& transaction) override;
  /// What was under way is no more.
  void router_destroyed() override;
  void add(const InitiatorPort& port, const sc_core::sc_time& time, Step kind, int step);

  Router* router_;
  sc_core::sc_time begin_;
  std::uint64_t changes_ = 0;
  std::map<TrafficName, Counter> counters_;
  /// How many transactions of a port had begun before; none, of a port that is newer.
  std::unordered_map<const InitiatorPort*, std::uint64_t> unknown_;
};

}  // namespace sc_memory
