// A port of the router: one initiator's way into one address space.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/address_space.h"
#include "sc_memory/tlm/dmi_grants.h"
#include "sc_memory/tlm/initiator_life.h"
#include "sc_memory/tlm/nonblocking.h"
#include "sc_memory/tlm/port_lane.h"
#include "sc_memory/tlm/port_observer.h"
#include "sc_memory/tlm/socket_owners.h"

namespace sc_memory {

/// Serves TLM-2.0 transactions from the published view of an address space, which may change at any time: each access
/// sees the map as it is when it begins. All addresses are the initiator's, which are the space's. In the simulation's
/// thread only.
class InitiatorPort final : private tlm::tlm_fw_transport_if<>, private NonblockingHost {
 public:
  /// What the ports of a router share, and which of them this one is.
  struct Surroundings {
    TimingTable& timings;
    PhaseScheduler& scheduler;
    std::size_t index;
  };

  InitiatorPort(std::string name, AddressSpace& space, const Surroundings& surroundings);
  InitiatorPort(const InitiatorPort&) = delete;
  InitiatorPort& operator=(const InitiatorPort&) = delete;
  ~InitiatorPort() override;

  const std::string& name() const { return name_; }
  /// What the initiator looks at unless a transaction's attributes choose another space.
  AddressSpace& space() const { return main_.space; }

  /// Chooses the space of each transaction by its attributes (see AttributesExtension): secure accesses see one map,
  /// others another. The spaces are those given to add_space(); null stands for space(), and so does, after a warning,
  /// a space that was not given.
  using SpaceSelector = std::function<AddressSpace*(const Attributes&)>;
  InitiatorPort& select_space(SpaceSelector selector);
  /// A space that the selector may choose. Throws MapError if the port has it already.
  InitiatorPort& add_space(AddressSpace& space);
  /// Both for the common case: transactions whose `secure` attribute is set see `space`.
  InitiatorPort& secure_space(AddressSpace& space);

  /// For regions that arbitrate between initiators (timing.h). Higher priorities go first; 0 unless set.
  InitiatorPort& priority(int priority);
  /// Accesses in a row, at least 1, which it is unless set.
  InitiatorPort& weight(unsigned weight);

  /// Takes back the initiator's pointers into `region`, whose latency is another one now.
  void take_back_grants_of(const MemoryRegion& region);

  /// Whether the initiator gets direct pointers at all. Switching off takes back what it holds.
  InitiatorPort& allow_dmi(bool allowed);

  /// Takes back what the initiator holds of what `hold` names, and gives no pointers to it until let_go() of the same.
  /// It outlives its hold.
  void hold_back(const DmiHold& hold);
  void let_go(const DmiHold& hold);

  /// For the parts of the router: an access waited, as PortObserver::waited() says.
  void waited(const MemoryRegion* region, const InitiatorPort& behind, const sc_core::sc_time& duration) override;

  /// Tells `observer` of the port's traffic from now on. Not owned.
  void add_observer(PortObserver& observer);
  void remove_observer(PortObserver& observer);

  /// For the router: a region that was served without being timed is timed now.
  void timing_added() { main_.forget(); }

  /// Binds the initiator's socket, of any bus width, during elaboration. A port has one initiator.
  template <unsigned width, int count, sc_core::sc_port_policy policy>
  void bind(tlm::tlm_base_initiator_socket<width, tlm::tlm_fw_transport_if<>, tlm::tlm_bw_transport_if<>, count,
                                           policy>& initiator) {
    auto socket = std::make_unique<Socket<width>>(claim_socket_name().c_str());
    socket->target.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    initiator.bind(socket->target);
    initiator_.note(initiator.get_base_port());
    socket_ = std::move(socket);
  }

  /// Makes the port reachable from outside, by a target socket of the module that has the router inside. The initiator
  /// is whoever is bound to that socket further up.
  template <unsigned width, int count, sc_core::sc_port_policy policy>
  void bind(tlm::tlm_base_target_socket<width, tlm::tlm_fw_transport_if<>, tlm::tlm_bw_transport_if<>, count, policy>&
                parent) {
    auto socket = std::make_unique<Socket<width>>(claim_socket_name().c_str());
    socket->target.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    parent.bind(socket->target);
    socket_ = std::move(socket);
  }

  /// How many transactions observers were, or would have been, told the begin of.
  std::uint64_t begun() const { return begun_; }

  bool bound() const { return socket_ != nullptr; }
  /// space(), and those that a transaction's attributes may choose.
  std::vector<const AddressSpace*> spaces() const;
  bool looks_at(const AddressSpace& space) const;
  /// For the router: all sockets are bound, and the initiator can be known.
  void elaborated(const SocketOwners& owners);

  /// What the initiator holds of space(): grants and refusals, in its addresses.
  const DmiLedger& dmi_ledger() const { return main_.grants.ledger(); }

