// The four-phase base protocol through a router: IEEE 1666 11.2.3 (nb_transport) and clause 15. The numbers of clauses
// are those of the edition of 2023.
//
// A transaction in flight is a Flight. It is decoded once, when BEGIN_REQ arrives, and keeps that route: later phases
// find it by the payload, so that neither a change of the map nor a translated address can lead them elsewhere. Its
// initiator's side is the NonblockingPort of the router's port, its target's side the NonblockingTarget of the region.
//
//   initiator               router                                          target
//   BEGIN_REQ  ---------->  waits until the target takes requests,
//                           chosen by the region's arbitration      ------> BEGIN_REQ
//   END_REQ    <--------------------------------------------------  <------ END_REQ (or implied: 15.2.3 l)
//                           waits until the initiator takes responses <---- BEGIN_RESP or TLM_COMPLETED
//   BEGIN_RESP <----------
//   END_RESP   --------------------------------------------------- -------> END_RESP (unless TLM_COMPLETED)
//
// - One request at a time on each socket until END_REQ or BEGIN_RESP, one response until END_RESP (15.2.6 e, f), both
//   towards targets and initiators. Back-pressure goes all the way: the initiator hears END_REQ when the target
//   accepts, the target hears END_RESP when the initiator accepts.
// - Phases take effect at the times they are annotated with: the router waits for that time, then calls on without an
//   annotation of its own. So annotations of one transaction never decrease (15.2.7 c), and an arbiter sees requests in
//   the order of their times. No peer is called back from within a call of its own (11.2.3.4 c). What takes effect at
//   once waits for the next delta cycle, but for END_REQ: the initiator may hear it from within the target's call.
// - The initiator's address is in the payload whenever the initiator is called, the translated one when the target is;
//   it stays translated while the transaction is at the target.
// - Where nothing can make the access wait, it is completed early, with TLM_COMPLETED from BEGIN_REQ (15.2.3 h):
//   accesses to memory, to holes, and whatever is refused. But that is a response too: while another one is not taken
//   yet, the transaction goes the long way (15.2.3 i).
// - Devices behind callbacks, and accesses that several sections serve, may wait, which nb_transport must not
//   (11.2.3.4 d): END_REQ is sent at once and the access made as a blocking one, in pieces if need be, by a thread of
//   the router (11.2.3.4 f). Each piece finds its route when its turn comes.
// - Requests of one initiator that touch the same bytes are served in the order in which they were sent (15.2.9 d):
//   what a thread serves waits for those before it, and is waited for.
// - Memory that serves one access at a time (RegionTiming) accepts a request when it chooses it and responds when it
//   is served.
// - The router knows no phases but the four, and so does not pass others on (15.2.5 g).
// - A region that is destroyed ends its transactions with TLM_GENERIC_ERROR_RESPONSE.
// - Who breaks a rule is told so by a warning (kProtocolMessage) that names him and the rule, and the simulation goes
//   on.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <systemc>
#include <tlm>

#include "sc_memory/map/flat_view.h"
#include "sc_memory/tlm/counted.h"
#include "sc_memory/tlm/payload_map.h"
#include "sc_memory/tlm/phase_scheduler.h"
#include "sc_memory/tlm/timing.h"

namespace sc_memory {

class InitiatorPort;
class NonblockingPort;
class NonblockingTarget;

/// A transaction from BEGIN_REQ until both sides are done with it. Each side holds a reference to the payload
/// (15.2.3 p).
struct Flight final : Counted {
  enum class AtTarget : std::uint8_t { waiting, requested, accepted, responded, done };

  tlm::tlm_generic_payload* payload = nullptr;
  NonblockingPort* port = nullptr;  ///< Null once the initiator has its answer, or is gone.
  Address address = 0;              ///< The initiator's.
  FlatRange range{};  ///< Serves the access; unless several do, or a translation is in the way (`in_pieces`).
  bool in_pieces = false;
  bool by_thread = false;              ///< A thread of the router serves it.
  bool served = false;                 ///< What it does to the target's bytes is done.
  std::uint64_t number = 0;            ///< In the order of the initiator's requests.
  std::uint64_t begun = 0;             ///< For observers: PortTransaction::number.
  std::optional<AddressRange> bytes;   ///< Of the initiator's addresses; none if it moves no data.
  std::weak_ptr<const void> lifetime;  ///< Of the region.
  std::shared_ptr<RegionTiming> timing;
  std::shared_ptr<NonblockingTarget> target;  ///< Null if the router itself serves the access.
  AtTarget at_target = AtTarget::waiting;
  sc_core::sc_time target_time;  ///< At which the last phase heard from the target takes effect.
  bool failed = false;           ///< The region went.
  // When the phases took effect at the initiator; one that was left out, when the next one did.
  sc_core::sc_time begin_request;
  sc_core::sc_time queued;  ///< When it began to wait for whoever serves it.
  sc_core::sc_time end_request;
  sc_core::sc_time begin_response;
};

/// Counts a call for as long as it lasts.
class CallCount {
 public:
  explicit CallCount(unsigned& calls) : calls_(calls) { ++calls_; }
  CallCount(const CallCount&) = delete;
  CallCount& operator=(const CallCount&) = delete;
  ~CallCount() { --calls_; }

