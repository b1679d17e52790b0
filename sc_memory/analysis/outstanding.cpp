// Counting up and down at the right times.
#include "sc_memory/analysis/outstanding.h"

#include <algorithm>

namespace sc_memory {

OutstandingTransactions::OutstandingTransactions(Router& router) : router_(&router), begin_(sc_core::sc_time_stamp()) {
  for (const auto& port : router.ports()) unknown_.emplace(port.get(), port->begun());
  router.add_observer(*this);
}

OutstandingTransactions::~OutstandingTransactions() {
  if (router_ != nullptr) router_->remove_observer(*this);
}

void OutstandingTransactions::Counter::pass_to(std::uint64_t time) {
  if (time <= since) return;
  time_at[std::min<std::size_t>(now, kLevels - 1)] += time - since;
  area += static_cast<double>(now) * static_cast<double>(time - since);
  since = time;
}

void OutstandingTransactions::Counter::advance(std::uint64_t time) {
  while (!ahead.empty() && ahead.top().time <= time) {
    const Change change = ahead.top();
    ahead.pop();
    pass_to(change.time);
    now += static_cast<std::uint64_t>(change.step);
    most = std::max(most, now);
  }
  pass_to(time);
}

void OutstandingTransactions::add(const InitiatorPort& port, const sc_core::sc_time& time, Step kind, int step) {
  const auto [entry, is_new] = counters_.try_emplace(TrafficName::of(port));
  Counter& counter = entry->second;
  if (is_new) counter.since = begin_.value();
  counter.ahead.push({time.value(), kind, changes_++, step});
  // What happens at the present moment may still be joined by more.
  const std::uint64_t present = sc_core::sc_time_stamp().value();
  if (present > 0) counter.advance(present - 1);
}

void OutstandingTransactions::began(const InitiatorPort& port, const sc_core::sc_time& start) {
  add(port, start, Step::other, 1);
}

void OutstandingTransactions::transported(const PortTransaction& transaction) {
  if (transaction.path == TransactionPath::debug) return;
  const auto unknown = unknown_.find(&transaction.port);
  if (unknown != unknown_.end() && transaction.number <= unknown->second) return;
  add(transaction.port, transaction.end, transaction.start < transaction.end ? Step::end_of_earlier : Step::other, -1);
}

void OutstandingTransactions::router_destroyed() {
  router_ = nullptr;
  unknown_.clear();
  for (auto& [initiator, counter] : counters_) {
    counter.advance(sc_core::sc_time_stamp().value());
    counter.ahead = {};
    counter.now = 0;
  }
}

std::vector<OutstandingTransactions::Row> OutstandingTransactions::rows() const {
  std::vector<Row> rows;
  const std::uint64_t present = sc_core::sc_time_stamp().value();
  for (const auto& [initiator, known] : counters_) {
    Counter counter = known;
    counter.advance(present);
    Row row;
    row.initiator = initiator;
    row.now = counter.now;
    row.most = counter.most;
    for (const std::uint64_t time : counter.time_at) row.time_at.push_back(sc_core::sc_time::from_value(time));
    const double total = static_cast<double>(counter.since - begin_.value());
    row.mean = total > 0 ? counter.area / total : 0;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace sc_memory
