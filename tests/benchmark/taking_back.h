// A target whose word is good until it takes it back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/address_range.h"

namespace sc_memory::bench {

/// A memory behind a socket, which takes back what it granted, by the page or at once.
class TakingBack : public sc_core::sc_module, private tlm::tlm_fw_transport_if<> {
 public:
  static constexpr std::size_t kPages = 16;
  static constexpr std::uint64_t kPage = 4_KiB;
  static constexpr std::uint64_t kBytes = kPages * kPage;

  explicit TakingBack(sc_core::sc_module_name name) : sc_module(name), memory_(kBytes) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
  }

  void take_back(std::size_t page) { socket->invalidate_direct_mem_ptr(page * kPage, page * kPage + (kPage - 1)); }
  void take_all_back() { socket->invalidate_direct_mem_ptr(0, kBytes - 1); }

  tlm::tlm_target_socket<> socket{"socket"};

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_COMPLETED;
  }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) override {
    dmi.set_start_address(0);
    dmi.set_end_address(memory_.size() - 1);
    dmi.set_dmi_ptr(memory_.data());
    dmi.allow_read_write();
    return true;
  }

  std::vector<std::uint8_t> memory_;
};

}  // namespace sc_memory::bench