 private:
  unsigned& calls_;
};

/// What the non-blocking side needs of the port that it belongs to.
class NonblockingHost {
 public:
  enum class Destination : std::uint8_t {
    range,   ///< One range of the view.
    pieces,  ///< Several, or a translation.
    ended    ///< None, or it is refused without asking anybody: b_transport() answers without waiting.
  };

  virtual const std::string& port_name() const = 0;
  virtual const Contender& contender() const = 0;
  virtual tlm::tlm_bw_transport_if<>* backward() = 0;
  virtual Destination destination_of(const tlm::tlm_generic_payload& payload, FlatRange& range) = 0;
  /// A blocking transaction of this port, timing included.
  virtual void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) = 0;
  /// Serves an access from `range`, which is no target's and holds all of it, without timing.
  virtual void serve_here(const FlatRange& range, tlm::tlm_generic_payload& payload) = 0;
  /// The target has answered. The payload has the initiator's address.
  virtual void answered(tlm::tlm_generic_payload& payload) = 0;
  /// For observers: which port this is; a transaction that is not completed at once began, waited, ended. began()
  /// returns its number.
  virtual const InitiatorPort& port() const = 0;
  virtual std::uint64_t began(const sc_core::sc_time& start) = 0;
  virtual void waited(const MemoryRegion* region, const InitiatorPort& behind, const sc_core::sc_time& duration) = 0;
  virtual void ended(const Flight& flight, const sc_core::sc_time& end) = 0;

 protected:
  ~NonblockingHost() = default;
};

/// The initiator's side.
class NonblockingPort {
 public:
  NonblockingPort(NonblockingHost& host, PhaseScheduler& scheduler, TimingTable& timings)
      : host_(host), scheduler_(scheduler), timings_(timings) {}
  NonblockingPort(const NonblockingPort&) = delete;
  NonblockingPort& operator=(const NonblockingPort&) = delete;
  ~NonblockingPort();

  PhaseScheduler& scheduler() { return scheduler_; }
  const Contender& contender() const { return host_.contender(); }
  NonblockingHost& host() { return host_; }
  /// The initiator is in the middle of a call, and must not be called back (11.2.3.4 c).
  bool called() const { return calls_ != 0; }

  /// The initiator's nb_transport_fw.
  tlm::tlm_sync_enum forward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    const CallCount during(calls_);
    return hear(payload, phase, delay);
  }

  /// At the time it takes effect: the target accepted the request.
  void accepted(const FlightPointer& flight);
  /// At the time it takes effect: the response is there. It is sent when the initiator takes responses.
  void responded(const FlightPointer& flight);

 private:
  tlm::tlm_sync_enum hear(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum begin_request(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum end_response(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  tlm::tlm_sync_enum ignore_phase(const tlm::tlm_generic_payload& payload);
  bool ends_at_once(const tlm::tlm_generic_payload& payload, NonblockingHost::Destination destination,
                    const FlatRange& range, const RegionTiming* timing) const;
  /// True if a request for `bytes` would be served before one of those before `number` for some of the same bytes,
  /// where nobody else sees to their order: one of the two is served by a thread.
  bool overtakes(const std::optional<AddressRange>& bytes, std::uint64_t number, bool by_thread) const;
  bool overtakes(const Flight& flight) const { return overtakes(flight.bytes, flight.number, flight.by_thread); }
  bool response_in_progress() const { return responding_ != nullptr && responding_->port != nullptr; }
  void start_in_turn(const FlightPointer& flight);
  void start(const FlightPointer& flight);
  void serve(const FlightPointer& flight);
  void serve_in_thread(const FlightPointer& flight);
  void join_queue(const FlightPointer& flight);
  static void choose_from_queue(const std::shared_ptr<RegionTiming>& timing);
  void send_response();
  void finish(const FlightPointer& flight, const sc_core::sc_time& delay);
  tlm::tlm_sync_enum call_back(const FlightPointer& flight, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum refuse(tlm::tlm_generic_payload& payload, const char* rule);
  void complain(const tlm::tlm_generic_payload& payload, const char* rule) const;

  NonblockingHost& host_;
  PhaseScheduler& scheduler_;
  TimingTable& timings_;
  PayloadMap<FlightPointer> flights_;
  unsigned calls_ = 0;  ///< Of the initiator's, one within the other.
  std::uint64_t next_number_ = 0;
  std::size_t in_threads_ = 0;  ///< How many are for threads to serve, and not served.
  std::size_t held_up_ = 0;     ///< Threads that must not overtake, and wait for...
  sc_core::sc_event served_;
  FlightPointer requesting_;  ///< Its END_REQ is not sent yet.
  FlightPointer responding_;  ///< Its BEGIN_RESP is sent, its END_RESP did not come yet.
  std::deque<FlightPointer> responses_;
};

}  // namespace sc_memory
