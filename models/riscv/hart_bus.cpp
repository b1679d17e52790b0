// Transports, grants and refusals.
#include "models/riscv/hart_bus.h"

#include <algorithm>
#include <utility>

namespace sc_memory::models::riscv {
namespace {

// More than a machine's memory is ever cut into; beyond it the oldest is forgotten, which costs another request.
constexpr size_t grant_limit = 64;

template <class Range>
void erase_overlapping(std::vector<Range>& ranges, uint64_t first, uint64_t last) {
  ranges.erase(std::remove_if(ranges.begin(), ranges.end(),
                              [=](const Range& range) { return range.first <= last && range.last >= first; }),
               ranges.end());
}

}  // namespace

HartBus::HartBus(Socket& socket, HartState& state, HartClock& clock, HartCounters& counters)
    : socket_(socket), state_(state), clock_(clock), counters_(counters) {
  payload_.set_byte_enable_ptr(nullptr);
  payload_.set_byte_enable_length(0);
}

const HartBus::Grant* HartBus::find(uint64_t address, uint64_t size, Access access) {
  for (Grant& grant : grants_) {
    if (!grant.covers(address, size) || !grant.permits(access)) continue;
    if (&grant != &grants_.front()) std::swap(grant, grants_.front());
    return &grants_.front();
  }
  return nullptr;
}

bool HartBus::transport(uint64_t address, uint8_t* data, unsigned size, Access access) {
  payload_.set_command(access == Access::write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload_.set_address(address);
  payload_.set_data_ptr(data);
  payload_.set_data_length(size);
  payload_.set_streaming_width(size);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  uint64_t* const counter = access == Access::read    ? &counters_.transported_loads
                            : access == Access::write ? &counters_.transported_stores
                                                      : &counters_.transported_fetches;
  ++*counter;

  sc_core::sc_time offset = clock_.local_offset();
  const sc_dt::uint64 delta = sc_core::sc_delta_count();
  socket_->b_transport(payload_, offset);
  // The target has waited, so others have run. Code that is fetched from such a target must still be able to loop until
  // its SC succeeds.
  if (sc_core::sc_delta_count() != delta && access != Access::fetch) state_.reservation.valid = false;
  clock_.set_local_offset(offset);

  const bool ok = payload_.is_response_ok();
  if (ok && payload_.is_dmi_allowed() && !refused(address, access)) request_grant(address, access);
  return ok;
}

bool HartBus::debug(uint64_t address, uint8_t* data, unsigned size, Access access) {
  tlm::tlm_generic_payload payload;
  payload.set_command(access == Access::write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(size);
  payload.set_streaming_width(size);
  return socket_->transport_dbg(payload) == size;
}

void HartBus::add_latency(const sc_core::sc_time& latency) {
  if (latency != sc_core::SC_ZERO_TIME) clock_.set_local_offset(clock_.local_offset() + latency);
}

bool HartBus::refused(uint64_t address, Access access) const {
  const bool write = access == Access::write;
  return std::any_of(refusals_.begin(), refusals_.end(), [=](const Refusal& refusal) {
    return address >= refusal.first && address <= refusal.last && write == (refusal.access == Access::write);
  });
}

void HartBus::request_grant(uint64_t address, Access access) {
  tlm::tlm_dmi descriptor;
  payload_.set_command(access == Access::write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload_.set_address(address);
  ++counters_.dmi_requests;
  const bool granted = socket_->get_direct_mem_ptr(payload_, descriptor);
  const uint64_t first = descriptor.get_start_address();
  const uint64_t last = descriptor.get_end_address();
  const bool holds_address = first <= address && address <= last;
  const bool permitted = access == Access::write ? descriptor.is_write_allowed() : descriptor.is_read_allowed();
  if (!granted || !holds_address || !permitted || descriptor.get_dmi_ptr() == nullptr) {
    if (refusals_.size() == grant_limit) refusals_.erase(refusals_.begin());
    refusals_.push_back(holds_address ? Refusal{first, last, access} : Refusal{address, address, access});
    return;
  }
  ++counters_.dmi_grants;
  if (grants_.size() == grant_limit) grants_.pop_back();
  grants_.insert(grants_.begin(),
                 Grant{first, last, descriptor.get_dmi_ptr(), descriptor.is_read_allowed(),
                       descriptor.is_write_allowed(), descriptor.get_read_latency(), descriptor.get_write_latency()});
}

void HartBus::invalidate(uint64_t first, uint64_t last) {
  erase_overlapping(grants_, first, last);
  erase_overlapping(refusals_, first, last);
}

}  // namespace sc_memory::models::riscv
