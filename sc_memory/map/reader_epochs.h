// Letting host threads look at views while the simulation changes the map, without a lock on their way: a view, or
// memory, that was taken out of the map is given back only when no thread can still be looking at it.
//
// Every reading thread has a slot in which it writes, for the time of one look, the epoch in which that began. Whoever
// takes something out of the map starts a new epoch afterwards: looks that begin from then on cannot see it, and when
// no slot shows an older epoch, nobody does.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace sc_memory {

/// One for the process. Slots may be used by any thread, one thread a slot; everything else is for the simulation's
/// thread.
class ReaderEpochs {
 public:
  static constexpr std::uint64_t kIdle = 0;

  /// A reader's place. Never freed, but used again.
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> epoch{kIdle};
    std::atomic<bool> taken{false};
    Slot* next = nullptr;
  };

  static ReaderEpochs& instance();

  Slot& take_slot();
  static void give_back(Slot& slot) { slot.taken.store(false, std::memory_order_release); }

  /// From enter to leave nothing that the thread can see from then on goes away. Does not nest.
  void enter(Slot& slot) const { slot.epoch.store(epoch_.load()); }
  static void leave(Slot& slot) { slot.epoch.store(kIdle, std::memory_order_release); }

  /// Keeps what was just taken out of the map until no reader sees it any more.
  void retire(std::shared_ptr<const void> object);
  /// Waits until no reader sees any more what was taken out of the map before. Readers' looks are short.
  void synchronize();

  /// How many retired objects still wait.
  std::size_t waiting() const { return retired_.size(); }

 private:
  ReaderEpochs() = default;
  bool anybody_before(std::uint64_t epoch) const;
  void reclaim();

  std::atomic<std::uint64_t> epoch_{1};
  std::atomic<Slot*> slots_{nullptr};
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const void>>> retired_;  // by epoch
};

}  // namespace sc_memory
