// A module that sits between any two sockets and hands everything on: what checkers are made of.
#pragma once

#include <systemc>
#include <tlm>

#include "sc_memory/tlm/initiator_life.h"
#include "sc_memory/tlm/socket_owners.h"

namespace sc_memory {

/// Hands every call on in both directions, payloads and arguments untouched. A kind overrides what it wants to see and
/// calls the base for the rest. The sockets are in BetweenSockets below.
class PassThrough : public sc_core::sc_module,
                    protected tlm::tlm_fw_transport_if<>,
                    protected tlm::tlm_bw_transport_if<> {
 protected:
  explicit PassThrough(sc_core::sc_module_name name) : sc_module(name) {}

  /// What lies on the target's side, and on the initiator's. After elaboration.
  virtual tlm::tlm_fw_transport_if<>& forward() = 0;
  virtual tlm::tlm_bw_transport_if<>& backward() = 0;

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    forward().b_transport(payload, delay);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    return forward().nb_transport_fw(payload, phase, delay);
  }
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override { return forward().transport_dbg(payload); }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override {
    return forward().get_direct_mem_ptr(payload, dmi);
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    return backward().nb_transport_bw(payload, phase, delay);
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
    if (initiator_.exists()) backward().invalidate_direct_mem_ptr(first, last);
  }

 private:
  void end_of_elaboration() override { initiator_.find(SocketOwners(), *this, backward()); }

  InitiatorLife initiator_;
};

/// A PassThrough of the kind `Middle` with its two sockets:
///
///     cpu.socket.bind(between.target);                    // the initiator's side
///     between.initiator.bind(memory.socket);              // the target's side: a socket...
///     bus.initiator("cpu", space).bind(between.initiator);  // ...or a router's port
template <typename Middle, unsigned width = 32>
class BetweenSockets final : public Middle {
 public:
  template <typename... Arguments>
  explicit BetweenSockets(sc_core::sc_module_name name, Arguments&&... arguments)
      : Middle(name, std::forward<Arguments>(arguments)...) {
    target.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    initiator.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
  }

  tlm::tlm_target_socket<width> target{"target"};
  tlm::tlm_initiator_socket<width> initiator{"initiator"};

 private:
  tlm::tlm_fw_transport_if<>& forward() override { return *initiator.operator->(); }
  tlm::tlm_bw_transport_if<>& backward() override { return *target.operator->(); }
};

}  // namespace sc_memory
