// What a port is told and asked besides the transport of transactions: settings, spaces, observers, direct pointers.
#include "sc_memory/tlm/initiator_port.h"

#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/map/map_error.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"

namespace sc_memory {

namespace {

/// What the space's policy has to say becomes an sc_report, unless somebody listens already.
void report_through_systemc(AccessPolicy& policy) {
  if (policy.report) return;
  policy.report = [](AccessPolicy::Severity severity, const std::string& message) {
    if (severity == AccessPolicy::Severity::fatal)
      SC_REPORT_FATAL(kAccessMessage, message.c_str());
    else
      SC_REPORT_WARNING(kAccessMessage, message.c_str());
  };
}

}  // namespace

InitiatorPort::InitiatorPort(std::string name, AddressSpace& space, const Surroundings& surroundings)
    : name_(std::move(name)),
      timings_(surroundings.timings),
      contender_{surroundings.index},
      main_(space, surroundings.timings, invalidator()),
      nonblocking_(*this, surroundings.scheduler, surroundings.timings) {
  report_through_systemc(space.policy());
}

InitiatorPort::~InitiatorPort() = default;

DmiGrants::Invalidate InitiatorPort::invalidator() {
  return [this](const AddressRange& range, const std::vector<DmiLedger::Held>& taken, DmiCause cause) {
    invalidate(range, taken, cause);
  };
}

std::string InitiatorPort::claim_socket_name() const {
  if (socket_ != nullptr)
    SC_REPORT_ERROR(kBindingMessage,
                    fmt::format("port '{}' is bound to a second initiator; create a port for each", name_).c_str());
  return sc_core::sc_gen_unique_name((name_ + "_port").c_str());
}

std::vector<const AddressSpace*> InitiatorPort::spaces() const {
  std::vector<const AddressSpace*> spaces{&main_.space};
  for (const auto& lane : others_) spaces.push_back(&lane->space);
  return spaces;
}

bool InitiatorPort::looks_at(const AddressSpace& space) const {
  return &main_.space == &space ||
         std::any_of(others_.begin(), others_.end(), [&](const auto& lane) { return &lane->space == &space; });
}

void InitiatorPort::elaborated(const SocketOwners& owners) { initiator_.find(owners, *this, *socket_->backward()); }

InitiatorPort& InitiatorPort::select_space(SpaceSelector selector) {
  selector_ = std::move(selector);
  update_plain();
  return *this;
}

InitiatorPort& InitiatorPort::add_space(AddressSpace& space) {
  if (looks_at(space))
    throw MapError(fmt::format("port '{}' looks at address space '{}' already", name_, space.name()));
  report_through_systemc(space.policy());
  others_.push_back(std::make_unique<PortLane>(space, timings_, invalidator()));
  for (const DmiHold* hold : holds_) others_.back()->grants.hold_back(*hold);
  return *this;
}

InitiatorPort& InitiatorPort::secure_space(AddressSpace& space) {
  return add_space(space).select_space(
      [&space](const Attributes& attributes) { return attributes.secure ? &space : nullptr; });
}

InitiatorPort& InitiatorPort::priority(int priority) {
  contender_.priority = priority;
  return *this;
}

InitiatorPort& InitiatorPort::weight(unsigned weight) {
  contender_.weight = std::max(weight, 1U);
  return *this;
}

void InitiatorPort::take_back_grants_of(const MemoryRegion& region) {
  main_.grants.take_back_grants_of(region);
  for (const auto& lane : others_) lane->grants.take_back_grants_of(region);
}

InitiatorPort& InitiatorPort::allow_dmi(bool allowed) {
  main_.grants.allow(allowed);
  main_.forget();
  for (const auto& lane : others_) lane->grants.allow(allowed);
  return *this;
}

void InitiatorPort::hold_back(const DmiHold& hold) {
  holds_.push_back(&hold);
  main_.grants.hold_back(hold);
  main_.forget();
  for (const auto& lane : others_) lane->grants.hold_back(hold);
}

void InitiatorPort::let_go(const DmiHold& hold) {
  holds_.erase(std::remove(holds_.begin(), holds_.end(), &hold), holds_.end());
  main_.grants.let_go(hold);
  main_.forget();
  for (const auto& lane : others_) lane->grants.let_go(hold);
}

void InitiatorPort::add_observer(PortObserver& observer) {
  observers_.add(observer);
  update_plain();
}

void InitiatorPort::remove_observer(PortObserver& observer) {
  observers_.remove(observer);
  update_plain();
}

PortLane& InitiatorPort::selected_lane(const tlm::tlm_generic_payload& payload) {
  const AddressSpace* chosen = selector_(attributes_of(payload));
  if (chosen == nullptr || chosen == &main_.space) return main_;
  const auto lane =
      std::find_if(others_.begin(), others_.end(), [&](const auto& other) { return &other->space == chosen; });
  if (lane != others_.end()) return **lane;
  if (!std::exchange(selection_reported_, true))
    SC_REPORT_WARNING(kBindingMessage,
                      fmt::format("port '{}': a transaction selects address space '{}', which the port was not given; "
                                  "call add_space() with it",
                                  name_, chosen->name())
                          .c_str());
  return main_;
}

bool InitiatorPort::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  if (!payload.is_read() && !payload.is_write()) {
    // IEEE 1666 11.3.4 g: there is no such request, and so no answer that would hold for more than it.
    dmi.init();
    dmi.set_start_address(payload.get_address());
    dmi.set_end_address(payload.get_address());
    return false;
  }
  const DmiGrants::Told told = lane_of(payload).grants.answer(payload, dmi);
  if (told.granted && !timings_.empty()) add_latencies(*told.region, dmi);
  if (told.held && observers_.any()) {
    const AddressRange range{dmi.get_start_address(), dmi.get_end_address()};
    observers_.tell([&](PortObserver& observer) {
      if (told.granted)
        observer.granted(*this, told.region, range);
      else
        observer.refused(*this, told.region, range);
    });
  }
  return told.granted;
}

// IEEE 1666 11.3.5 ac: latencies add up on the way back.
void InitiatorPort::add_latencies(const MemoryRegion& region, tlm::tlm_dmi& dmi) const {
  const auto timing = timings_.find(region);
  if (timing == nullptr) return;
  const unsigned word = socket_->word_length();
  dmi.set_read_latency(dmi.get_read_latency() + timing->direct_latency(tlm::TLM_READ_COMMAND, word));
  dmi.set_write_latency(dmi.get_write_latency() + timing->direct_latency(tlm::TLM_WRITE_COMMAND, word));
}

void InitiatorPort::invalidate(const AddressRange& range, const std::vector<DmiLedger::Held>& taken, DmiCause cause) {
  if (observers_.any()) {
    for (const DmiLedger::Held& held : taken) {
      observers_.tell([&](PortObserver& observer) {
        observer.invalidated(*this, held.answer.region, held.answer.granted, held.range, cause);
      });
    }
  }
  if (initiator_.exists()) socket_->backward()->invalidate_direct_mem_ptr(range.first, range.last);
}

void InitiatorPort::waited(const MemoryRegion* region, const InitiatorPort& behind, const sc_core::sc_time& duration) {
  if (observers_.any())
    observers_.tell([&](PortObserver& observer) { observer.waited(*this, region, behind, duration); });
}

}  // namespace sc_memory
