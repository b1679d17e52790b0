// The way of a transaction through the map.
#include <algorithm>
#include <cstring>

#include "sc_memory/map/piece_access.h"
#include "sc_memory/tlm/debug_transport.h"
#include "sc_memory/tlm/initiator_port.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory {

namespace {

/// Tells the watchpoints that an access of a target's hit; the payload has the initiator's address.
void tell_watchpoints_of(AddressSpace& space, const tlm::tlm_generic_payload& payload) {
  if (space.watchpoints().empty() || payload.get_command() == tlm::TLM_IGNORE_COMMAND) return;
  space.tell_watchpoints({space, payload.get_address(), payload.get_data_length(), direction_of(payload),
                          payload.get_data_ptr(), attributes_of(payload)});
}

/// A blocking transport to the target of `range`, which holds all of the payload. The address is restored.
void transport_to_target(AddressSpace& space, const FlatRange& range, tlm::tlm_generic_payload& payload,
                         sc_core::sc_time& delay) {
  if (range.readonly && payload.is_write()) {
    payload.set_response_status(space.policy().ignore_rom_writes ? tlm::TLM_OK_RESPONSE
                                                                 : tlm::TLM_COMMAND_ERROR_RESPONSE);
    payload.set_dmi_allowed(false);
    return;
  }
  {
    const AddressLoan loan(payload, range.offset_of(payload.get_address()));
    static_cast<TargetRegion&>(*range.region).transport(payload, delay);
  }
  tell_watchpoints_of(space, payload);
}

/// memcpy, but without a call for the lengths of registers.
inline void copy_bytes(std::uint8_t* to, const std::uint8_t* from, std::size_t length) {
  switch (length) {
    case sizeof(std::uint32_t):
      std::memcpy(to, from, sizeof(std::uint32_t));
      break;
    case sizeof(std::uint64_t):
      std::memcpy(to, from, sizeof(std::uint64_t));
      break;
    default:
      std::memcpy(to, from, length);
  }
}

/// Whether one access to `range`, which holds the payload's address, is all of it.
bool is_one_access(const FlatRange& range, const tlm::tlm_generic_payload& payload) {
  return range.service != Service::iommu && (payload.get_command() == tlm::TLM_IGNORE_COMMAND ||
                                             covered_length(payload) - 1 <= range.range.last - payload.get_address());
}

}  // namespace

inline void InitiatorPort::correct_hint(PortLane& lane, tlm::tlm_generic_payload& payload) {
  if (payload.is_dmi_allowed() && !would_grant(lane, payload.get_address(), payload)) payload.set_dmi_allowed(false);
}

// The hot path. What follows the checks is in functions that end it and take the same arguments in the same order: the
// checks need no registers saved, and nothing is moved about.
void InitiatorPort::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const ServedRange& served = main_.remembered(payload.get_address());
  const PlainAccess plain = served.plain[payload.get_command()];
  if (plain == PlainAccess::none || !main_.is_current(served) || !served.takes(payload))
    transport_otherwise(payload, delay);
  else if (plain == PlainAccess::target)
    call_target(payload, delay, served);
  else
    access_memory(payload, served);
}

void InitiatorPort::transport_otherwise(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const ServedRange& served = main_.served_at(payload.get_address());
  const PlainAccess plain = served.plain[payload.get_command()];
  if (plain == PlainAccess::none || !served.takes(payload))
    transport_with_features(payload, delay, TransactionPath::transport);
  else if (plain == PlainAccess::target)
    call_target(payload, delay, served);
  else
    access_memory(payload, served);
}

void InitiatorPort::call_target(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, const ServedRange& served) {
  {
    const AddressLoan loan(payload, payload.get_address() + served.to_region);
    static_cast<TargetRegion*>(served.region)->transport_to(*served.target, payload, delay);
  }
  correct_hint(main_, payload);
}

void InitiatorPort::access_memory(tlm::tlm_generic_payload& payload, const ServedRange& served) {
  const Address address = payload.get_address();
  const std::size_t length = payload.get_data_length();
  std::uint8_t* const memory = served.memory + (address - served.first);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  if (payload.is_read()) {
    payload.set_dmi_allowed(served.reads_granted);
    copy_bytes(payload.get_data_ptr(), memory, length);
    return;
  }
  payload.set_dmi_allowed(true);
  copy_bytes(memory, payload.get_data_ptr(), length);
  const Address offset = address + served.to_region;
  static_cast<MemoryBackedRegion*>(served.region)->note_write({offset, offset + (length - 1)});
  // The dirty log may have something to say of it.
  correct_hint(main_, payload);
}

