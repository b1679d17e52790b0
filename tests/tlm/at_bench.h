// What the tests of non-blocking transport are made of: transactions that are counted, an initiator and a target that
// do as they are told and write down what they hear, with checkers of the base protocol on both sides of the router.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/protocol_checker.h"
#include "sc_memory/tlm/router.h"
#include "sc_memory/tlm/target_region.h"

namespace sc_memory::testing {

inline sc_core::sc_time ns(double n) { return {n, sc_core::SC_NS}; }

/// Hands out transactions and knows how many are not given back. They live as long as the pool.
class PayloadPool final : public tlm::tlm_mm_interface {
 public:
  /// Set up as an initiator must, with one reference.
  tlm::tlm_generic_payload& make(tlm::tlm_command command, Address address, void* data, unsigned length) {
    if (free_.empty()) {
      all_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
      free_.push_back(all_.back().get());
    }
    tlm::tlm_generic_payload& payload = *free_.back();
    free_.pop_back();
    ++in_use_;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<std::uint8_t*>(data));
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    payload.acquire();
    return payload;
  }
  void free(tlm::tlm_generic_payload* payload) override {
    --in_use_;
    payload->reset();
    free_.push_back(payload);
  }
  int in_use() const { return in_use_; }

 private:
  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload*> free_;
  int in_use_ = 0;
};

/// "END_REQ 0x1000 @ 10 ns": a phase as it was heard, with the address in the payload, at the time it takes effect.
inline std::string heard(const tlm::tlm_phase& phase, const tlm::tlm_generic_payload& payload,
                         const sc_core::sc_time& delay) {
  char address[32];
  std::snprintf(address, sizeof address, " 0x%llx @ ", static_cast<unsigned long long>(payload.get_address()));
  return phase.get_name() + std::string(address) + (sc_core::sc_time_stamp() + delay).to_string();
}

using Backward = std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)>;
using Forward = Backward;

/// Ends every response at once, unless told otherwise.
class AtInitiator : public sc_core::sc_module, public tlm::tlm_bw_transport_if<> {
 public:
  explicit AtInitiator(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
  }

  tlm::tlm_sync_enum send(tlm::tlm_generic_payload& payload, tlm::tlm_phase phase,
                          const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME) {
    annotation = delay;
    return socket->nb_transport_fw(payload, phase, annotation);
  }
  tlm::tlm_sync_enum begin(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay = sc_core::SC_ZERO_TIME) {
    return send(payload, tlm::BEGIN_REQ, delay);
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    log.push_back(heard(phase, payload, delay));
    if (on_backward) return on_backward(payload, phase, delay);
    return phase == tlm::BEGIN_RESP ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
    invalidations.push_back({first, last});
  }

  tlm::tlm_initiator_socket<> socket{"socket"};
  std::vector<std::string> log;
  std::vector<AddressRange> invalidations;
  Backward on_backward;
  sc_core::sc_time annotation;  ///< As the last send() came back with it.
};

/// A memory that completes every request at once, unless told otherwise.
class AtTarget : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
 public:
  explicit AtTarget(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
  }

  tlm::tlm_sync_enum send(tlm::tlm_generic_payload& payload, tlm::tlm_phase phase,
                          sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return socket->nb_transport_bw(payload, phase, delay);
  }
  void serve(tlm::tlm_generic_payload& payload) {
    std::uint8_t* const bytes = memory.data() + payload.get_address() % memory.size();
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), bytes, payload.get_data_length());
    if (payload.is_write()) std::memcpy(bytes, payload.get_data_ptr(), payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override { serve(payload); }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    log.push_back(heard(phase, payload, delay));
    if (on_forward) return on_forward(payload, phase, delay);
    if (phase == tlm::BEGIN_REQ) serve(payload);
    return tlm::TLM_COMPLETED;
  }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }

  tlm::tlm_target_socket<> socket{"socket"};
  std::vector<std::uint8_t> memory = std::vector<std::uint8_t>(0x2000);
  std::vector<std::string> log;
  Forward on_forward;
};

/// Two initiators and two targets, at 0x1000 and 0x3000; memory at 0x8000.
struct AtBench : sc_core::sc_module {
  explicit AtBench(sc_core::sc_module_name name = "bench") : sc_module(name) {
    system.add(0x1000, first_region);
    system.add(0x3000, *second_region);
    system.add(0x8000, ram);
    first_region.bind(first_checker.target);
    first_checker.initiator.bind(first_target.socket);
    second_region->bind(second_checker.target);
    second_checker.initiator.bind(second_target.socket);
    cpu.socket.bind(cpu_checker.target);
    cpu_port.bind(cpu_checker.initiator);
    dma.socket.bind(dma_checker.target);
    dma_port.bind(dma_checker.initiator);
  }

  /// Lets `time` pass.
  void run(double nanoseconds = 1000) { sc_core::sc_start(ns(nanoseconds)); }
  /// Rules broken, and transactions that did not end, on all sides of the router.
  std::uint64_t complaints() const {
    return cpu_checker.count() + dma_checker.count() + first_checker.count() + second_checker.count();
  }
  std::size_t in_flight() const {
    return cpu_checker.in_flight() + dma_checker.in_flight() + first_checker.in_flight() + second_checker.in_flight();
  }
  tlm::tlm_generic_payload& write(Address address, std::uint32_t& value) {
    return pool.make(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value);
  }
  tlm::tlm_generic_payload& read(Address address, std::uint32_t& value) {
    return pool.make(tlm::TLM_READ_COMMAND, address, &value, sizeof value);
  }

  PayloadPool pool;
  Container system{"system"};
  TargetRegion first_region{"first", 0x1000};
  std::unique_ptr<TargetRegion> second_region = std::make_unique<TargetRegion>("second", 0x1000);
  RamRegion ram{"ram", 0x1000};
  AddressSpace space{"memory", system};
  Router bus{"bus"};
  InitiatorPort& cpu_port = bus.initiator("cpu", space);
  InitiatorPort& dma_port = bus.initiator("dma", space);
  AtInitiator cpu{"cpu"};
  AtInitiator dma{"dma"};
  AtTarget first_target{"first_target"};
  AtTarget second_target{"second_target"};
  ProtocolChecker<> cpu_checker{"cpu_checker"};
  ProtocolChecker<> dma_checker{"dma_checker"};
  ProtocolChecker<> first_checker{"first_checker"};
  ProtocolChecker<> second_checker{"second_checker"};
};

/// Collects the router's reports of broken rules, which then go no further.
class ProtocolReports {
 public:
  ProtocolReports() {
    texts().clear();
    sc_core::sc_report_handler::set_handler([](const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
      const std::string text = report.get_msg();
      if (text.find("the initiator at port") == 0 || text.find("the target of") == 0)
        texts().push_back(text);
      else
        sc_core::sc_report_handler::default_handler(report, actions);
    });
  }
  ~ProtocolReports() { sc_core::sc_report_handler::set_handler(nullptr); }

  std::size_t count() const { return texts().size(); }
  std::string last() const { return texts().empty() ? "" : texts().back(); }

 private:
  static std::vector<std::string>& texts() {
    static std::vector<std::string> all;
    return all;
  }
};

}  // namespace sc_memory::testing
