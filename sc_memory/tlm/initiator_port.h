// A port of the router: one initiator's way into one address space.
#pragma once

#include <memory>
#include <string>

#include <systemc>
#include <tlm>

#include "sc_memory/map/address_space.h"
#include "sc_memory/tlm/dmi_ledger.h"
#include "sc_memory/tlm/port_observer.h"

namespace sc_memory {

class TargetRegion;

/// Serves TLM-2.0 transactions from the published view of an address space, which may change at any time: each access
/// sees the map as it is when it begins. All addresses are the initiator's, which are the space's. In the simulation's
/// thread only.
class InitiatorPort final : private tlm::tlm_fw_transport_if<> {
 public:
  InitiatorPort(std::string name, AddressSpace& space, PortObserver* const& observer);
  InitiatorPort(const InitiatorPort&) = delete;
  InitiatorPort& operator=(const InitiatorPort&) = delete;
  ~InitiatorPort() override;

  const std::string& name() const { return name_; }
  AddressSpace& space() const { return space_; }

  /// Binds the initiator's socket, of any bus width, during elaboration. A port has one initiator.
  template <unsigned width, int count, sc_core::sc_port_policy policy>
  void bind(tlm::tlm_base_initiator_socket<width, tlm::tlm_fw_transport_if<>, tlm::tlm_bw_transport_if<>, count,
                                           policy>& initiator) {
    auto socket = std::make_unique<Socket<width>>(claim_socket_name().c_str());
    socket->target.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    initiator.bind(socket->target);
    initiator_name_ = initiator.get_base_port().name();
    socket_ = std::move(socket);
  }

  /// What the initiator holds: grants and refusals, in its addresses.
  const DmiLedger& dmi_ledger() const { return ledger_; }

 private:
  struct AnySocket {
    virtual ~AnySocket() = default;
    virtual tlm::tlm_bw_transport_if<>* backward() = 0;
  };
  template <unsigned width>
  struct Socket final : AnySocket {
    explicit Socket(const char* name) : target(name) {}
    tlm::tlm_bw_transport_if<>* backward() override {
      return dynamic_cast<tlm::tlm_bw_transport_if<>*>(target.get_base_port().get_interface());
    }
    tlm::tlm_target_socket<width> target;
  };

  /// Hears of changes of the space and takes back what they make stale.
  class DmiWatch;

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;

  const FlatRange* look_up(Address address);
  void transport_to_target(const FlatRange& range, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void transport_here(const FlatRange& range, tlm::tlm_generic_payload& payload);
  void transport_in_pieces(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  AccessResult transport_piece(tlm::tlm_generic_payload& payload, Address address, std::uint8_t* data,
                               std::size_t length, sc_core::sc_time& delay);
  std::size_t debug_piece(tlm::tlm_generic_payload& payload, Address address, std::uint8_t* data, std::size_t length);
  bool answer_dmi(Address address, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi, const FlatRange& range);
  bool ask_target_for_dmi(Address address, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi,
                          const FlatRange& range);
  void take_back(const AddressRange& range);
  bool initiator_exists() const;
  std::string claim_socket_name() const;

  std::string name_;
  AddressSpace& space_;
  PortObserver* const& observer_;
  const FlatRange* last_hit_ = nullptr;
  std::uint64_t last_generation_ = 0;
  DmiLedger ledger_;
  int invalidating_ = 0;
  std::unique_ptr<AnySocket> socket_;
  std::string initiator_name_;
  std::unique_ptr<DmiWatch> watch_;
};

}  // namespace sc_memory
