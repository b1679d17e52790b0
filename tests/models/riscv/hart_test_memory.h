// A TLM target for the tests of the hart: RAM with DMI that can be switched off and taken back, and a hook for device
// pages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

namespace sc_memory::models::riscv::test {

class TestMemory : public sc_core::sc_module {
 public:
  // What a device access does; returns the response.
  using Device = std::function<tlm::tlm_response_status(tlm::tlm_generic_payload&, sc_core::sc_time& delay)>;

  static constexpr uint64_t base = 0x80000000;

  TestMemory(const sc_core::sc_module_name& name, uint64_t size) : sc_module(name), socket("socket"), bytes_(size) {
    socket.register_b_transport(this, &TestMemory::b_transport);
    socket.register_get_direct_mem_ptr(this, &TestMemory::get_direct_mem_ptr);
  }

  tlm_utils::simple_target_socket<TestMemory, 64> socket;

  // RAM, by bus address.
  uint8_t* at(uint64_t address) { return bytes_.data() + (address - base); }
  uint64_t last() const { return base + bytes_.size() - 1; }
  template <class Value>
  Value get(uint64_t address) {
    Value value;
    std::memcpy(&value, at(address), sizeof(value));
    return value;
  }
  template <class Value>
  void put(uint64_t address, Value value) {
    std::memcpy(at(address), &value, sizeof(value));
  }

  // Serves [first, last] in place of RAM or nothing.
  void add_device(uint64_t first, uint64_t last, Device device) {
    devices_.push_back({first, last, std::move(device)});
  }

  void allow_dmi(bool allowed) { dmi_allowed_ = allowed; }
  // Says in every answer that a direct pointer would be given, and then refuses it.
  void promise_dmi_in_vain(bool vain) { vain_promise_ = vain; }
  void allow_write_dmi(bool allowed) { write_dmi_allowed_ = allowed; }
  // The whole window that grants name; must lie in RAM.
  void limit_dmi(uint64_t first, uint64_t last) { dmi_first_ = first, dmi_last_ = last; }
  void set_dmi_latency(const sc_core::sc_time& latency) { dmi_latency_ = latency; }
  void take_back(uint64_t first, uint64_t last) { socket->invalidate_direct_mem_ptr(first, last); }

  // What an initiator on another socket gets.
  void serve(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) { b_transport(payload, delay); }

 private:
  struct DeviceWindow {
    uint64_t first, last;
    Device device;
  };

  bool in_ram(uint64_t address, uint64_t size) const {
    return address >= base && address <= last() && last() - address >= size - 1;
  }
  bool dmi_covers(uint64_t address) const {
    return dmi_allowed_ && !vain_promise_ && in_ram(address, 1) && address >= dmi_first_ && address <= dmi_last_;
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const uint64_t address = payload.get_address();
    const unsigned size = payload.get_data_length();
    for (DeviceWindow& window : devices_) {
      if (address < window.first || address > window.last) continue;
      payload.set_response_status(window.device(payload, delay));
      return;
    }
    if (!in_ram(address, size)) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    if (payload.is_write()) {
      std::memcpy(at(address), payload.get_data_ptr(), size);
    } else {
      std::memcpy(payload.get_data_ptr(), at(address), size);
    }
    payload.set_dmi_allowed(dmi_covers(address) && (payload.is_read() || write_dmi_allowed_));
    if (vain_promise_) payload.set_dmi_allowed(true);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const uint64_t address = payload.get_address();
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    if (!dmi_covers(address) || (payload.is_write() && !write_dmi_allowed_)) return false;
    const uint64_t first = std::max(dmi_first_, base);
    dmi.set_start_address(first);
    dmi.set_end_address(std::min(dmi_last_, last()));
    dmi.set_dmi_ptr(at(first));
    dmi.set_read_latency(dmi_latency_);
    dmi.set_write_latency(dmi_latency_);
    if (write_dmi_allowed_) {
      dmi.allow_read_write();
    } else {
      dmi.allow_read();
    }
    return true;
  }

  std::vector<uint8_t> bytes_;
  std::vector<DeviceWindow> devices_;
  bool dmi_allowed_ = true;
  bool write_dmi_allowed_ = true;
  bool vain_promise_ = false;
  uint64_t dmi_first_ = 0;
  uint64_t dmi_last_ = ~uint64_t{0};
  sc_core::sc_time dmi_latency_;
};

}  // namespace sc_memory::models::riscv::test
