// Counting up and down at the right times.
#include "sc_memory/analysis/outstanding.h"

#include <algorithm>

namespace sc_memory {

OutstandingTransactions::OutstandingTransactions(Router& router) : router_(&router), begin_(sc_core::sc_time_stamp()) {
  router.add_observer(*this);
}

OutstandingTransactions::~OutstandingTransactions() {
  if (router_ != nullptr) router_->remove_observer(*this);
}

void OutstandingTransactions::Counter::advance(std::uint64_t time) {
  const auto pass_to = [&](std::uint64_t moment) {
    const auto level = static_cast<std::size_t>(std::min<std::int64_t>(now, kLevels - 1));
    time_at[level] += moment - since;
    since = moment;
  };
  while (!ahead.empty() && ahead.top().time <= time) {
    const Change change = ahead.top();
    ahead.pop();
    pass_to(std::max(since, change.time));
    now = std::max<std::int64_t>(0, now + change.step);  // It may have begun unseen.
    most = std::max(most, now);
  }
  pass_to(std::max(since, time));
}

void OutstandingTransactions::add(const InitiatorPort& port, const sc_core::sc_time& time, int step) {
  const auto [entry, is_new] = counters_.try_emplace(TrafficName::of(port));
  Counter& counter = entry->second;
  if (is_new) counter.since = begin_.value();
  counter.ahead.push({time.value(), step});
  // What happens at the present moment may still be joined by more.
  const std::uint64_t present = sc_core::sc_time_stamp().value();
  if (present > 0) counter.advance(present - 1);
}

void OutstandingTransactions::began(const InitiatorPort& port, const sc_core::sc_time& start) { add(port, start, 1); }

void OutstandingTransactions::transported(const PortTransaction& transaction) {
  if (transaction.path == TransactionPath::debug || transaction.start < begin_) return;
  add(transaction.port, transaction.end, -1);
}

std::vector<OutstandingTransactions::Row> OutstandingTransactions::rows() const {
  std::vector<Row> rows;
  const std::uint64_t present = sc_core::sc_time_stamp().value();
  for (const auto& [initiator, known] : counters_) {
    Counter counter = known;
    counter.advance(present);
    Row row;
    row.initiator = initiator;
    row.now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, counter.now));
    row.most = static_cast<std::uint64_t>(counter.most);
    double weighted = 0;
    double total = 0;
    for (std::size_t level = 0; level < kLevels; ++level) {
      row.time_at.push_back(sc_core::sc_time::from_value(counter.time_at[level]));
      weighted += static_cast<double>(level) * static_cast<double>(counter.time_at[level]);
      total += static_cast<double>(counter.time_at[level]);
    }
    row.mean = total > 0 ? weighted / total : 0;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace sc_memory
