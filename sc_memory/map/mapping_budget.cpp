// A counter with a queue of those who wait for it to fall.
#include "sc_memory/map/mapping_budget.h"

#include <algorithm>
#include <utility>

namespace sc_memory {

void MappingBudget::forget_space() {
  space_ = nullptr;
  waiting_.clear();
}

void MappingBudget::set_limit(std::uint64_t bytes) {
  limit_ = bytes;
  call_clients();
}

MappingBudget::ClientId MappingBudget::call_when_free(Client client) {
  const ClientId id = ++last_id_;
  waiting_.push_back({id, std::move(client)});
  call_clients();
  return id;
}

void MappingBudget::cancel(ClientId id) {
  waiting_.erase(
      std::remove_if(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) { return waiting.id == id; }),
      waiting_.end());
}

void MappingBudget::call_clients() {
  // Only those who wait now: one who finds too little room and waits again must not be called for ever.
  const ClientId newest = last_id_;
  while (!waiting_.empty() && waiting_.front().id <= newest && available() > 0) {
    const Client client = std::move(waiting_.front().client);
    waiting_.pop_front();
    client();
  }
}

BudgetShare::BudgetShare(std::shared_ptr<MappingBudget> budget, std::uint64_t bytes)
    : budget_(std::move(budget)), bytes_(std::min(bytes, budget_->available())) {
  budget_->used_ += bytes_;
}

BudgetShare& BudgetShare::operator=(BudgetShare&& other) noexcept {
  std::swap(budget_, other.budget_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

BudgetShare::~BudgetShare() {
  if (budget_ == nullptr) return;
  budget_->used_ -= bytes_;
  budget_->call_clients();
}

}  // namespace sc_memory
