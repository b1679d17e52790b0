// The way of a transaction through the map.
#include "sc_memory/tlm/initiator_port.h"

#include <cstring>
#include <fmt/format.h>

#include "sc_memory/map/direct_access.h"
#include "sc_memory/map/section_access.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

class InitiatorPort::DmiWatch final : public MemoryListener {
 public:
  explicit DmiWatch(InitiatorPort& port) : port_(port) { listen_to(port.space_); }

  void view_changed(const ViewChange& change) override {
    for (const AddressRange& range : change.changed) port_.take_back(range);
  }
  void direct_access_changed(const Section& section) override { port_.take_back(section.range); }

 private:
  InitiatorPort& port_;
};

InitiatorPort::InitiatorPort(std::string name, AddressSpace& space, PortObserver* const& observer)
    : name_(std::move(name)), space_(space), observer_(observer), watch_(std::make_unique<DmiWatch>(*this)) {}

InitiatorPort::~InitiatorPort() = default;

std::string InitiatorPort::claim_socket_name() const {
  if (socket_ != nullptr)
    SC_REPORT_ERROR(kBindingMessage,
                    fmt::format("port '{}' is bound to a second initiator; create a port for each", name_).c_str());
  return sc_core::sc_gen_unique_name((name_ + "_port").c_str());
}

inline const FlatRange* InitiatorPort::look_up(Address address) {
  if (last_hit_ != nullptr && last_generation_ == space_.generation() && last_hit_->range.contains(address))
    return last_hit_;
  last_generation_ = space_.generation();
  return last_hit_ = space_.view().find(address);
}

void InitiatorPort::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const tlm::tlm_response_status sanity = check_payload(payload);
  if (sanity != tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(sanity);
    return;
  }
  const Address address = payload.get_address();
  const FlatRange* range = look_up(address);
  const bool within_one = range != nullptr && (payload.get_command() == tlm::TLM_IGNORE_COMMAND ||
                                               covered_length(payload) - 1 <= range->range.last - address);
  if (!within_one) {
    transport_in_pieces(payload, delay);
    return;
  }
  MemoryRegion* const region = range->region;
  if (range->service == Service::target)
    transport_to_target(*range, payload, delay);
  else
    transport_here(*range, payload);
  if (observer_ != nullptr) observer_->transported(*this, region, payload.get_command(), payload.get_data_length());
}

void InitiatorPort::transport_to_target(const FlatRange& range, tlm::tlm_generic_payload& payload,
                                        sc_core::sc_time& delay) {
  if (range.readonly && payload.is_write()) {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return;
  }
  const Address address = payload.get_address();
  auto& region = static_cast<TargetRegion&>(*range.region);
  payload.set_address(range.offset_of(address));
  region.transport(payload, delay);
  payload.set_address(address);
}

namespace {

/// Whether a DMI request for the payload's direction would now succeed.
bool is_direct(const FlatRange& range, Address address, const tlm::tlm_generic_payload& payload) {
  return static_cast<bool>(direct_range(range, address, payload.is_write() ? Direction::write : Direction::read));
}

AccessResult serve(const FlatRange& range, const tlm::tlm_generic_payload& payload, Address offset, std::uint8_t* data,
                   std::size_t length, const Attributes& attributes) {
  // A register's worth of bytes is one access; anything else is a burst that devices get in pieces.
  const bool whole = length == 1 || length == 2 || length == 4 || length == 8;
  if (payload.is_read())
    return whole ? read_section_whole(range, offset, data, length, attributes)
                 : read_section(range, offset, data, length, attributes);
  return whole ? write_section_whole(range, offset, data, length, attributes)
               : write_section(range, offset, data, length, attributes);
}

}  // namespace

void InitiatorPort::transport_here(const FlatRange& range, tlm::tlm_generic_payload& payload) {
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return;
  }
  const Address address = payload.get_address();
  // A copy: a device that is called may change the map, and the view with the range may go.
  const FlatRange served = range;
  const Attributes attributes = attributes_of(payload);
  AccessResult result = AccessResult::ok;
  for_each_run(payload, [&](Address start, std::uint8_t* data, std::size_t length) {
    result = worst(result, serve(served, payload, served.offset_of(address + start), data, length, attributes));
  });
  if (result == AccessResult::refused && served.readonly && payload.is_write() && space_.policy().ignore_rom_writes)
    result = AccessResult::ok;
  payload.set_response_status(response_of(result));
  payload.set_dmi_allowed(served.memory != nullptr && is_direct(served, address, payload));
}

