// The target's side of the base protocol.
#include "sc_memory/tlm/nonblocking_target.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

namespace {

void tell_of_waits(const std::deque<FlightPointer>& waiting, const LastServed& served) {
  if (served.port == nullptr) return;
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  for (const FlightPointer& flight : waiting) {
    const sc_core::sc_time from = std::max(flight->queued, served.since);
    if (from < now && flight->port != nullptr && !flight->lifetime.expired())
      flight->port->host().waited(flight->range.region, *served.port, now - from);
  }
}

}  // namespace

FlightPointer take_next(std::deque<FlightPointer>& waiting, RegionTiming* timing, LastServed& served) {
  tell_of_waits(waiting, served);
  std::size_t chosen = 0;
  if (timing != nullptr && timing->one_at_a_time()) {
    std::vector<const Contender*> contenders;
    for (const FlightPointer& flight : waiting) contenders.push_back(&flight->port->contender());
    Turn turn = timing->time_line().turn();
    chosen = choose(timing->arbitration(), contenders, turn);
  }
  const auto position = waiting.begin() + static_cast<std::ptrdiff_t>(chosen);
  const FlightPointer flight = *position;
  waiting.erase(position);
  if (flight->port != nullptr) served = {&flight->port->host().port(), sc_core::sc_time_stamp()};
  return flight;
}

void NonblockingTarget::complain(const char* rule) const {
  SC_REPORT_WARNING(kProtocolMessage,
                    fmt::format("the target of '{}' {}", region_ != nullptr ? region_->name() : "", rule).c_str());
}

void NonblockingTarget::request(const FlightPointer& flight) {
  if (region_ == nullptr) {
    flight->failed = true;
    flight->port->responded(flight);
    return;
  }
  flight->queued = sc_core::sc_time_stamp();
  const bool arbitrated = flight->timing != nullptr && flight->timing->one_at_a_time();
  if (!arbitrated && requesting_ == nullptr && waiting_.empty()) {
    requesting_ = flight;
    served_ = {&flight->port->host().port(), flight->queued};
    send(flight);
    return;
  }
  waiting_.push_back(flight);
  if (requesting_ == nullptr) choose_at(flight->port->scheduler(), flight->queued);
}

void NonblockingTarget::choose_at(PhaseScheduler& scheduler, const sc_core::sc_time& time) {
  if (std::exchange(choice_pending_, true)) return;
  scheduler.at(time, [self = shared_from_this()] {
    self->choice_pending_ = false;
    self->choose();
  });
}

void NonblockingTarget::choose() {
  const auto gone = [](const FlightPointer& flight) { return flight->port == nullptr; };
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), gone), waiting_.end());
  if (requesting_ != nullptr || waiting_.empty() || region_ == nullptr) return;
  const std::shared_ptr<RegionTiming> timing = waiting_.front()->timing;
  PhaseScheduler& scheduler = waiting_.front()->port->scheduler();
  if (timing == nullptr || !timing->one_at_a_time()) {
    requesting_ = take_next(waiting_, nullptr, served_);
    send(FlightPointer(requesting_));
    return;
  }
  const sc_core::sc_time free = timing->time_line().free_from();
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  if (free > now) {
    choose_at(scheduler, free);
    return;
  }
  requesting_ = take_next(waiting_, timing.get(), served_);
  const FlightPointer flight = requesting_;
  const sc_core::sc_time service =
      timing->service_time(flight->payload->get_command(), flight->payload->get_data_length());
  timing->time_line().occupy(timing->arbitration(), flight->port->contender(), service);
  if (service == sc_core::SC_ZERO_TIME)
    send(flight);
  else
    scheduler.at(now + service, [flight] { flight->target->send(flight); });
}

tlm::tlm_sync_enum NonblockingTarget::call(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                           sc_core::sc_time& delay) {
  const CallCount during(calls_);
  return region_->transport_phase(payload, phase, delay);
}

void NonblockingTarget::send(const FlightPointer& flight) {
  if (region_ == nullptr || flight->port == nullptr) return;
  flight->at_target = Flight::AtTarget::requested;
  at_target_.insert(flight->payload, flight);
  flight->payload->acquire();
  flight->payload->set_address(flight->range.offset_of(flight->address));
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  const tlm::tlm_sync_enum status = call(*flight->payload, phase, delay);
  hear_answer(flight, status, phase, delay);
}

void NonblockingTarget::hear_answer(const FlightPointer& flight, tlm::tlm_sync_enum status, const tlm::tlm_phase& phase,
                                    const sc_core::sc_time& delay) {
  if (status == tlm::TLM_UPDATED) hear(flight, phase, delay);
  if (status == tlm::TLM_COMPLETED) hear_completed(flight, delay);
}

template <typename Effect>
void NonblockingTarget::when_effective(const FlightPointer& flight, const sc_core::sc_time& delay, Effect effect) {
  flight->target_time = std::max(flight->target_time, sc_core::sc_time_stamp() + delay);
  if (flight->port == nullptr) return;
  ++effects_;
  flight->port->scheduler().at(flight->target_time, [flight, effect] {
    --flight->target->effects_;
    (*flight->target.*effect)(flight);
  });
}

void NonblockingTarget::accept(const FlightPointer& flight) {
  request_ended(flight);
  if (flight->port != nullptr) flight->port->accepted(flight);
}

void NonblockingTarget::respond(const FlightPointer& flight) {
  request_ended(flight);
  if (flight->port != nullptr) flight->port->responded(flight);
}

