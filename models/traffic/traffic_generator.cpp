// Accesses one by one: taken from the pattern, made when they are due, accounted for when they have ended.
#include "models/traffic/traffic_generator.h"

#include <algorithm>
#include <utility>

#include "models/traffic/traffic_error.h"

namespace sc_memory::models {

namespace {

const sc_core::sc_time& never() {
  static const sc_core::sc_time time = sc_core::sc_max_time();
  return time;
}

}  // namespace

TrafficGenerator::TrafficGenerator(const sc_core::sc_module_name& name, std::unique_ptr<AccessPattern> pattern,
                                   const TrafficConfig& config)
    : sc_module(name),
      pattern_(std::move(pattern)),
      config_(config),
      paces_(config.seed),
      data_(~config.seed),
      next_due_(config.start) {
  socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
  const bool blocking = config.style != TrafficConfig::Style::nonblocking;
  working_ = blocking ? 1 : std::max(config.outstanding, 1U);
  for (unsigned i = 0; i < working_; ++i) {
    flights_.push_back(std::make_unique<Flight>());
    sc_core::sc_spawn([this, blocking, flight = flights_.back().get()] {
      if (blocking)
        work_blocking(*flight);
      else
        work_nonblocking(*flight);
      worker_done();
    });
  }
}

void TrafficGenerator::worker_done() {
  if (--working_ == 0 && on_finished_) on_finished_();
}

sc_core::sc_time TrafficGenerator::draw_pace() {
  return config_.exponential ? config_.pace * paces_.exponential() : config_.pace;
}

/// `ready`: when an access could be made that is not due at a time of its own.
bool TrafficGenerator::take_next(Flight& flight, const sc_core::sc_time& ready) {
  if (exhausted_ || (config_.count != 0 && taken_ == config_.count)) return false;
  std::optional<Access> access;
  try {
    access = pattern_->next();
  } catch (const TrafficError& error) {
    error_ = error.what();
  }
  exhausted_ = !access;
  if (exhausted_) return false;
  ++taken_;
  flight.access = *access;
  flight.due = ready;
  if (access->due) {
    flight.due = config_.start + *access->due;
  } else if (config_.pacing == TrafficConfig::Pacing::interval) {
    flight.due = next_due_;
    next_due_ += draw_pace();
  }
  return true;
}

void TrafficGenerator::prepare(Flight& flight) {
  const Access& access = flight.access;
  flight.data.resize(access.length);
  const bool write = access.command == tlm::TLM_WRITE_COMMAND;
  if (write && !pattern_->give(access, flight.data.data())) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < flight.data.size(); ++i, bits >>= 8) {
      if (i % 8 == 0) bits = data_.bits();
      flight.data[i] = static_cast<unsigned char>(bits);
    }
  }
  const auto range = config_.check ? AddressRange::sized(access.address, access.length) : std::nullopt;
  if (range && range->size() == access.length)
    flight.ticket = write ? written_.begin_write(*range, flight.data.data()) : written_.begin_read(*range);
}

void TrafficGenerator::end(Flight& flight, tlm::tlm_response_status response, const sc_core::sc_time& time) {
  const bool done = response == tlm::TLM_OK_RESPONSE;
  const bool write = flight.access.command == tlm::TLM_WRITE_COMMAND;
  if (done) {
    ++(write ? totals_.writes : totals_.reads);
    totals_.bytes += flight.access.length;
    if (!write) pattern_->take(flight.access, flight.data.data());
  } else {
    ++totals_.errors;
  }
  if (flight.ticket) {
    if (write)
      written_.end_write(*flight.ticket, done);
    else if (const std::size_t wrong = written_.end_read(*flight.ticket, flight.data.data()); done)
      totals_.wrong_bytes += wrong;
    flight.ticket.reset();
  }
  const sc_core::sc_time latency = time - flight.due;
  totals_.latency += latency;
  totals_.greatest_latency = std::max(totals_.greatest_latency, latency);
  totals_.last_end = std::max(totals_.last_end, time);
}

void TrafficGenerator::work_blocking(Flight& flight) {
  local_.reset();
  sc_core::sc_time ready = config_.start;
  while (take_next(flight, ready)) {
    if (flight.due > local_.get_current_time()) {
      local_.set(flight.due - sc_core::sc_time_stamp());
      if (local_.need_sync()) local_.sync();
    }
    prepare(flight);
    sc_core::sc_time delay = local_.get_local_time();
    const tlm::tlm_response_status response = transport(flight, delay);
    local_.set(delay);
    end(flight, response, local_.get_current_time());
    ready = local_.get_current_time();
    if (config_.pacing == TrafficConfig::Pacing::pause) ready += draw_pace();
    if (local_.need_sync()) local_.sync();
  }
  local_.sync();
}