 private:
  struct AnySocket {
    virtual ~AnySocket() = default;
    virtual tlm::tlm_bw_transport_if<>* backward() = 0;
    /// In bytes: IEEE 1666 14.18.2 b.
    virtual unsigned word_length() const = 0;
  };
  /// A module around the socket, because a socket needs one: platforms may be put together in sc_main.
  template <unsigned width>
  struct Socket final : AnySocket, sc_core::sc_module {
    explicit Socket(sc_core::sc_module_name name) : sc_module(name) {}
    tlm::tlm_bw_transport_if<>* backward() override {
      // Null until the socket is bound.
      if (initiator == nullptr)
        initiator = dynamic_cast<tlm::tlm_bw_transport_if<>*>(target.get_base_port().get_interface());
      return initiator;
    }
    unsigned word_length() const override { return (width + 7) / 8; }
    tlm::tlm_target_socket<width> target{"socket"};
    tlm::tlm_bw_transport_if<>* initiator = nullptr;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;

  const std::string& port_name() const override { return name_; }
  const Contender& contender() const override { return contender_; }
  tlm::tlm_bw_transport_if<>* backward() override { return socket_->backward(); }
  Destination destination_of(const tlm::tlm_generic_payload& payload, FlatRange& range) override;
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  void serve_here(const FlatRange& range, tlm::tlm_generic_payload& payload) override;
  void answered(tlm::tlm_generic_payload& payload) override;
  std::uint64_t began(const sc_core::sc_time& start) override;
  const InitiatorPort& port() const override { return *this; }
  void ended(const Flight& flight, const sc_core::sc_time& end) override;

  void add_service_time(const MemoryRegion& region, tlm::tlm_command command, std::size_t length,
                        sc_core::sc_time& delay);
  [[gnu::noinline]] void call_target(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                                     const ServedRange& served);
  [[gnu::noinline]] void access_memory(tlm::tlm_generic_payload& payload, const ServedRange& served);
  [[gnu::noinline]] void transport_otherwise(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  [[gnu::noinline]] unsigned debug_target(tlm::tlm_generic_payload& payload, const ServedRange& served);
  [[gnu::noinline]] unsigned debug_otherwise(tlm::tlm_generic_payload& payload);
  void transport_with_features(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, TransactionPath path);
  void carry_out(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, TransactionPath path);
  void carry_out_observed(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay, TransactionPath path);
  void correct_hint(PortLane& lane, tlm::tlm_generic_payload& payload);
  void tell(const PortTransaction& transaction);
  /// A transaction of this port, or a part of it, that has not begun yet.
  PortTransaction begin_of(TransactionPath path, const tlm::tlm_generic_payload& payload, const MemoryRegion* region,
                           Address address, Address offset, std::size_t length) const;
  /// Lets observers hear of `serve`, which returns the response and adds to `delay`: that it begins and, as `seen` with
  /// what is known then, that it ends, whichever way. `lifetime` is the region's.
  template <typename Serve>
  void observe(PortTransaction seen, const std::weak_ptr<const void>& lifetime, const sc_core::sc_time& delay,
               Serve&& serve);
  void update_plain() { main_.allow_plain(!observers_.any() && !selector_); }
  PortLane& lane_of(const tlm::tlm_generic_payload& payload) { return selector_ ? selected_lane(payload) : main_; }
  PortLane& selected_lane(const tlm::tlm_generic_payload& payload);
  void add_latencies(const MemoryRegion& region, tlm::tlm_dmi& dmi) const;
  DmiGrants::Invalidate invalidator();
  void transport_here(PortLane& lane, const FlatRange& range, tlm::tlm_generic_payload& payload);
  bool would_grant(PortLane& lane, Address address, const tlm::tlm_generic_payload& payload);
  void transport_in_pieces(PortLane& lane, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay,
                           TransactionPath path);
  /// A part of a transaction, which one region serves. `address` is the initiator's.
  struct Piece {
    Address address;
    std::uint8_t* data;
    std::size_t length;
  };
  AccessResult transport_piece_observed(const Route& route, tlm::tlm_generic_payload& payload, const Piece& piece,
                                        sc_core::sc_time& delay, TransactionPath path);
  AccessResult transport_piece(const Route& route, tlm::tlm_generic_payload& payload, std::uint8_t* data,
                               std::size_t length, sc_core::sc_time& delay);
  void invalidate(const AddressRange& range, const std::vector<DmiLedger::Held>& taken, DmiCause cause);
  std::string claim_socket_name() const;

  std::string name_;
  PortObservers observers_;
  TimingTable& timings_;
  Contender contender_;
  std::unique_ptr<AnySocket> socket_;
  InitiatorLife initiator_;
  PortLane main_;
  std::vector<std::unique_ptr<PortLane>> others_;
  std::vector<const DmiHold*> holds_;
  SpaceSelector selector_;
  bool selection_reported_ = false;
  NonblockingPort nonblocking_;
  std::uint64_t begun_ = 0;
  std::shared_ptr<const void> alive_ = std::make_shared<char>();  ///< For processes that outlive the port in a call.
};

}  // namespace sc_memory
