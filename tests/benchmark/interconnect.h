// What routing is compared on: one initiator that reaches the same targets in two ways, by a socket bound straight to
// each, and by one socket through a router.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/host_memory.h"
#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/router.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory::bench {

/// Binds to as many initiators as there are.
using TargetSocket = tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 0>;
using InitiatorSocket = tlm::tlm_initiator_socket<32>;

/// What the targets below have in common: they answer nothing but what is measured.
class BenchTarget : public sc_core::sc_module, protected tlm::tlm_fw_transport_if<> {
 public:
  explicit BenchTarget(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
  }
  TargetSocket socket{"socket"};

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_core::sc_time&) override {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
};

/// One register of four bytes; also a page of memory for those who ask for a pointer.
class RegisterTarget final : public BenchTarget {
 public:
  using BenchTarget::BenchTarget;
  static constexpr std::uint64_t kBytes = 4_KiB;

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
    move(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
    move(payload);
    return sizeof value_;
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) override;

  void move(tlm::tlm_generic_payload& payload) {
    if (payload.is_read())
      std::memcpy(payload.get_data_ptr(), &value_, sizeof value_);
    else
      std::memcpy(&value_, payload.get_data_ptr(), sizeof value_);
  }

  std::uint32_t value_ = 0;
};

/// A memory that only copies. It lies at the start of a page of the host, as that of a region does: how fast a page is
/// copied depends on where in pages both ends lie, on some processors by a factor of three.
class CopyTarget final : public BenchTarget {
 public:
  CopyTarget(sc_core::sc_module_name name, std::size_t size)
      : BenchTarget(name), memory_(HostMemory::anonymous(size)) {}

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
    std::uint8_t* const bytes = memory_.data() + payload.get_address();
    if (payload.is_read())
      std::memcpy(payload.get_data_ptr(), bytes, payload.get_data_length());
    else
      std::memcpy(bytes, payload.get_data_ptr(), payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }

  HostMemory memory_;
};

/// `count` registers, and a memory. Everything is elaborated when the constructor returns.
class Interconnect : private tlm::tlm_bw_transport_if<> {
 public:
  static constexpr std::uint64_t kMemoryBytes = 1_MiB;

  explicit Interconnect(std::size_t count);

  std::size_t count() const { return targets_.size(); }

  /// The way to a target without a router: `index` of a register, or count() for the memory. Addresses are relative.
  InitiatorSocket& direct(std::size_t index) { return *cpu_.direct[index]; }
  /// The way through the router, by addresses of the map.
  InitiatorSocket& routed() { return cpu_.routed; }
  static Address address_of(std::size_t index) { return kRegisters + index * RegisterTarget::kBytes; }
  static constexpr Address kMemory = 0x8000'0000;

 private:
  static constexpr Address kRegisters = 0x1000'0000;

  struct Cpu : sc_core::sc_module {
    Cpu(sc_core::sc_module_name name, std::size_t targets, tlm::tlm_bw_transport_if<>& backward);
    InitiatorSocket routed{"routed"};
    std::vector<std::unique_ptr<InitiatorSocket>> direct;
  };

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_ACCEPTED;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

  // The space goes before the regions, which then need not be taken out of its view one by one.
  Container system_{"system"};
  RamRegion ram_{"ram", kMemoryBytes};
  CopyTarget memory_{"memory", kMemoryBytes};
  std::vector<std::unique_ptr<RegisterTarget>> targets_;
  std::vector<std::unique_ptr<TargetRegion>> regions_;
  AddressSpace space_{"memory", system_};
  Router bus_{"bus"};
  Cpu cpu_;
};

/// Sets up a payload as an initiator must before each use (IEEE 1666 14.7).
inline void prepare(tlm::tlm_generic_payload& payload, tlm::tlm_command command, Address address, void* data,
                    unsigned length) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<std::uint8_t*>(data));
  payload.set_data_length(length);
  payload.set_streaming_width(length);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

}  // namespace sc_memory::bench
