// Looking for sockets by name, since SystemC knows those that exist.
#include "sc_memory/tlm/initiator_life.h"

#include <algorithm>

#include "sc_memory/tlm/socket_owners.h"

namespace sc_memory {

namespace {

/// Hung on a socket whose cache is gone. SystemC keeps attributes by reference and drops them with their object.
sc_core::sc_attribute<bool>& cache_is_gone() {
  static sc_core::sc_attribute<bool> mark("sc_memory::DmiCache is gone", true);
  return mark;
}

}  // namespace

void InitiatorLife::note(const sc_core::sc_object& socket) {
  const bool known =
      std::any_of(sockets_.begin(), sockets_.end(), [&](const Socket& other) { return other.object == &socket; });
  if (!known) sockets_.push_back({&socket, socket.name()});
}

void InitiatorLife::find(const SocketOwners& owners, const tlm::tlm_fw_transport_if<>& forward,
                         const tlm::tlm_bw_transport_if<>& backward) {
  for (const sc_core::sc_object* const socket : owners.leading_to(forward)) note(*socket);
  if (!sockets_.empty()) return;
  const sc_core::sc_object* const owner = owners.owner_of(backward);
  if (owner != nullptr) note(*owner);
}

bool InitiatorLife::exists() const {
  const sc_core::sc_status status = sc_core::sc_get_status();
  if (status == sc_core::SC_RUNNING) return true;
  // Of an initiator without sockets nothing is known; when the simulation is over, it may be gone.
  if (sockets_.empty()) return status != sc_core::SC_STOPPED && status != sc_core::SC_END_OF_SIMULATION;
  return std::all_of(sockets_.begin(), sockets_.end(), [](const Socket& socket) {
    return sc_core::sc_find_object(socket.name.c_str()) == socket.object &&
           socket.object->get_attribute(cache_is_gone().name()) == nullptr;
  });
}

void InitiatorLife::cache_made(sc_core::sc_object& socket) { socket.remove_attribute(cache_is_gone().name()); }

void InitiatorLife::cache_gone(sc_core::sc_object& socket) {
  if (sc_core::sc_get_status() != sc_core::SC_RUNNING) socket.add_attribute(cache_is_gone());
}

}  // namespace sc_memory
