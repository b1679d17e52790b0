// An I/O region that a TLM-2.0 target serves: anybody's model becomes a part of the map.
//
//     TargetRegion uart{"uart", 0x100};       // a member of the platform
//     system.add(0x1000'0000, uart);
//     uart.bind(uart0.socket);                // plain, simple_* and multi_passthrough_* target sockets alike
//     window.bind(io_bus.initiator("window", io_space));   // another router: its map shows through this region
//     outside.bind(socket);                   // an initiator socket of the module that has the region inside
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include <systemc>
#include <tlm>

#include "sc_memory/map/io_region.h"

namespace sc_memory {

class InitiatorPort;
class NonblockingTarget;

/// The target sees addresses relative to the region. It is created and bound during elaboration, as sockets are.
class TargetRegion final : public IoRegion {
 public:
  TargetRegion(std::string name, std::uint64_t size);
  ~TargetRegion() override;

  /// Binds the target's socket, of any bus width. A region has one target: a second bind is an error report.
  template <unsigned width>
  void bind(tlm::tlm_base_target_socket_b<width>& target) {
    auto socket = std::make_shared<Socket<width>>(claim_socket_name().c_str());
    socket->initiator.bind(way_back());
    socket->initiator.bind(target);
    socket_ = std::move(socket);
  }

  /// Makes a port of another router the target: what its space shows from address 0 on shows through the region. Two
  /// routers that lead to each other in a circle are the platform's mistake; accesses then never end.
  void bind(InitiatorPort& port);

  /// Leads out of the module that has the region inside, by an initiator socket of that module, which is bound to a
  /// target further up.
  template <unsigned width, int count, sc_core::sc_port_policy policy>
  void bind(tlm::tlm_base_initiator_socket<width, tlm::tlm_fw_transport_if<>, tlm::tlm_bw_transport_if<>, count,
                                           policy>& parent) {
    auto socket = std::make_shared<Socket<width>>(claim_socket_name().c_str());
    socket->initiator.bind(way_back());
    socket->initiator.bind(parent);
    socket_ = std::move(socket);
  }

  bool bound() const { return socket_ != nullptr; }

  /// The bound target, by its raw interface. If nothing is bound, one that answers as a hole in the map does, after a
  /// single warning: the region was hidden when elaboration looked for what is missing, and software has shown it.
  tlm::tlm_fw_transport_if<>& target() { return forward_ != nullptr ? *forward_ : resolve_target(); }
  /// Its blocking transport, for those who call it often: interfaces of TLM are virtual bases, which cost a look-up
  /// each time. Null if nothing is bound.
  tlm::tlm_blocking_transport_if<>* blocking_target() { return bound() ? &target() : nullptr; }

  /// The transactions that the target has by nb_transport, and those that wait for it.
  const std::shared_ptr<NonblockingTarget>& backward() const { return backward_; }

  /// The target's b_transport, the payload's address relative to the region. What a target must not do becomes a report
  /// and an error response: an exception, or a response left incomplete. But what was thrown into the calling process
  /// while it was in the target passes (process_exceptions.h).
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) { transport_to(target(), payload, delay); }
  /// The same for who knows the blocking_target().
  void transport_to(tlm::tlm_blocking_transport_if<>& target, tlm::tlm_generic_payload& payload,
                    sc_core::sc_time& delay) {
    try {
      target.b_transport(payload, delay);
    } catch (...) {
      transport_failed("b_transport", payload);
    }
    check_response(payload);
  }
  /// The same for nb_transport_fw: with an exception the transaction is completed. The response is for
  /// check_response(), once the target has sent it.
  tlm::tlm_sync_enum transport_phase(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay);
  /// Reports a response that was left incomplete.
  void check_response(const tlm::tlm_generic_payload& payload) {
    if (payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE) response_left_incomplete(payload);
  }
  /// The same for transport_dbg and get_direct_mem_ptr: an exception moves nothing, and is a refusal.
  unsigned debug(tlm::tlm_generic_payload& payload) {
    try {
      return std::min(target().transport_dbg(payload), payload.get_data_length());
    } catch (...) {
      call_failed("transport_dbg");
      return 0;
    }
  }
  bool ask_dmi(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    try {
      return target().get_direct_mem_ptr(payload, dmi);
    } catch (...) {
      call_failed("get_direct_mem_ptr");
      return false;
    }
  }

 private:
  friend class NonblockingTarget;

  /// The socket, whatever its width, and the module that it needs: platforms may be put together in sc_main.
  struct AnySocket {
    virtual ~AnySocket() = default;
    virtual tlm::tlm_fw_transport_if<>* forward() = 0;
  };
  template <unsigned width>
  struct Socket final : AnySocket, sc_core::sc_module {
    explicit Socket(sc_core::sc_module_name name) : sc_module(name) {}
    tlm::tlm_fw_transport_if<>* forward() override {
      return dynamic_cast<tlm::tlm_fw_transport_if<>*>(initiator.get_base_port().get_interface());
    }
    tlm::tlm_initiator_socket<width> initiator{"socket"};
  };

  tlm::tlm_bw_transport_if<>& way_back();
  std::string claim_socket_name();
  tlm::tlm_fw_transport_if<>& resolve_target();

  /// In the target's addresses, that is relative to the region: taken back through every mapping of it in every space.
  void take_back(Address first, Address last);

  /// In the handler of an exception of the target's `function`, which is reported.
  [[gnu::cold]] void call_failed(const char* function);
  /// The same of a transport, which is completed.
  [[gnu::cold]] void transport_failed(const char* function, tlm::tlm_generic_payload& payload);
  [[gnu::cold]] void response_left_incomplete(const tlm::tlm_generic_payload& payload);
  /// Once for each region.
  void report_misbehaviour(const std::string& what);

  bool misbehaviour_reported_ = false;
  bool missing_target_reported_ = false;
  std::shared_ptr<NonblockingTarget> backward_;
  std::shared_ptr<AnySocket> socket_;
  tlm::tlm_fw_transport_if<>* forward_ = nullptr;
};

}  // namespace sc_memory