void InitiatorPort::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  transport_with_features(payload, delay, TransactionPath::nonblocking);
}

void InitiatorPort::transport_with_features(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                                            TransactionPath path) {
  if (observers_.any())
    carry_out_observed(payload, delay, path);
  else
    carry_out(payload, delay, path);
}

inline void InitiatorPort::carry_out(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, TransactionPath path) {
  const tlm::tlm_response_status sanity = check_payload(payload);
  if (sanity != tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(sanity);
    payload.set_dmi_allowed(false);
    return;
  }
  PortLane& lane = lane_of(payload);
  const Address address = payload.get_address();
  const FlatRange* range = lane.look_up(address);
  if (range == nullptr || !is_one_access(*range, payload)) {
    transport_in_pieces(lane, payload, delay, path);
    return;
  }
  if (!timings_.empty()) add_service_time(*range->region, payload.get_command(), payload.get_data_length(), delay);
  if (range->service == Service::target)
    transport_to_target(lane.space, *range, payload, delay);
  else
    transport_here(lane, *range, payload);
  correct_hint(lane, payload);
}

void InitiatorPort::carry_out_observed(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                                       TransactionPath path) {
  const bool sane = check_payload(payload) == tlm::TLM_OK_RESPONSE;
  const Address address = payload.get_address();
  const FlatRange* const range = sane ? lane_of(payload).look_up(address) : nullptr;
  if (range == nullptr || !is_one_access(*range, payload)) {
    carry_out(payload, delay, path);  // In pieces, each of which is told of.
    return;
  }
  // Remembered before the access, which may change the map.
  PortTransaction seen =
      begin_of(path, payload, range->region, address, range->offset_of(address), payload.get_data_length());
  seen.disabled = disabled_bytes(payload);
  seen.covered = static_cast<std::size_t>(covered_length(payload));
  observe(seen, range->region->lifetime(), delay, [&] {
    carry_out(payload, delay, path);
    return payload.get_response_status();
  });
}

PortTransaction InitiatorPort::begin_of(TransactionPath path, const tlm::tlm_generic_payload& payload,
                                        const MemoryRegion* region, Address address, Address offset,
                                        std::size_t length) const {
  return {*this, region, path, payload.get_command(), tlm::TLM_INCOMPLETE_RESPONSE, address, offset, length, {},
          {},    {},     {}};
}

template <typename Serve>
void InitiatorPort::observe(PortTransaction seen, const std::weak_ptr<const void>& lifetime,
                            const sc_core::sc_time& delay, Serve&& serve) {
  seen.start = seen.end_request = sc_core::sc_time_stamp() + delay;
  seen.number = began(seen.start);
  const auto tell_end = [&](const sc_core::sc_time& end) {
    if (lifetime.expired()) seen.region = nullptr;
    seen.end = seen.begin_response = end;
    tell(seen);
  };
  const std::weak_ptr<const void> alive = alive_;
  try {
    seen.response = serve();
  } catch (...) {
    // What a killed or reset process leaves by, among others: this too is an end. The platform may be gone by then.
    if (!alive.expired()) tell_end(std::max(seen.start, sc_core::sc_time_stamp()));
    throw;
  }
  tell_end(sc_core::sc_time_stamp() + delay);
}

void InitiatorPort::tell(const PortTransaction& transaction) {
  observers_.tell([&](PortObserver& observer) { observer.transported(transaction); });
}

void InitiatorPort::add_service_time(const MemoryRegion& region, tlm::tlm_command command, std::size_t length,
                                     sc_core::sc_time& delay) {
  if (const auto timing = timings_.find(region)) timing->add_to(delay, contender_, command, length);
}

namespace {

AccessResult serve(AddressSpace& space, const FlatRange* range, Address address,
                   const tlm::tlm_generic_payload& payload, std::uint8_t* data, std::size_t length,
                   const Attributes& attributes) {
  // A register's worth of bytes is one access; anything else is a burst that devices get in pieces.
  const Cut cut = length == 1 || length == 2 || length == 4 || length == 8 ? Cut::whole : Cut::as_device_takes;
  return payload.is_read() ? read_piece(space, range, address, data, length, cut, attributes)
                           : write_piece(space, range, address, data, length, cut, attributes);
}

}  // namespace