void InitiatorPort::transport_in_pieces(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const Address address = payload.get_address();
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  AccessResult result = AccessResult::ok;
  for_each_run(payload, [&](Address start, std::uint8_t* data, std::size_t length) {
    for (std::size_t done = 0; done < length;) {
      const FlatRange* range = look_up(address + start + done);
      const Address last =
          range != nullptr ? range->range.last : space_.view().hole_around(address + start + done).last;
      const std::size_t count =
          static_cast<std::size_t>(std::min<std::uint64_t>(length - done - 1, last - (address + start + done))) + 1;
      result = worst(result, transport_piece(payload, address + start + done, data + done, count, delay));
      done += count;
    }
  });
  payload.set_response_status(response_of(result));
  payload.set_dmi_allowed(false);
}

AccessResult InitiatorPort::transport_piece(tlm::tlm_generic_payload& payload, Address address, std::uint8_t* data,
                                            std::size_t length, sc_core::sc_time& delay) {
  const FlatRange* range = look_up(address);
  if (range == nullptr) {
    if (observer_ != nullptr) observer_->transported(*this, nullptr, payload.get_command(), length);
    return AccessResult::unmapped;
  }
  tlm::tlm_generic_payload piece;
  piece.set_command(payload.get_command());
  piece.set_address(address);
  piece.set_data_ptr(data);
  piece.set_data_length(static_cast<unsigned>(length));
  piece.set_streaming_width(static_cast<unsigned>(length));
  piece.update_extensions_from(payload);
  MemoryRegion* const region = range->region;
  if (range->service == Service::target)
    transport_to_target(*range, piece, delay);
  else
    transport_here(*range, piece);
  if (observer_ != nullptr) observer_->transported(*this, region, payload.get_command(), length);
  piece.resize_extensions();
  return result_of(piece.get_response_status());
}

