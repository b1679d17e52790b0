// The initiator's side of the base protocol.
#include "sc_memory/tlm/nonblocking.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/nonblocking_target.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

NonblockingPort::~NonblockingPort() {
  flights_.any_of([](const FlightPointer& flight) {
    flight->port = nullptr;
    return false;
  });
}

void NonblockingPort::complain(const tlm::tlm_generic_payload& payload, const char* rule) const {
  SC_REPORT_WARNING(kProtocolMessage, fmt::format("the initiator at port '{}', address {:#x}, {}", host_.port_name(),
                                                  payload.get_address(), rule)
                                          .c_str());
}

tlm::tlm_sync_enum NonblockingPort::refuse(tlm::tlm_generic_payload& payload, const char* rule) {
  complain(payload, rule);
  payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  return tlm::TLM_COMPLETED;
}

tlm::tlm_sync_enum NonblockingPort::hear(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                         sc_core::sc_time& delay) {
  switch (static_cast<unsigned>(phase)) {
    case tlm::BEGIN_REQ:
      return begin_request(payload, delay);
    case tlm::END_RESP:
      return end_response(payload, delay);
    case tlm::UNINITIALIZED_PHASE:
    case tlm::END_REQ:
    case tlm::BEGIN_RESP:
      complain(payload, "sent a phase that only targets send (IEEE 1666 15.2.3 c)");
      return tlm::TLM_ACCEPTED;
    default:
      return ignore_phase(payload);
  }
}

tlm::tlm_sync_enum NonblockingPort::ignore_phase(const tlm::tlm_generic_payload& payload) {
  if (!flights_.contains(&payload))
    complain(payload, "sent a phase before BEGIN_REQ or after END_RESP (IEEE 1666 15.2.5 e)");
  return tlm::TLM_ACCEPTED;
}

tlm::tlm_sync_enum NonblockingPort::begin_request(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (flights_.contains(&payload)) {
    complain(payload, "sent BEGIN_REQ with a transaction that is in flight (IEEE 1666 15.2.4)");
    return tlm::TLM_ACCEPTED;
  }
  if (!payload.has_mm())
    return refuse(payload, "sent BEGIN_REQ with a transaction that has no memory manager (IEEE 1666 15.2.3 p)");
  if (requesting_ != nullptr)
    return refuse(payload, "sent BEGIN_REQ while another of its requests was not accepted yet (IEEE 1666 15.2.6 e)");
  FlatRange range{};
  const auto destination = host_.destination_of(payload, range);
  std::shared_ptr<RegionTiming> timing;
  if (destination == NonblockingHost::Destination::range) timing = timings_.find(*range.region);
  const std::optional<AddressRange> bytes = covered_range(payload);
  if (ends_at_once(payload, destination, range, timing.get()) && !response_in_progress() &&
      !overtakes(bytes, next_number_, false)) {
    host_.transport(payload, delay);
    return tlm::TLM_COMPLETED;
  }
  const FlightPointer flight(new Flight);
  flight->payload = &payload;
  flight->port = this;
  flight->address = payload.get_address();
  flight->number = next_number_++;
  flight->bytes = bytes;
  flight->range = range;
  flight->in_pieces = destination != NonblockingHost::Destination::range;
  flight->timing = std::move(timing);
  if (!flight->in_pieces) {
    flight->lifetime = range.region->lifetime();
    if (range.service == Service::target) flight->target = static_cast<TargetRegion&>(*range.region).backward();
  }
  const bool queues = flight->timing != nullptr && flight->timing->one_at_a_time();
  flight->by_thread = flight->target == nullptr && !(queues && range.service == Service::memory);
  if (flight->by_thread) ++in_threads_;
  payload.acquire();
  flights_.insert(&payload, flight);
  requesting_ = flight;
  flight->begin_request = sc_core::sc_time_stamp() + delay;
  // Of pieces, the blocking transports that serve them are told of.
  if (!flight->in_pieces) flight->begun = host_.began(flight->begin_request);
  scheduler_.at(flight->begin_request, [this, flight] { start_in_turn(flight); });
  return tlm::TLM_ACCEPTED;
}

