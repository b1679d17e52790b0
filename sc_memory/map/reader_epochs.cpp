// Epochs and the list of what waits for them.
#include "sc_memory/map/reader_epochs.h"

#include <algorithm>
#include <thread>

namespace sc_memory {

ReaderEpochs& ReaderEpochs::instance() {
  // Never destroyed: threads may outlive static objects.
  static ReaderEpochs* const epochs = new ReaderEpochs;
  return *epochs;
}

ReaderEpochs::Slot& ReaderEpochs::take_slot() {
  for (Slot* slot = slots_.load(); slot != nullptr; slot = slot->next) {
    if (!slot->taken.load() && !slot->taken.exchange(true)) return *slot;
  }
  Slot* const slot = new Slot;
  slot->taken.store(true);
  slot->next = slots_.load();
  while (!slots_.compare_exchange_weak(slot->next, slot)) {
  }
  return *slot;
}

bool ReaderEpochs::anybody_before(std::uint64_t epoch) const {
  for (const Slot* slot = slots_.load(); slot != nullptr; slot = slot->next) {
    const std::uint64_t entered = slot->epoch.load();
    if (entered != kIdle && entered < epoch) return true;
  }
  return false;
}

void ReaderEpochs::retire(std::shared_ptr<const void> object) {
  if (slots_.load() == nullptr) return;
  const std::uint64_t epoch = epoch_.fetch_add(1) + 1;
  try {
    retired_.emplace_back(epoch, std::move(object));
  } catch (...) {
    synchronize();
  }
  reclaim();
}

void ReaderEpochs::reclaim() {
  const auto still_seen = std::find_if(retired_.begin(), retired_.end(),
                                       [this](const auto& retired) { return anybody_before(retired.first); });
  retired_.erase(retired_.begin(), still_seen);
}

void ReaderEpochs::synchronize() {
  if (slots_.load() == nullptr) return;
  const std::uint64_t epoch = epoch_.fetch_add(1) + 1;
  while (anybody_before(epoch)) std::this_thread::yield();
  reclaim();
}

}  // namespace sc_memory