unsigned InitiatorPort::transport_dbg(tlm::tlm_generic_payload& payload) {
  const bool moves_data = payload.is_read() || payload.is_write();
  if (!moves_data || payload.get_data_ptr() == nullptr) return 0;
  const Address address = payload.get_address();
  const std::size_t length = payload.get_data_length();
  std::size_t done = 0;
  while (done < length && (done == 0 || address + done != 0)) {
    const std::size_t count = debug_piece(payload, address + done, payload.get_data_ptr() + done, length - done);
    done += count;
    if (count == 0) break;
  }
  payload.set_response_status(done == length ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return static_cast<unsigned>(done);
}

std::size_t InitiatorPort::debug_piece(tlm::tlm_generic_payload& payload, Address address, std::uint8_t* data,
                                       std::size_t length) {
  const FlatRange* range = look_up(address);
  if (range == nullptr) return 0;
  const std::size_t count =
      static_cast<std::size_t>(std::min<std::uint64_t>(length - 1, range->range.last - address)) + 1;
  Attributes attributes = attributes_of(payload);
  attributes.debug = true;
  if (range->service != Service::target) {
    const FlatRange served = *range;
    const Address offset = served.offset_of(address);
    const AccessResult result = payload.is_read() ? read_section(served, offset, data, count, attributes)
                                                  : write_section(served, offset, data, count, attributes);
    return result == AccessResult::ok ? count : 0;
  }
  tlm::tlm_generic_payload piece;
  piece.set_command(payload.get_command());
  piece.set_address(range->offset_of(address));
  piece.set_data_ptr(data);
  piece.set_data_length(static_cast<unsigned>(count));
  piece.set_streaming_width(static_cast<unsigned>(count));
  return std::min<std::size_t>(static_cast<TargetRegion&>(*range->region).target().transport_dbg(piece), count);
}

bool InitiatorPort::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  const Address address = payload.get_address();
  // Whoever hears that pointers are stale is in the middle of a change: a pointer given now might be stale at once.
  if (invalidating_ > 0) {
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  const FlatRange* range = look_up(address);
  if (range == nullptr) {
    const AddressRange hole = space_.view().hole_around(address);
    dmi.set_start_address(hole.first);
    dmi.set_end_address(hole.last);
    dmi.allow_read_write();
    ledger_.record(hole, nullptr, false);
    if (observer_ != nullptr) observer_->refused(*this, nullptr, hole);
    return false;
  }
  const FlatRange asked = *range;
  const bool granted = asked.service == Service::target ? ask_target_for_dmi(address, payload, dmi, asked)
                                                        : answer_dmi(address, payload, dmi, asked);
  const AddressRange answered{dmi.get_start_address(), dmi.get_end_address()};
  ledger_.record(answered, asked.region, granted);
  if (observer_ != nullptr && granted) observer_->granted(*this, asked.region, answered);
  if (observer_ != nullptr && !granted) observer_->refused(*this, asked.region, answered);
  return granted;
}

bool InitiatorPort::answer_dmi(Address address, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi,
                               const FlatRange& range) {
  const DirectRange direct = direct_range(range, address, payload.is_write() ? Direction::write : Direction::read);
  dmi.set_start_address(direct.range.first);
  dmi.set_end_address(direct.range.last);
  if (!direct) {
    // What is refused: only writes where reads would be granted.
    if (payload.is_write() && range.direct_reads)
      dmi.allow_write();
    else
      dmi.allow_read_write();
    return false;
  }
  dmi.set_dmi_ptr(direct.data);
  if (direct.writes)
    dmi.allow_read_write();
  else
    dmi.allow_read();
  return true;
}

bool InitiatorPort::ask_target_for_dmi(Address address, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi,
                                       const FlatRange& range) {
  const bool asks_write = payload.is_write();
  if (asks_write && range.readonly) {
    dmi.set_start_address(range.range.first);
    dmi.set_end_address(range.range.last);
    dmi.allow_write();
    return false;
  }
  payload.set_address(range.offset_of(address));
  const bool granted = static_cast<TargetRegion&>(*range.region).target().get_direct_mem_ptr(payload, dmi);
  const Address asked = payload.get_address();
  payload.set_address(address);
  // What the target says, cut to the part of it that is mapped here. A range without the address asked for says
  // nothing.
  const AddressRange mapped{range.offset, range.offset_of(range.range.last)};
  const AddressRange said{dmi.get_start_address(), dmi.get_end_address()};
  const auto part = said.first <= asked && asked <= said.last ? mapped.intersection(said) : std::nullopt;
  const bool usable = granted && part && dmi.get_dmi_ptr() != nullptr && (!asks_write || dmi.is_write_allowed());
  const AddressRange answer = part ? *part : AddressRange{asked, asked};
  dmi.set_start_address(range.range.first + (answer.first - range.offset));
  dmi.set_end_address(range.range.first + (answer.last - range.offset));
  if (!usable) return false;
  dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (answer.first - said.first));
  if (range.readonly) dmi.allow_read();
  return true;
}

void InitiatorPort::take_back(const AddressRange& range) {
  if (ledger_.empty()) return;
  const std::vector<DmiLedger::Held> taken = ledger_.take_back(range);
  if (taken.empty()) return;
  if (observer_ != nullptr) {
    for (const DmiLedger::Held& held : taken) observer_->invalidated(*this, held.region, held.granted, held.range);
  }
  if (!initiator_exists()) return;
  ++invalidating_;
  socket_->backward()->invalidate_direct_mem_ptr(range.first, range.last);
  --invalidating_;
}

bool InitiatorPort::initiator_exists() const {
  // While a platform is taken apart, an initiator may be destroyed before the regions that it held pointers to.
  return sc_core::sc_is_running() || sc_core::sc_find_object(initiator_name_.c_str()) != nullptr;
}

tlm::tlm_sync_enum InitiatorPort::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                  sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_REQ) {
    SC_REPORT_ERROR(
        kProtocolMessage,
        fmt::format("port '{}': nb_transport_fw with a phase other than BEGIN_REQ for a transaction that is complete",
                    name_)
            .c_str());
    return tlm::TLM_COMPLETED;
  }
  b_transport(payload, delay);
  return tlm::TLM_COMPLETED;
}

}  // namespace sc_memory