bool NonblockingPort::ends_at_once(const tlm::tlm_generic_payload& payload, NonblockingHost::Destination destination,
                                   const FlatRange& range, const RegionTiming* timing) const {
  if (destination == NonblockingHost::Destination::ended) return true;
  if (destination == NonblockingHost::Destination::pieces || range.service == Service::target) return false;
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND || range.service == Service::reservation) return true;
  return range.service == Service::memory && (timing == nullptr || !timing->one_at_a_time());
}

bool NonblockingPort::overtakes(const std::optional<AddressRange>& bytes, std::uint64_t number, bool by_thread) const {
  if (!bytes || (!by_thread && in_threads_ == 0)) return false;
  return flights_.any_of([&](const FlightPointer& other) {
    return !other->served && other->number < number && (by_thread || other->by_thread) && other->bytes &&
           other->bytes->overlaps(*bytes);
  });
}

void NonblockingPort::start_in_turn(const FlightPointer& flight) {
  if (!overtakes(*flight)) {
    start(flight);
    return;
  }
  scheduler_.in_thread([this, flight] {
    ++held_up_;
    while (overtakes(*flight)) sc_core::wait(served_);
    --held_up_;
    start(flight);
  });
}

void NonblockingPort::start(const FlightPointer& flight) {
  RegionTiming* const timing = flight->timing.get();
  const bool one_at_a_time = timing != nullptr && timing->one_at_a_time();
  if (flight->target != nullptr) {
    const sc_core::sc_time held =
        timing == nullptr || one_at_a_time
            ? sc_core::SC_ZERO_TIME
            : timing->service_time(flight->payload->get_command(), flight->payload->get_data_length());
    if (held == sc_core::SC_ZERO_TIME)
      flight->target->request(flight);
    else
      scheduler_.at(sc_core::sc_time_stamp() + held, [flight] { flight->target->request(flight); });
  } else if (one_at_a_time) {
    join_queue(flight);
  } else {
    accepted(flight);
    serve_in_thread(flight);
  }
}

void NonblockingPort::serve(const FlightPointer& flight) {
  if (flight->lifetime.expired())
    flight->failed = true;
  else
    host_.serve_here(flight->range, *flight->payload);
}

void NonblockingPort::serve_in_thread(const FlightPointer& flight) {
  scheduler_.in_thread([this, flight] {
    tlm::tlm_generic_payload& payload = *flight->payload;
    sc_core::sc_time delay;
    if (flight->in_pieces) {
      host_.transport(payload, delay);
    } else {
      if (flight->timing != nullptr && !flight->timing->one_at_a_time())
        flight->timing->add_to(delay, contender(), payload.get_command(), payload.get_data_length());
      serve(flight);
    }
    if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
    responded(flight);
  });
}

void NonblockingPort::join_queue(const FlightPointer& flight) {
  RequestQueue& queue = flight->timing->queue();
  flight->queued = sc_core::sc_time_stamp();
  queue.waiting.push_back(flight);
  if (std::exchange(queue.choice_pending, true)) return;
  // Whoever comes at the same time takes part in the choice.
  scheduler_.soon([timing = flight->timing] { choose_from_queue(timing); });
}

void NonblockingPort::choose_from_queue(const std::shared_ptr<RegionTiming>& timing) {
  RequestQueue& queue = timing->queue();
  PhaseScheduler& scheduler = queue.waiting.front()->port->scheduler_;
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const sc_core::sc_time free = timing->time_line().free_from();
  if (free > now) {
    scheduler.at(free, [timing] { choose_from_queue(timing); });
    return;
  }
  const FlightPointer flight = take_next(queue.waiting, timing.get(), queue.served);
  NonblockingPort& port = *flight->port;
  const sc_core::sc_time service =
      timing->service_time(flight->payload->get_command(), flight->payload->get_data_length());
  timing->time_line().occupy(timing->arbitration(), port.contender(), service);
  scheduler.at(now + service, [&port, flight] {
    if (flight->range.service == Service::memory) {
      port.serve(flight);
      port.responded(flight);
    } else {
      port.serve_in_thread(flight);
    }
  });
  queue.choice_pending = !queue.waiting.empty();
  if (queue.choice_pending) scheduler.at(now + service, [timing] { choose_from_queue(timing); });
  port.accepted(flight);
}