void InitiatorPort::transport_here(PortLane& lane, const FlatRange& range, tlm::tlm_generic_payload& payload) {
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    payload.set_dmi_allowed(false);
    return;
  }
  const Address address = payload.get_address();
  // A copy: a device that is called may change the map, and the view with the range may go.
  const FlatRange served = range;
  const Attributes attributes = attributes_of(payload);
  AccessResult result = AccessResult::ok;
  for_each_run(payload, [&](Address start, std::uint8_t* data, std::size_t length) {
    result = worst(result, serve(lane.space, &served, address + start, payload, data, length, attributes));
  });
  payload.set_response_status(response_of(result, payload));
  payload.set_dmi_allowed(served.memory != nullptr);
}

bool InitiatorPort::would_grant(PortLane& lane, Address address, const tlm::tlm_generic_payload& payload) {
  // Looked up anew: whoever was called may have changed the map.
  const FlatRange* range = lane.look_up(address);
  return range != nullptr && lane.grants.would_grant(*range, address, direction_of(payload));
}

void InitiatorPort::transport_in_pieces(PortLane& lane, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                                        TransactionPath path) {
  const Address address = payload.get_address();
  const Attributes attributes = attributes_of(payload);
  const Direction direction = direction_of(payload);
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    const Route route = route_of(lane.space, address, direction, attributes);
    if (route.range != nullptr && route.range->service == Service::target) {
      const AddressLoan loan(payload, route.range->offset_of(route.address));
      static_cast<TargetRegion&>(*route.range->region).transport(payload, delay);
    } else {
      payload.set_response_status(route.range != nullptr ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    }
    payload.set_dmi_allowed(false);
    return;
  }
  AccessResult result = AccessResult::ok;
  bool hint = false;
  for_each_run(payload, [&](Address start, std::uint8_t* data, std::size_t length) {
    for (std::size_t done = 0; done < length;) {
      const Address at = address + start + done;
      // Looked up anew for each piece: serving one may change the map.
      const Route route = route_of(lane.space, at, direction, attributes);
      const std::size_t count =
          static_cast<std::size_t>(std::min<std::uint64_t>(length - done - 1, route.around.last - at)) + 1;
      result = worst(result, transport_piece_observed(route, payload, {at, data + done, count}, delay, path));
      // A request would be made for the first byte.
      if (at == address) hint = payload.is_dmi_allowed();
      if (route.translated && !lane.space.watchpoints().empty())
        lane.space.tell_watchpoints({lane.space, at, count, direction, data + done, attributes});
      done += count;
    }
  });
  payload.set_response_status(response_of(result, payload));
  payload.set_dmi_allowed(hint && lane.grants.would_grant(address, direction, attributes));
}

AccessResult InitiatorPort::transport_piece_observed(const Route& route, tlm::tlm_generic_payload& payload,
                                                     const Piece& piece, sc_core::sc_time& delay,
                                                     TransactionPath path) {
  AccessResult result = AccessResult::unmapped;
  const auto serve = [&] {
    result = transport_piece(route, payload, piece.data, piece.length, delay);
    return response_of(result);
  };
  if (!observers_.any()) {
    serve();
    return result;
  }
  const MemoryRegion* const region = route.range != nullptr ? route.range->region : nullptr;
  const Address offset = region != nullptr ? route.range->offset_of(route.address) : 0;
  observe(begin_of(path, payload, region, piece.address, offset, piece.length),
          region != nullptr ? region->lifetime() : std::weak_ptr<const void>(), delay, serve);
  return result;
}

AccessResult InitiatorPort::transport_piece(const Route& route, tlm::tlm_generic_payload& payload, std::uint8_t* data,
                                            std::size_t length, sc_core::sc_time& delay) {
  const Direction direction = direction_of(payload);
  MemoryRegion* const region = route.range != nullptr ? route.range->region : nullptr;
  AccessResult result = AccessResult::unmapped;
  payload.set_dmi_allowed(region != nullptr);
  if (region != nullptr && !timings_.empty()) add_service_time(*region, payload.get_command(), length, delay);
  if (route.space != nullptr && !route.allows(direction)) {
    result = AccessResult::refused;
  } else if (route.space != nullptr && (region == nullptr || route.range->service != Service::target)) {
    const FlatRange served = region != nullptr ? *route.range : FlatRange{};
    result = serve(*route.space, region != nullptr ? &served : nullptr, route.address, payload, data, length,
                   attributes_of(payload));
  } else if (route.space != nullptr) {
    tlm::tlm_generic_payload piece;
    piece.set_command(payload.get_command());
    piece.set_address(route.address);
    piece.set_data_ptr(data);
    piece.set_data_length(static_cast<unsigned>(length));
    piece.set_streaming_width(static_cast<unsigned>(length));
    const ExtensionLoan loan(payload, piece);
    transport_to_target(*route.space, *route.range, piece, delay);
    result = result_of(piece.get_response_status());
    payload.set_dmi_allowed(piece.is_dmi_allowed());
  }
  return result;
}