tlm::tlm_response_status TrafficGenerator::transport(Flight& flight, sc_core::sc_time& delay) {
  const Access& access = flight.access;
  if (config_.style == TrafficConfig::Style::direct) {
    return access.command == tlm::TLM_WRITE_COMMAND
               ? memory_.write(access.address, flight.data.data(), access.length, delay)
               : memory_.read(access.address, flight.data.data(), access.length, delay);
  }
  tlm::tlm_generic_payload& payload = pool_.make(access.command, access.address, flight.data);
  socket->b_transport(payload, delay);
  const tlm::tlm_response_status response = payload.get_response_status();
  payload.release();
  return response;
}

void TrafficGenerator::work_nonblocking(Flight& flight) {
  for (bool first = true;; first = false) {
    if (!first && config_.pacing == TrafficConfig::Pacing::pause) sc_core::wait(draw_pace());
    const sc_core::sc_time ready = first ? config_.start : sc_core::sc_time_stamp();
    take_turn(flight);
    const bool more = take_next(flight, ready);
    if (more) {
      if (flight.due > sc_core::sc_time_stamp()) sc_core::wait(flight.due - sc_core::sc_time_stamp());
      while (flight.access.after_all && in_flight_ > 0) sc_core::wait(ended_);
      request(flight);
    }
    end_turn();
    if (!more) return;
    await(flight, flight.ends_at);
    if (flight.owes_end_response) {
      tlm::tlm_phase phase = tlm::END_RESP;
      sc_core::sc_time delay;
      socket->nb_transport_fw(*flight.payload, phase, delay);
    }
    end(flight, flight.payload->get_response_status(), sc_core::sc_time_stamp());
    sent_.erase(flight.payload);
    flight.payload->release();
    flight.payload = nullptr;
    --in_flight_;
    ended_.notify();
  }
}

void TrafficGenerator::take_turn(Flight& flight) {
  if (!std::exchange(issuing_, true)) return;
  turns_.push_back(&flight);
  sc_core::wait(flight.has_turn);
}

void TrafficGenerator::end_turn() {
  issuing_ = !turns_.empty();
  if (!issuing_) return;
  turns_.front()->has_turn.notify();
  turns_.pop_front();
}

/// Returns when the request is accepted, so that the next one may be sent (IEEE 1666 15.2.6 e).
void TrafficGenerator::request(Flight& flight) {
  prepare(flight);
  flight.payload = &pool_.make(flight.access.command, flight.access.address, flight.data);
  sent_.insert(flight.payload, &flight);
  flight.accepted_at = flight.ends_at = never();
  flight.owes_end_response = false;
  ++in_flight_;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  switch (socket->nb_transport_fw(*flight.payload, phase, delay)) {
    case tlm::TLM_COMPLETED:
      // Nothing is left of the request; the next one does not wait for the end.
      flight.accepted_at = sc_core::sc_time_stamp();
      flight.ends_at = sc_core::sc_time_stamp() + delay;
      break;
    case tlm::TLM_UPDATED:
      hear(flight, phase, delay);
      // IEEE 1666 15.2.3: a response that comes by the return path is ended by a call.
      flight.owes_end_response = phase == tlm::BEGIN_RESP;
      break;
    case tlm::TLM_ACCEPTED:
      break;
  }
  await(flight, flight.accepted_at);
}

void TrafficGenerator::await(Flight& flight, const sc_core::sc_time& time) {
  while (time > sc_core::sc_time_stamp()) {
    if (time == never())
      sc_core::wait(flight.heard);
    else
      sc_core::wait(time - sc_core::sc_time_stamp(), flight.heard);
  }
}

void TrafficGenerator::hear(Flight& flight, const tlm::tlm_phase& phase, const sc_core::sc_time& delay) {
  const sc_core::sc_time time = sc_core::sc_time_stamp() + delay;
  if (phase == tlm::BEGIN_RESP) flight.ends_at = time;
  // BEGIN_RESP stands for END_REQ too (IEEE 1666 15.2.3 e).
  if (phase == tlm::BEGIN_RESP || phase == tlm::END_REQ) flight.accepted_at = std::min(flight.accepted_at, time);
  flight.heard.notify();
}

tlm::tlm_sync_enum TrafficGenerator::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                     sc_core::sc_time& delay) {
  Flight* const* const flight = sent_.find(&payload);
  if (flight == nullptr) return tlm::TLM_ACCEPTED;
  hear(**flight, phase, delay);
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
  (*flight)->owes_end_response = config_.end_response;
  return config_.end_response ? tlm::TLM_ACCEPTED : tlm::TLM_COMPLETED;
}

}  // namespace sc_memory::models
