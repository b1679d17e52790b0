// A checker of the TLM-2.0 base protocol that sits between any two sockets: it hands everything on and reports what
// breaks a rule of IEEE 1666.
//
//     ProtocolChecker<> checker{"checker"};
//     cpu.socket.bind(checker.target);
//     checker.initiator.bind(memory.socket);
//
// A broken rule is a report of kProtocolMessage with the severity warning, which names this module, the address and the
// rule: the simulation goes on. Each rule is reported once; how often it was broken is told by one line at the end of
// simulation. To stop at the first one:
//     sc_report_handler::set_actions(kProtocolMessage, SC_WARNING, SC_DISPLAY | SC_THROW);
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sc_memory/map/address_range.h"
#include "sc_memory/tlm/pass_through.h"
#include "sc_memory/tlm/rule_counts.h"

namespace sc_memory {

/// The rules, each with the clause of IEEE 1666-2023 that it comes from, where it has one.
enum class ProtocolRule : std::uint8_t {
  command,                ///< 14.9: not one of the three commands.
  null_data,              ///< 14.11 e: no data pointer.
  zero_length,            ///< 14.12 d: no data.
  byte_enable_length,     ///< 14.14 f: byte enables without a length.
  byte_enable_value,      ///< 14.13 b: a byte enable that is neither 0 nor 0xff.
  streaming_width,        ///< 14.15 f: a streaming width of 0.
  beyond_top,             ///< The access runs over the top of the 64-bit space.
  response_preset,        ///< 14.17.1 e: the initiator did not begin with TLM_INCOMPLETE_RESPONSE.
  hint_preset,            ///< 15.2.13.2 d: the initiator did not begin with the DMI hint off.
  option,                 ///< 14.8 g: an option other than TLM_MIN_PAYLOAD on a transport.
  attribute_changed,      ///< 14.7: an attribute that only the initiator may set was changed on the way.
  write_data_changed,     ///< 14.11 i: the data of a write was changed.
  disabled_byte_changed,  ///< 14.13 k: a read changed a byte that was not enabled.
  incomplete,             ///< 14.17.1 k: the transaction ended with TLM_INCOMPLETE_RESPONSE.
  time_went_back,         ///< 15.2.7 b, c: the time of a call and its annotation together decreased.
  from_method,            ///< 11.2.2.4 b: b_transport from a method process.
  in_flight,              ///< 15.2.4: a transaction object was used again before its end.
  no_memory_manager,      ///< 15.2.3 p: a non-blocking transaction without a memory manager, or not held by anybody.
  phase_order,  ///< 15.2.4, 15.2.5 e: a phase that cannot come now, or in this direction; any outside of a transaction.
  request_exclusion,   ///< 15.2.6 e: a request began before the one before it was taken.
  response_exclusion,  ///< 15.2.6 f, 15.2.3 i: a response began, or a request was completed, before the response before
                       ///< it was taken.
  dmi_range,           ///< 11.3.5 r: a DMI answer that ends before it begins or does not hold the address.
  dmi_pointer,         ///< 11.3.5 g: DMI was granted without a pointer.
  dmi_access,          ///< 11.3.5 m: DMI was granted, but not for what was asked.
  dmi_command,         ///< 11.3.4 g: a DMI request that is neither for reads nor for writes.
  dmi_in_invalidate,   ///< 11.3.6 k: a DMI request from inside invalidate_direct_mem_ptr.
  dmi_waited,          ///< 11.3.3 o: get_direct_mem_ptr let time pass.
  invalidate_range,    ///< 11.3.6 c: an invalidation that ends before it begins.
  debug_count,         ///< 11.4.4 s: more bytes moved than asked for.
  debug_waited,        ///< 11.4.4 t: transport_dbg let time pass.
};

/// What the rule says, in a few words.
const char* text_of(ProtocolRule rule);

class ProtocolChecks : public PassThrough {
 public:
  explicit ProtocolChecks(sc_core::sc_module_name name);
  ~ProtocolChecks() override;

  /// How often a rule was broken, and all together.
  std::uint64_t count(ProtocolRule rule) const { return counts_.of(rule); }
  std::uint64_t count() const { return counts_.sum(); }

  /// Transactions that have begun and not ended.
  std::size_t in_flight() const { return flights_.size(); }

 private:
  /// What must come back as it went out.
  class Snapshot;
  /// A non-blocking transaction on its way.
  struct Flight;

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override;

  void end_of_simulation() override;
  void broken(ProtocolRule rule, Address address);
  void check_beginning(const tlm::tlm_generic_payload& payload);
  void check_values(const tlm::tlm_generic_payload& payload);
  void check_end(const tlm::tlm_generic_payload& payload, const Snapshot& before);

  void begin_flight(tlm::tlm_generic_payload& payload);
  /// A phase is called or returned; `forward` tells in which direction it travels.
  void step(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase, const sc_core::sc_time& delay,
            bool forward);
  void step_request(Flight& flight, tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void step_response(Flight& flight, tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
  void returned(tlm::tlm_generic_payload& payload, tlm::tlm_sync_enum result, const tlm::tlm_phase& phase,
                const sc_core::sc_time& delay, bool forward);
  void end_flight(tlm::tlm_generic_payload& payload);

  RuleCounts<ProtocolRule> counts_;
  std::map<tlm::tlm_generic_payload*, std::unique_ptr<Flight>> flights_;
  /// The transaction whose request, or response, occupies the sockets; null for none.
  tlm::tlm_generic_payload* request_ = nullptr;
  tlm::tlm_generic_payload* response_ = nullptr;
  int invalidating_ = 0;
};

template <unsigned width = 32>
using ProtocolChecker = BetweenSockets<ProtocolChecks, width>;

}  // namespace sc_memory
