// Runs of bytes, cut at the borders of sections.
#include "sc_memory/tlm/debug_transport.h"

#include <algorithm>

#include "sc_memory/map/piece_access.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/route.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

namespace {

bool leads_to_target(const Route& route) { return route.range != nullptr && route.range->service == Service::target; }

/// Part of a transaction, on its way to one target.
std::size_t debug_target(const Route& route, tlm::tlm_generic_payload& payload, std::uint8_t* data,
                         std::size_t length) {
  tlm::tlm_generic_payload piece;
  piece.set_command(payload.get_command());
  piece.set_address(route.range->offset_of(route.address));
  piece.set_data_ptr(data);
  piece.set_data_length(static_cast<unsigned>(length));
  piece.set_streaming_width(static_cast<unsigned>(length));
  const ExtensionLoan loan(payload, piece);
  return static_cast<TargetRegion&>(*route.range->region).debug(piece);
}

std::size_t debug_piece(const Route& route, tlm::tlm_generic_payload& payload, std::uint8_t* data, std::size_t length,
                        const Attributes& attributes) {
  if (route.range == nullptr) return 0;
  if (leads_to_target(route)) return debug_target(route, payload, data, length);
  const FlatRange served = *route.range;
  const AccessResult result =
      payload.is_read()
          ? read_piece(*route.space, &served, route.address, data, length, Cut::as_device_takes, attributes)
          : write_piece(*route.space, &served, route.address, data, length, Cut::as_device_takes, attributes);
  return result == AccessResult::ok ? length : 0;
}

/// One debug transport.
class DebugTransport {
 public:
  DebugTransport(AddressSpace& space, tlm::tlm_generic_payload& payload, const DebugVisit& visit)
      : space_(space), payload_(payload), attributes_(attributes_of(payload)), visit_(visit) {
    attributes_.debug = true;
  }

  unsigned run() {
    const bool moves_data = payload_.is_read() || payload_.is_write();
    const unsigned length = payload_.get_data_length();
    if (moves_data && (length == 0 || payload_.get_data_ptr() == nullptr)) return 0;
    const Address address = payload_.get_address();
    const Route route = route_to(address);
    if (leads_to_target(route) && (!moves_data || length - 1 <= route.around.last - address)) return hand_on(route);
    if (!moves_data) return 0;
    if (payload_.get_gp_option() == tlm::TLM_FULL_PAYLOAD) return move_all_attributes();
    return static_cast<unsigned>(move(address, payload_.get_data_ptr(), length));
  }

 private:
  Route route_to(Address address) const { return route_of(space_, address, direction_of(payload_), attributes_); }

  void tell(const PieceWatch& watch, Address address, std::size_t length, std::size_t moved) const {
    if (visit_) visit_({watch.region(), watch.offset(), address, length, moved});
  }

  unsigned hand_on(const Route& route) {
    const PieceWatch watch(route, static_cast<bool>(visit_));
    const Address address = payload_.get_address();
    unsigned moved = 0;
    {
      const AddressLoan loan(payload_, route.range->offset_of(route.address));
      moved = static_cast<TargetRegion&>(*route.range->region).debug(payload_);
    }
    tell(watch, address, payload_.get_data_length(), moved);
    return moved;
  }

  /// Bytes that lie next to each other. Returns how many were moved.
  std::size_t move(Address address, std::uint8_t* data, std::size_t length) {
    std::size_t done = 0;
    while (done < length && (done == 0 || address + done != 0)) {
      const Address at = address + done;
      const Route route = route_to(at);
      const std::size_t left =
          static_cast<std::size_t>(std::min<std::uint64_t>(length - done - 1, route.around.last - at)) + 1;
      const PieceWatch watch(route, static_cast<bool>(visit_));
      const std::size_t count = debug_piece(route, payload_, data + done, left, attributes_);
      tell(watch, at, left, count);
      done += count;
      if (count < left) break;
    }
    return done;
  }

  /// The rules of a transport, as far as they can be told from the number of bytes.
  unsigned move_all_attributes() {
    payload_.set_gp_option(tlm::TLM_FULL_PAYLOAD_ACCEPTED);
    payload_.set_dmi_allowed(false);
    tlm::tlm_response_status status = check_payload(payload_);
    std::size_t moved = status == tlm::TLM_OK_RESPONSE ? payload_.get_data_length() : 0;
    const std::uint8_t* const data = payload_.get_data_ptr();
    if (status == tlm::TLM_OK_RESPONSE) {
      for_each_run(payload_, [&](Address start, std::uint8_t* bytes, std::size_t length) {
        if (status != tlm::TLM_OK_RESPONSE) return;
        const std::size_t count = move(payload_.get_address() + start, bytes, length);
        if (count == length) return;
        moved = static_cast<std::size_t>(bytes - data) + count;
        status = tlm::TLM_ADDRESS_ERROR_RESPONSE;
      });
    }
    payload_.set_response_status(status);
    return static_cast<unsigned>(moved);
  }

  AddressSpace& space_;
  tlm::tlm_generic_payload& payload_;
  Attributes attributes_;
  const DebugVisit& visit_;
};

}  // namespace

unsigned debug_transport(AddressSpace& space, tlm::tlm_generic_payload& payload, const DebugVisit& visit) {
  return DebugTransport(space, payload, visit).run();
}

}  // namespace sc_memory
