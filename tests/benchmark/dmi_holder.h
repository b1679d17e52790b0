// An initiator that holds direct pointers.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"

namespace sc_memory::bench {

/// Asks for pointers, and hears that they are taken back without doing anything.
class DmiHolder : public sc_core::sc_module, private tlm::tlm_bw_transport_if<> {
 public:
  explicit DmiHolder(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
  }

  /// Whether a pointer to the byte at `address` is granted for reads.
  bool ask(Address address) {
    tlm::tlm_generic_payload payload;
    payload.set_read();
    payload.set_address(address);
    tlm::tlm_dmi dmi;
    return socket->get_direct_mem_ptr(payload, dmi);
  }

  std::size_t invalidations() const { return invalidations_; }

  tlm::tlm_initiator_socket<> socket{"socket"};

 private:
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_ACCEPTED;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override { ++invalidations_; }

  std::size_t invalidations_ = 0;
};

/// A router with such an initiator, which holds pointers into 64 memories of their own far above everything else.
class HeldGrants {
 public:
  static constexpr std::size_t kGrants = 64;
  static constexpr Address kBase = Address{1} << 48;
  static constexpr std::uint64_t kDistance = 1_MiB;

  HeldGrants(Container& system, AddressSpace& space) {
    for (std::size_t i = 0; i < kGrants; ++i) {
      memories_.push_back(std::make_unique<RamRegion>("held" + std::to_string(i), 64_KiB));
      system.add(kBase + i * kDistance, *memories_.back());
    }
    bus_.initiator("holder", space).bind(holder_.socket);
  }

  /// Once the platform is elaborated.
  void hold() {
    for (std::size_t i = 0; i < kGrants; ++i) holder_.ask(kBase + i * kDistance);
  }

 private:
  std::vector<std::unique_ptr<RamRegion>> memories_;
  Router bus_{sc_core::sc_gen_unique_name("bus")};
  DmiHolder holder_{sc_core::sc_gen_unique_name("holder")};
};

}  // namespace sc_memory::bench