/// The initiator may be called from within the target's call, but neither of them back; and nobody's phases are to
/// overtake others of the same target.
bool NonblockingTarget::may_take_effect_now(const FlightPointer& flight, const sc_core::sc_time& delay) const {
  return delay == sc_core::SC_ZERO_TIME && calls_ == 0 && effects_ == 0 && flight->port != nullptr &&
         !flight->port->called();
}

void NonblockingTarget::hear(const FlightPointer& flight, const tlm::tlm_phase& phase, const sc_core::sc_time& delay) {
  using AtTarget = Flight::AtTarget;
  if (phase == tlm::END_REQ && flight->at_target == AtTarget::requested) {
    flight->at_target = AtTarget::accepted;
    if (may_take_effect_now(flight, delay))
      accept(flight);
    else
      when_effective(flight, delay, &NonblockingTarget::accept);
    return;
  }
  const bool may_respond = flight->at_target == AtTarget::requested || flight->at_target == AtTarget::accepted;
  if (phase != tlm::BEGIN_RESP || !may_respond) {
    complain("sent a phase out of sequence (IEEE 1666 15.2.4)");
    return;
  }
  if (responding_ != nullptr)
    complain("sent BEGIN_RESP while another of its responses was not accepted yet (IEEE 1666 15.2.6 f)");
  check_response(flight);
  responding_ = flight;
  flight->at_target = AtTarget::responded;
  when_effective(flight, delay, &NonblockingTarget::respond);
}

void NonblockingTarget::hear_completed(const FlightPointer& flight, const sc_core::sc_time& delay) {
  const bool answered = flight->at_target == Flight::AtTarget::responded;
  forget(flight);
  // The response that came before is on its way to the initiator already.
  if (answered) return;
  if (responding_ != nullptr)
    complain("completed a request while another of its responses was not accepted yet (IEEE 1666 15.2.3 i)");
  check_response(flight);
  when_effective(flight, delay, &NonblockingTarget::respond);
}

void NonblockingTarget::check_response(const FlightPointer& flight) const {
  if (region_ != nullptr) region_->check_response(*flight->payload);
}

void NonblockingTarget::request_ended(const FlightPointer& flight) {
  if (requesting_ != flight) return;
  requesting_ = nullptr;
  if (waiting_.empty() || waiting_.front()->port == nullptr) return;
  choose_at(waiting_.front()->port->scheduler(), sc_core::sc_time_stamp());
}

void NonblockingTarget::forget(const FlightPointer& flight) {
  if (!at_target_.erase(flight->payload)) return;
  flight->at_target = Flight::AtTarget::done;
  if (responding_ == flight) responding_ = nullptr;
  flight->payload->release();
}

void NonblockingTarget::end_response(const FlightPointer& flight, const sc_core::sc_time& delay) {
  if (flight->at_target != Flight::AtTarget::responded) {
    // Only where the region went first: the target goes on with its own address.
    if (at_target_.contains(flight->payload)) flight->payload->set_address(flight->range.offset_of(flight->address));
    return;
  }
  if (region_ != nullptr) {
    tlm::tlm_generic_payload& payload = *flight->payload;
    tlm::tlm_phase phase = tlm::END_RESP;
    sc_core::sc_time annotation = delay;
    responding_ = nullptr;
    payload.set_address(flight->range.offset_of(flight->address));
    call(payload, phase, annotation);
    payload.set_address(flight->address);
  }
  forget(flight);
}

tlm::tlm_sync_enum NonblockingTarget::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                      sc_core::sc_time& delay) {
  const FlightPointer* const found = at_target_.find(&payload);
  if (found == nullptr) {
    complain("called nb_transport_bw for a transaction that it does not have (IEEE 1666 15.2.4)");
    return tlm::TLM_COMPLETED;
  }
  const FlightPointer flight = *found;
  if (flight->port == nullptr || flight->failed) {
    // Nobody waits for it any more: the region or the initiator is gone.
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    forget(flight);
    return tlm::TLM_COMPLETED;
  }
  // Phases that the router does not know are ignored, and go no further (IEEE 1666 15.2.5 g).
  if (phase <= tlm::END_RESP) hear(flight, phase, delay);
  return tlm::TLM_ACCEPTED;
}

void NonblockingTarget::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  if (region_ != nullptr) region_->take_back(first, last);
}

void NonblockingTarget::region_destroyed(std::shared_ptr<void> socket) {
  region_ = nullptr;
  std::deque<FlightPointer> ended = std::exchange(waiting_, {});
  if (requesting_ != nullptr && requesting_->at_target == Flight::AtTarget::waiting) ended.push_back(requesting_);
  requesting_ = nullptr;
  at_target_.any_of([&](const FlightPointer& flight) {
    if (flight->at_target != Flight::AtTarget::responded) ended.push_back(flight);
    return false;
  });
  for (const FlightPointer& flight : ended) {
    if (flight->port == nullptr) continue;
    flight->failed = true;
    flight->port->scheduler().soon([flight] {
      if (flight->port != nullptr) flight->port->responded(flight);
    });
  }
  if (at_target_.empty() || !sc_core::sc_is_running()) return;
  // The target may still answer, through a socket that nothing else would keep. There is no later time at which it is
  // known to be done.
  static auto* const kept = new std::vector<std::shared_ptr<NonblockingTarget>>;
  socket_ = std::move(socket);
  kept->push_back(shared_from_this());
}

}  // namespace sc_memory
