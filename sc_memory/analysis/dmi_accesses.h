// Accesses through direct pointers, as records: of an initiator that uses the DmiCache and lets itself be looked at.
//
//     DmiAccesses accesses{cpu_port, cpu.memory};      // cpu.memory is a DmiCache
//     HotPages pages;
//     accesses.transactions.bind(pages);
//
// Other than a probe this takes no pointers back: the cache itself tells. It costs that initiator the quick way of its
// hits, and others nothing.
#pragma once

#include "sc_memory/analysis/transaction_record.h"
#include "sc_memory/tlm/dmi_cache.h"
#include "sc_memory/tlm/initiator_port.h"

namespace sc_memory {

/// From construction to destruction; `port` is the one that the cache's initiator is bound to, and with `cache`
/// outlives it. Time is the simulation's: what the initiator runs ahead of it is its own knowledge. The end is the
/// start and the latency of the grant. Pointers that the initiator keeps for itself (DmiCache::find) are not seen.
class DmiAccesses final : private DmiCacheObserver {
 public:
  DmiAccesses(const InitiatorPort& port, DmiCache& cache);
  DmiAccesses(const DmiAccesses&) = delete;
  DmiAccesses& operator=(const DmiAccesses&) = delete;
  ~DmiAccesses() override;

  tlm::tlm_analysis_port<TransactionRecord> transactions;

 private:
  void accessed(Direction direction, Address address, std::size_t length, const sc_core::sc_time& latency) override;

  const InitiatorPort& port_;
  DmiCache& cache_;
};

}  // namespace sc_memory
