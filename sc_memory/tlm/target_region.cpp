// The region's side of a bound target: its handler for plain accesses, and the way back of invalidations.
#include "sc_memory/tlm/target_region.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <fmt/format.h>
#include <utility>

#include "sc_memory/map/section_walk.h"
#include "sc_memory/tlm/initiator_port.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/nonblocking_target.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/process_exceptions.h"

namespace sc_memory {

namespace {

/// Serves accesses that do not come through a router: AddressSpace::read and write. Blocking, without annotated delay;
/// a target that waits needs the caller to be a thread process.
class TargetHandler final : public IoHandler {
 public:
  explicit TargetHandler(TargetRegion& region) : region_(region) {}

  AccessResult read(Address offset, std::uint8_t* data, std::size_t length, const Attributes& attributes) override {
    std::fill_n(data, length, std::uint8_t{0});
    return transport(tlm::TLM_READ_COMMAND, offset, data, length, attributes);
  }

  AccessResult write(Address offset, const std::uint8_t* data, std::size_t length,
                     const Attributes& attributes) override {
    // The payload's pointer is not const for the sake of reads; a target does not write through it on a write (IEEE
    // 1666 14.11).
    return transport(tlm::TLM_WRITE_COMMAND, offset, const_cast<std::uint8_t*>(data), length, attributes);
  }

  std::size_t access_length(Address offset, std::size_t remaining) const override {
    // At most a word, and aligned: what a simple target takes.
    std::size_t length = std::min<std::size_t>(remaining, 8);
    while ((length & (length - 1)) != 0 || offset % length != 0) --length;
    return length;
  }

 private:
  AccessResult transport(tlm::tlm_command command, Address offset, std::uint8_t* data, std::size_t length,
                         const Attributes& attributes) {
    AttributesExtension extension;
    extension.attributes = attributes;
    tlm::tlm_generic_payload origin;
    origin.set_extension(&extension);
    AccessResult result = AccessResult::ok;
    {
      tlm::tlm_generic_payload payload;
      const ExtensionLoan loan(origin, payload);
      result = transport(payload, command, offset, data, length, attributes.debug);
    }
    origin.clear_extension(&extension);
    return result;
  }

  AccessResult transport(tlm::tlm_generic_payload& payload, tlm::tlm_command command, Address offset,
                         std::uint8_t* data, std::size_t length, bool debug) {
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(data);
    payload.set_data_length(static_cast<unsigned>(length));
    payload.set_streaming_width(static_cast<unsigned>(length));
    if (debug) return region_.debug(payload) < length ? AccessResult::device_error : AccessResult::ok;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    region_.transport(payload, delay);
    return result_of(payload.get_response_status());
  }

  TargetRegion& region_;
};

/// In the place of a target that is missing.
class NoTarget final : public tlm::tlm_fw_transport_if<> {
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_core::sc_time&) override {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
};

/// A region's name as part of the name of a SystemC object, which takes no dots or spaces.
std::string object_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace

TargetRegion::TargetRegion(std::string name, std::uint64_t size)
    : IoRegion(std::move(name), size, std::make_unique<TargetHandler>(*this), Service::target),
      backward_(std::make_shared<NonblockingTarget>(*this)) {}

TargetRegion::~TargetRegion() {
  detach();
  backward_->region_destroyed(socket_);
}

tlm::tlm_bw_transport_if<>& TargetRegion::way_back() { return *backward_; }

std::string TargetRegion::claim_socket_name() {
  if (socket_ != nullptr)
    SC_REPORT_ERROR(kBindingMessage, fmt::format("'{}' is bound to a second target; a region has one", name()).c_str());
  return sc_core::sc_gen_unique_name((object_name(name()) + "_socket").c_str());
}

void TargetRegion::bind(InitiatorPort& port) {
  auto socket = std::make_shared<Socket<32>>(claim_socket_name().c_str());
  socket->initiator.bind(way_back());
  port.bind(socket->initiator);
  socket_ = std::move(socket);
}

tlm::tlm_fw_transport_if<>& TargetRegion::resolve_target() {
  forward_ = socket_ != nullptr ? socket_->forward() : nullptr;
  if (forward_ != nullptr) return *forward_;
  if (!std::exchange(missing_target_reported_, true))
    SC_REPORT_WARNING(
        kBindingMessage,
        fmt::format("'{}' is accessed but bound to no target; call bind(target.socket) on it", name()).c_str());
  static NoTarget no_target;
  return no_target;
}

void TargetRegion::call_failed(const char* function) {
  if (is_thrown_into_process()) throw;
  try {
    throw;
  } catch (const std::exception& error) {
    report_misbehaviour(fmt::format("threw from {}: {}", function, error.what()));
  } catch (...) {
    report_misbehaviour(fmt::format("threw something that is no std::exception from {}", function));
  }
}

void TargetRegion::transport_failed(const char* function, tlm::tlm_generic_payload& payload) {
  call_failed(function);
  payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
}

tlm::tlm_sync_enum TargetRegion::transport_phase(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_core::sc_time& delay) {
  try {
    return target().nb_transport_fw(payload, phase, delay);
  } catch (...) {
    transport_failed("nb_transport_fw", payload);
    return tlm::TLM_COMPLETED;
  }
}

void TargetRegion::response_left_incomplete(const tlm::tlm_generic_payload& payload) {
  if (payload.get_command() != tlm::TLM_IGNORE_COMMAND)
    report_misbehaviour("left the response status TLM_INCOMPLETE_RESPONSE (IEEE 1666 14.17.1 k)");
}

void TargetRegion::report_misbehaviour(const std::string& what) {
  if (std::exchange(misbehaviour_reported_, true)) return;
  SC_REPORT_WARNING(kProtocolMessage, fmt::format("the target of '{}' {}", name(), what).c_str());
}

void TargetRegion::take_back(Address first, Address last) {
  const auto part = first <= last && extent() ? extent()->intersection({first, last}) : std::nullopt;
  if (!part) return;
  tell_sections_of(*this, *part,
                   [](MemoryListener& listener, const Section& section) { listener.direct_access_revoked(section); });
}

}  // namespace sc_memory
