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
  room_was_made();
}

MappingBudget::ClientId MappingBudget::call_when_free(Client client) {
  const ClientId id = ++last_id_;
  waiting_.push_back({id, std::move(client)});
  // One that waits again when it is called has found too little room, and waits for more.
  if (!calling_) room_was_made();
  return id;
}

void MappingBudget::cancel(ClientId id) {
  waiting_.erase(
      std::remove_if(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) { return waiting.id == id; }),
      waiting_.end());
}

void MappingBudget::room_was_made() {
  callable_up_to_ = last_id_;
  if (calling_) return;
  calling_ = true;
  while (!waiting_.empty() && waiting_.front().id <= callable_up_to_ && available() > 0) {
    const Client client = std::move(waiting_.front().client);
    waiting_.pop_front();
    client();
  }
  calling_ = false;
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
  budget_->room_was_made();
}

}  // namespace sc_memory
