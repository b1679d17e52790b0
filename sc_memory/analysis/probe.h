// Hooks into the interconnect: a probe tells its subscribers of the transactions of a port, of a region, or of a range
// of addresses - of those that would go through direct pointers too, for as long as it is there.
//
//     Probe probe{bus, ProbeScope().port(cpu_port).region(ram)};
//     probe.transactions.bind(counters);     // any tlm::tlm_analysis_if<TransactionRecord>
//     ...
//     probe.detach();                        // or the end of its scope: pointers are to be had again
//
// Attaching takes back the pointers to exactly those bytes that the probe looks at, from exactly those initiators, and
// only for the directions asked for; all others stay direct. With direct(DirectAccess::allowed) nothing is taken back,
// and what goes through pointers is not seen.
#pragma once

#include <memory>
#include <optional>

#include <systemc>
#include <tlm>

#include "sc_memory/analysis/transaction_record.h"
#include "sc_memory/tlm/router.h"

namespace sc_memory {

/// Whether what a probe looks at may be accessed through pointers, and so unseen.
enum class DirectAccess : std::uint8_t { held_back, allowed };

/// What a probe looks at: the transactions for which all that is said holds. Nothing said: all of the router's.
class ProbeScope {
 public:
  /// Of one initiator.
  ProbeScope& port(const InitiatorPort& port);
  /// Served by one region, wherever it is mapped.
  ProbeScope& region(const MemoryRegion& region);
  /// That touch `range`, in the addresses of `space`, by initiators that look at `space`. A range that shows nothing
  /// is reported as a warning (kProbeMessage); what comes to be mapped there later is seen.
  ProbeScope& range(const AddressSpace& space, const AddressRange& range);
  /// Reads, writes, or both, which it is unless said otherwise.
  ProbeScope& only(WatchFor what);
  ProbeScope& direct(DirectAccess direct);
  /// Debug transports too; without, none is seen.
  ProbeScope& with_debug();

  bool holds_back() const { return direct_ == DirectAccess::held_back; }
  const InitiatorPort* port() const { return port_; }
  /// What no pointers are given to.
  const DmiHold& hold() const { return hold_; }
  bool sees(const PortTransaction& transaction) const;
  /// Whether something that `region` serves at `range`, in the initiator's addresses, is looked at.
  bool concerns(const InitiatorPort& port, const MemoryRegion* region, const AddressRange& range) const;

 private:
  const InitiatorPort* port_ = nullptr;
  DmiHold hold_;
  DirectAccess direct_ = DirectAccess::held_back;
  bool debug_ = false;
};

/// Attached from construction until detach() or destruction, before or while the simulation runs. The router, and what
/// the scope names, may go first. In the simulation's thread only; subscribers may attach and detach probes, and must
/// not wait.
class Probe final : private PortObserver {
 public:
  explicit Probe(Router& router, const ProbeScope& scope = {});
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() override;

  /// Sees nothing more; pointers that were held back are to be had again.
  void detach();
  /// The same again with the scope that it had.
  void attach();
  bool attached() const { return attached_; }

  /// Subscribers are bound here, and unbound before they go.
  tlm::tlm_analysis_port<TransactionRecord> transactions;
  /// What initiators ask for and are told of direct access, of the scope's ports, regions and ranges.
  tlm::tlm_analysis_port<DmiRecord> dmi;

 private:
  void transported(const PortTransaction& transaction) override;
  void granted(const InitiatorPort& port, MemoryRegion* region, const AddressRange& range) override;
  void refused(const InitiatorPort& port, MemoryRegion* region, const AddressRange& range) override;
  void invalidated(const InitiatorPort& port, MemoryRegion* region, bool granted, const AddressRange& range,
                   DmiCause cause) override;
  void port_added(InitiatorPort& port) override;

  void router_destroyed() override;

  void tell(DmiRecord::Event event, const InitiatorPort& port, const MemoryRegion* region, const AddressRange& range,
            DmiCause cause);

  Router* router_;  ///< Null once it is gone.
  ProbeScope scope_;
  bool attached_ = false;
};

/// The id of this part's reports.
extern const char* const kProbeMessage;

}  // namespace sc_memory
