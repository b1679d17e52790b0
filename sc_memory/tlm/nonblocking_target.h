// The target's side of the base protocol: the requests that wait for it, and the transactions it has. See
// nonblocking.h.
#pragma once

#include <deque>
#include <memory>

#include "sc_memory/tlm/nonblocking.h"

namespace sc_memory {

class TargetRegion;

/// Takes a request out of `waiting`, which is not empty: the region's arbitration chooses, without one who came first.
/// Tells the observers of all that waited until now because of `served`, which becomes the one chosen.
FlightPointer take_next(std::deque<FlightPointer>& waiting, RegionTiming* timing, LastServed& served);

/// The way back of a TargetRegion's socket. It may outlive the region, as long as the target has transactions.
class NonblockingTarget final : public tlm::tlm_bw_transport_if<>,
                                public std::enable_shared_from_this<NonblockingTarget> {
 public:
  explicit NonblockingTarget(TargetRegion& region) : region_(&region) {}

  /// The flight's request has reached the region.
  void request(const FlightPointer& flight);
  /// The initiator has accepted the response.
  void end_response(const FlightPointer& flight, const sc_core::sc_time& delay);

  /// All that is in flight ends with an error. `socket` is kept if the target may still call through it.
  void region_destroyed(std::shared_ptr<void> socket);

 private:
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override;

  void choose_at(PhaseScheduler& scheduler, const sc_core::sc_time& time);
  void choose();
  /// The target's nb_transport_fw.
  tlm::tlm_sync_enum call(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void send(const FlightPointer& flight);
  void hear_answer(const FlightPointer& flight, tlm::tlm_sync_enum status, const tlm::tlm_phase& phase,
                   const sc_core::sc_time& delay);
  void hear(const FlightPointer& flight, const tlm::tlm_phase& phase, const sc_core::sc_time& delay);
  void hear_completed(const FlightPointer& flight, const sc_core::sc_time& delay);
  /// Runs `action` when a phase heard now takes effect.
  template <typename Effect>
  void when_effective(const FlightPointer& flight, const sc_core::sc_time& delay, Effect effect);
  void accept(const FlightPointer& flight);
  void respond(const FlightPointer& flight);
  bool may_take_effect_now(const FlightPointer& flight, const sc_core::sc_time& delay) const;
  void check_response(const FlightPointer& flight) const;
  void request_ended(const FlightPointer& flight);
  void forget(const FlightPointer& flight);
  void complain(const char* rule) const;

  TargetRegion* region_;  ///< Null once it is destroyed.
  std::shared_ptr<void> socket_;
  std::deque<FlightPointer> waiting_;
  bool choice_pending_ = false;
  LastServed served_;
  FlightPointer requesting_;  ///< Chosen, and its END_REQ or BEGIN_RESP did not come yet.
  FlightPointer responding_;  ///< Its BEGIN_RESP came, its END_RESP is not sent yet.
  PayloadMap<FlightPointer> at_target_;
  unsigned calls_ = 0;    ///< The target is in the middle of so many calls of nb_transport_fw.
  unsigned effects_ = 0;  ///< Phases that were heard, and are still to take effect.
};

}  // namespace sc_memory