tlm::tlm_sync_enum NonblockingPort::call_back(const FlightPointer& flight, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  tlm::tlm_bw_transport_if<>* const initiator = host_.backward();
  if (initiator == nullptr) return tlm::TLM_COMPLETED;
  tlm::tlm_generic_payload& payload = *flight->payload;
  const Address meanwhile = payload.get_address();
  payload.set_address(flight->address);
  // The initiator may be done with the payload when the call returns.
  payload.acquire();
  const tlm::tlm_sync_enum status = initiator->nb_transport_bw(payload, phase, delay);
  if (meanwhile != flight->address) payload.set_address(meanwhile);
  payload.release();
  return status;
}

void NonblockingPort::accepted(const FlightPointer& flight) {
  if (requesting_ != flight) return;
  requesting_ = nullptr;
  flight->end_request = sc_core::sc_time_stamp();
  tlm::tlm_phase phase = tlm::END_REQ;
  sc_core::sc_time delay;
  const tlm::tlm_sync_enum status = call_back(flight, phase, delay);
  if (status == tlm::TLM_COMPLETED || (status == tlm::TLM_UPDATED && phase <= tlm::END_RESP))
    complain(*flight->payload, "answered END_REQ as if it ended the transaction (IEEE 1666 15.2.4)");
}

void NonblockingPort::responded(const FlightPointer& flight) {
  flight->served = true;
  if (flight->by_thread) --in_threads_;
  if (held_up_ != 0) served_.notify(sc_core::SC_ZERO_TIME);
  responses_.push_back(flight);
  send_response();
  // What has to wait must not keep the initiator from sending requests.
  if (responding_ != flight) accepted(flight);
}

void NonblockingPort::send_response() {
  if (responding_ != nullptr || responses_.empty()) return;
  const FlightPointer flight = responses_.front();
  responses_.pop_front();
  responding_ = flight;
  tlm::tlm_generic_payload& payload = *flight->payload;
  payload.set_address(flight->address);
  if (flight->failed)
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  else if (flight->target != nullptr && !flight->lifetime.expired())
    host_.answered(payload);
  // BEGIN_RESP stands for END_REQ too (IEEE 1666 15.2.3 l).
  flight->begin_response = sc_core::sc_time_stamp();
  if (requesting_ == flight) {
    requesting_ = nullptr;
    flight->end_request = flight->begin_response;
  }
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay;
  const tlm::tlm_sync_enum status = call_back(flight, phase, delay);
  if (status == tlm::TLM_COMPLETED || (status == tlm::TLM_UPDATED && phase == tlm::END_RESP))
    finish(flight, delay);
  else if (status == tlm::TLM_UPDATED && phase < tlm::END_RESP)
    complain(payload, "answered BEGIN_RESP with a phase other than END_RESP (IEEE 1666 15.2.4)");
}

tlm::tlm_sync_enum NonblockingPort::end_response(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  if (responding_ == nullptr || responding_->payload != &payload || responding_->port == nullptr) {
    complain(payload, "sent END_RESP for a transaction that has no response in progress (IEEE 1666 15.2.4)");
    return tlm::TLM_ACCEPTED;
  }
  const FlightPointer flight = responding_;
  finish(flight, delay);
  return tlm::TLM_COMPLETED;
}

void NonblockingPort::finish(const FlightPointer& flight, const sc_core::sc_time& delay) {
  if (flight->port == nullptr) return;
  flight->port = nullptr;
  tlm::tlm_generic_payload& payload = *flight->payload;
  flights_.erase(&payload);
  if (flight->target != nullptr) flight->target->end_response(flight, delay);
  host_.ended(*flight, sc_core::sc_time_stamp() + delay);
  payload.release();
  if (delay == sc_core::SC_ZERO_TIME && responses_.empty()) {
    responding_ = nullptr;
    return;
  }
  scheduler_.at(sc_core::sc_time_stamp() + delay, [this] {
    responding_ = nullptr;
    send_response();
  });
}

}  // namespace sc_memory