// As b_transport.
unsigned InitiatorPort::transport_dbg(tlm::tlm_generic_payload& payload) {
  const ServedRange& served = main_.remembered(payload.get_address());
  if (served.plain[payload.get_command()] == PlainAccess::target && main_.is_current(served) && served.takes(payload))
    return debug_target(payload, served);
  return debug_otherwise(payload);
}

unsigned InitiatorPort::debug_target(tlm::tlm_generic_payload& payload, const ServedRange& served) {
  const AddressLoan loan(payload, payload.get_address() + served.to_region);
  return static_cast<TargetRegion*>(served.region)->debug(payload);
}

unsigned InitiatorPort::debug_otherwise(tlm::tlm_generic_payload& payload) {
  const ServedRange& served = main_.served_at(payload.get_address());
  if (served.plain[payload.get_command()] == PlainAccess::target && served.takes(payload))
    return debug_target(payload, served);
  DebugVisit visit;
  if (observers_.any()) {
    visit = [&](const DebugPiece& piece) {
      const sc_core::sc_time& now = sc_core::sc_time_stamp();
      tell({*this, piece.region, TransactionPath::debug, payload.get_command(),
            piece.moved == piece.length ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE, piece.address,
            piece.offset, piece.moved, now, now, now, now});
    };
  }
  return debug_transport(lane_of(payload).space, payload, visit);
}

tlm::tlm_sync_enum InitiatorPort::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                  sc_core::sc_time& delay) {
  return nonblocking_.forward(payload, phase, delay);
}

NonblockingHost::Destination InitiatorPort::destination_of(const tlm::tlm_generic_payload& payload, FlatRange& range) {
  if (check_payload(payload) != tlm::TLM_OK_RESPONSE) return Destination::ended;
  const bool ignored = payload.get_command() == tlm::TLM_IGNORE_COMMAND;
  PortLane& lane = lane_of(payload);
  const Address address = payload.get_address();
  const FlatRange* const found = lane.look_up(address);
  if (found == nullptr) {
    const Address last = lane.space.view().hole_around(address).last;
    return ignored || covered_length(payload) - 1 <= last - address ? Destination::ended : Destination::pieces;
  }
  if (!is_one_access(*found, payload)) return Destination::pieces;
  if (found->service == Service::target && found->readonly && payload.is_write()) return Destination::ended;
  range = *found;
  return Destination::range;
}

void InitiatorPort::serve_here(const FlatRange& range, tlm::tlm_generic_payload& payload) {
  PortLane& lane = lane_of(payload);
  transport_here(lane, range, payload);
  correct_hint(lane, payload);
}

void InitiatorPort::answered(tlm::tlm_generic_payload& payload) {
  PortLane& lane = lane_of(payload);
  tell_watchpoints_of(lane.space, payload);
  correct_hint(lane, payload);
}

std::uint64_t InitiatorPort::began(const sc_core::sc_time& start) {
  const std::uint64_t number = ++begun_;
  if (observers_.any()) observers_.tell([&](PortObserver& observer) { observer.began(*this, start); });
  return number;
}

void InitiatorPort::ended(const Flight& flight, const sc_core::sc_time& end) {
  // Pieces were told of one by one.
  if (!observers_.any() || flight.in_pieces) return;
  const tlm::tlm_generic_payload& payload = *flight.payload;
  PortTransaction seen =
      begin_of(TransactionPath::nonblocking, payload, flight.lifetime.expired() ? nullptr : flight.range.region,
               flight.address, flight.range.offset_of(flight.address), payload.get_data_length());
  seen.response = payload.get_response_status();
  seen.disabled = disabled_bytes(payload);
  seen.covered = static_cast<std::size_t>(covered_length(payload));
  seen.start = flight.begin_request;
  seen.end_request = flight.end_request;
  seen.begin_response = flight.begin_response;
  seen.end = end;
  seen.number = flight.begun;
  tell(seen);
}

}  // namespace sc_memory
