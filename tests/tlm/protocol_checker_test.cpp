// The protocol checker: each rule broken once, and silence on what is right.
#include "sc_memory/tlm/protocol_checker.h"

#include <gtest/gtest.h>

#include "sc_memory/tlm/messages.h"

#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::OpenModule;
using testing::ReportCounter;
using testing::TestInitiator;
using testing::TestTarget;

/// Memory management that counts.
class Pool : public tlm::tlm_mm_interface {
 public:
  void free(tlm::tlm_generic_payload*) override { ++freed; }
  int freed = 0;
};

struct CheckedPair {
  CheckedPair() {
    cpu.socket.bind(checker.target);
    checker.initiator.bind(memory.socket);
    platform.close();
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    testing::prepare(payload, tlm::TLM_READ_COMMAND, 0x10, data, 4);
    payload.set_mm(&pool);
    payload.acquire();
  }

  /// The payload as it should be.
  tlm::tlm_generic_payload& fresh(tlm::tlm_command command = tlm::TLM_READ_COMMAND) {
    testing::prepare(payload, command, 0x10, data, 4);
    payload.set_gp_option(tlm::TLM_MIN_PAYLOAD);
    return payload;
  }
  tlm::tlm_sync_enum forward(tlm::tlm_phase phase, double ns = 0) {
    sc_core::sc_time delay(ns, sc_core::SC_NS);
    return cpu.socket->nb_transport_fw(payload, phase, delay);
  }
  tlm::tlm_sync_enum backward(tlm::tlm_phase phase, double ns = 0) {
    sc_core::sc_time delay(ns, sc_core::SC_NS);
    if (phase == tlm::BEGIN_RESP) payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return memory.socket->nb_transport_bw(payload, phase, delay);
  }
  /// A target that accepts and leaves the rest to the test.
  void accept_everything() {
    memory.on_forward = [](auto&, auto&, auto&) { return tlm::TLM_ACCEPTED; };
  }

  OpenModule platform;
  ReportCounter reports{kProtocolMessage};
  TestInitiator cpu{"cpu"};
  ProtocolChecker<> checker{"checker"};
  TestTarget<> memory{"memory", 0x100};
  std::uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  Pool pool;
  tlm::tlm_generic_payload payload;
};

TEST(ProtocolChecker, IsSilentOnBlockingTraffic) {
  CheckedPair pair;
  EXPECT_EQ(pair.cpu.store<std::uint32_t>(0x10, 7), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(pair.cpu.load<std::uint32_t>(0x10), 7u);
  EXPECT_TRUE(pair.cpu.ask_dmi(0x10, Direction::write).granted);
  std::uint32_t word = 0;
  EXPECT_EQ(pair.cpu.debug_read(0x10, &word, 4), 4u);
  pair.memory.socket->invalidate_direct_mem_ptr(0, 0xff);
  EXPECT_EQ(pair.cpu.invalidations.size(), 1u);
  tlm::tlm_generic_payload nothing;
  testing::prepare(nothing, tlm::TLM_IGNORE_COMMAND, 0, nullptr, 0);
  pair.cpu.transport(nothing);
  EXPECT_EQ(pair.checker.count(), 0u);
  EXPECT_EQ(pair.reports.count(), 0);
}

TEST(ProtocolChecker, IsSilentOnFourPhases) {
  CheckedPair pair;
  pair.accept_everything();
  pair.fresh();
  EXPECT_EQ(pair.forward(tlm::BEGIN_REQ), tlm::TLM_ACCEPTED);
  pair.backward(tlm::END_REQ);
  pair.backward(tlm::BEGIN_RESP, 3);
  EXPECT_EQ(pair.checker.in_flight(), 1u);
  pair.forward(tlm::END_RESP, 4);
  EXPECT_EQ(pair.checker.in_flight(), 0u);
  EXPECT_EQ(pair.payload.get_ref_count(), 1);
  // The response may come without END_REQ, on the return path, or with the request's return.
  pair.fresh();
  pair.forward(tlm::BEGIN_REQ);
  pair.cpu.on_backward = [](auto&, tlm::tlm_phase& phase, auto&) {
    phase = tlm::END_RESP;
    return tlm::TLM_UPDATED;
  };
  pair.backward(tlm::BEGIN_RESP);
  pair.memory.on_forward = [](tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, auto&) {
    if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
    phase = tlm::BEGIN_RESP;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_UPDATED;
  };
  pair.fresh();
  pair.forward(tlm::BEGIN_REQ);
  pair.forward(tlm::END_RESP);
  pair.memory.on_forward = nullptr;
  pair.fresh();
  EXPECT_EQ(pair.forward(tlm::BEGIN_REQ), tlm::TLM_COMPLETED) << "early completion";
  EXPECT_EQ(pair.checker.in_flight(), 0u);
  EXPECT_EQ(pair.checker.count(), 0u) << ReportCounter::last_text();
}

TEST(ProtocolChecker, FindsBadPayloads) {
  CheckedPair pair;
  std::uint8_t enables[2] = {0xff, 0x17};
  pair.memory.on_transport = [](tlm::tlm_generic_payload& payload, auto&) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  };
  const auto breaks = [&](ProtocolRule rule, auto&& spoil) {
    const std::uint64_t before = pair.checker.count(rule);
    const std::uint64_t all = pair.checker.count();
    spoil(pair.fresh());
    pair.cpu.transport(pair.payload);
    EXPECT_EQ(pair.checker.count(rule), before + 1) << text_of(rule);
    EXPECT_EQ(pair.checker.count(), all + 1) << "and nothing else: " << text_of(rule);
  };
  breaks(ProtocolRule::command, [](auto& payload) { payload.set_command(static_cast<tlm::tlm_command>(3)); });
  breaks(ProtocolRule::null_data, [](auto& payload) { payload.set_data_ptr(nullptr); });
  breaks(ProtocolRule::zero_length, [](auto& payload) { payload.set_data_length(0); });
  breaks(ProtocolRule::streaming_width, [](auto& payload) { payload.set_streaming_width(0); });
  breaks(ProtocolRule::beyond_top, [](auto& payload) { payload.set_address(UINT64_MAX - 2); });
  breaks(ProtocolRule::byte_enable_length, [&](auto& payload) { payload.set_byte_enable_ptr(enables); });
  breaks(ProtocolRule::byte_enable_value, [&](auto& payload) {
    payload.set_byte_enable_ptr(enables);
    payload.set_byte_enable_length(2);
  });
  breaks(ProtocolRule::response_preset, [](auto& payload) { payload.set_response_status(tlm::TLM_OK_RESPONSE); });
  breaks(ProtocolRule::hint_preset, [](auto& payload) { payload.set_dmi_allowed(true); });
  breaks(ProtocolRule::option, [](auto& payload) { payload.set_gp_option(tlm::TLM_FULL_PAYLOAD); });
  EXPECT_EQ(static_cast<std::uint64_t>(pair.reports.count()), pair.checker.count());
  EXPECT_NE(ReportCounter::last_text().find("checker"), std::string::npos);
  EXPECT_NE(ReportCounter::last_text().find("0x10"), std::string::npos);
}

TEST(ProtocolChecker, ReportsARuleOnceAndItsCountAtTheEnd) {
  CheckedPair pair;
  for (int i = 0; i < 1000; ++i) {
    pair.fresh().set_response_status(tlm::TLM_OK_RESPONSE);
    pair.cpu.transport(pair.payload);
  }
  EXPECT_EQ(pair.checker.count(ProtocolRule::response_preset), 1000u);
  EXPECT_EQ(pair.reports.count(), 1);
  sc_core::sc_stop();
  EXPECT_EQ(pair.reports.count(), 2);
  EXPECT_NE(ReportCounter::last_text().find("1000 times"), std::string::npos) << ReportCounter::last_text();
}

TEST(ProtocolChecker, FindsWhatTargetsMustNotDo) {
  CheckedPair pair;
  std::uint8_t enables[2] = {0xff, 0};
  const auto breaks = [&](ProtocolRule rule, tlm::tlm_command command, auto&& misbehave) {
    const std::uint64_t all = pair.checker.count();
    const std::uint64_t before = pair.checker.count(rule);
    pair.memory.on_transport = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
      payload.set_response_status(tlm::TLM_OK_RESPONSE);
      misbehave(payload, delay);
    };
    pair.fresh(command);
    pair.payload.set_byte_enable_ptr(enables);
    pair.payload.set_byte_enable_length(2);
    enables[1] = 0;
    sc_core::sc_time delay(10, sc_core::SC_NS);
    pair.cpu.socket->b_transport(pair.payload, delay);
    EXPECT_EQ(pair.checker.count(rule), before + 1) << text_of(rule);
    EXPECT_EQ(pair.checker.count(), all + 1) << "and nothing else: " << text_of(rule);
  };
  const tlm::tlm_command read = tlm::TLM_READ_COMMAND;
  const tlm::tlm_command write = tlm::TLM_WRITE_COMMAND;
  const auto changed = ProtocolRule::attribute_changed;
  breaks(changed, read, [](auto& payload, auto&) { payload.set_command(tlm::TLM_WRITE_COMMAND); });
  breaks(changed, read, [&](auto& payload, auto&) { payload.set_data_ptr(pair.data + 1); });
  breaks(changed, read, [](auto& payload, auto&) { payload.set_data_length(2); });
  breaks(changed, read, [](auto& payload, auto&) { payload.set_streaming_width(2); });
  breaks(changed, read, [](auto& payload, auto&) { payload.set_byte_enable_ptr(nullptr); });
  breaks(changed, read, [](auto& payload, auto&) { payload.set_byte_enable_length(1); });
  breaks(changed, read, [&](auto&, auto&) { enables[1] = 0xff; });
  breaks(ProtocolRule::write_data_changed, write, [](auto& payload, auto&) { ++payload.get_data_ptr()[0]; });
  breaks(ProtocolRule::disabled_byte_changed, read, [](auto& payload, auto&) { ++payload.get_data_ptr()[1]; });
  breaks(ProtocolRule::incomplete, read,
         [](auto& payload, auto&) { payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE); });
  breaks(ProtocolRule::time_went_back, read, [](auto&, sc_core::sc_time& delay) { delay = sc_core::SC_ZERO_TIME; });
}

TEST(ProtocolChecker, FindsBrokenPhases) {
  CheckedPair pair;
  pair.accept_everything();
  pair.fresh();
  pair.forward(tlm::END_RESP);
  EXPECT_EQ(pair.checker.count(ProtocolRule::phase_order), 1u) << "ends what never began";
  pair.backward(tlm::END_REQ);
  EXPECT_EQ(pair.checker.count(ProtocolRule::phase_order), 2u);
  pair.fresh();
  pair.forward(tlm::BEGIN_REQ);
  pair.forward(tlm::END_REQ);
  EXPECT_EQ(pair.checker.count(ProtocolRule::phase_order), 3u) << "the wrong way";
  pair.backward(tlm::END_REQ);
  pair.backward(tlm::END_REQ);
  EXPECT_EQ(pair.checker.count(ProtocolRule::phase_order), 4u) << "twice";
  pair.forward(tlm::END_RESP);
  EXPECT_EQ(pair.checker.count(ProtocolRule::phase_order), 5u) << "before the response";
  pair.forward(tlm::BEGIN_REQ);
  EXPECT_EQ(pair.checker.count(ProtocolRule::in_flight), 1u);
  pair.fresh();
  pair.cpu.transport(pair.payload);
  EXPECT_EQ(pair.checker.count(ProtocolRule::in_flight), 2u) << "blocking while in flight";
  pair.backward(tlm::BEGIN_RESP, 10);
  pair.forward(tlm::END_RESP, 5);
  EXPECT_EQ(pair.checker.count(ProtocolRule::time_went_back), 1u);
  EXPECT_EQ(pair.checker.in_flight(), 0u);
  EXPECT_EQ(pair.checker.count(), 8u);
}

TEST(ProtocolChecker, FindsBrokenReturnPaths) {
  CheckedPair pair;
  pair.memory.on_forward = [](auto&, tlm::tlm_phase& phase, auto&) {
    phase = tlm::END_RESP;
    return tlm::TLM_UPDATED;
  };
  pair.fresh();
  pair.forward(tlm::BEGIN_REQ);
  EXPECT_EQ(pair.checker.count(ProtocolRule::phase_order), 1u);
  pair.memory.on_forward = [](auto&, auto&, auto&) { return tlm::TLM_COMPLETED; };
  tlm::tlm_generic_payload other;
  testing::prepare(other, tlm::TLM_READ_COMMAND, 0, pair.data, 4);
  other.set_mm(&pair.pool);
  other.acquire();
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  pair.cpu.socket->nb_transport_fw(other, phase, delay);
  EXPECT_EQ(pair.checker.count(ProtocolRule::incomplete), 1u) << "completed without a response";
  EXPECT_EQ(pair.checker.count(ProtocolRule::request_exclusion), 1u) << "the first one was never taken";
}

TEST(ProtocolChecker, FindsBrokenExclusion) {
  CheckedPair pair;
  pair.accept_everything();
  tlm::tlm_generic_payload payloads[2];
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  for (tlm::tlm_generic_payload& payload : payloads) {
    testing::prepare(payload, tlm::TLM_READ_COMMAND, 0, pair.data, 4);
    payload.set_mm(&pair.pool);
    payload.acquire();
    phase = tlm::BEGIN_REQ;
    pair.cpu.socket->nb_transport_fw(payload, phase, delay);
  }
  EXPECT_EQ(pair.checker.count(ProtocolRule::request_exclusion), 1u);
  for (tlm::tlm_generic_payload& payload : payloads) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    phase = tlm::BEGIN_RESP;
    pair.memory.socket->nb_transport_bw(payload, phase, delay);
  }
  EXPECT_EQ(pair.checker.count(ProtocolRule::response_exclusion), 1u);
  EXPECT_EQ(pair.checker.count(), 2u);
}

TEST(ProtocolChecker, CompletingARequestIsAResponseToo) {
  CheckedPair pair;
  pair.accept_everything();
  pair.fresh();
  pair.forward(tlm::BEGIN_REQ);
  pair.backward(tlm::BEGIN_RESP);
  tlm::tlm_generic_payload other;
  testing::prepare(other, tlm::TLM_READ_COMMAND, 0, pair.data, 4);
  other.set_mm(&pair.pool);
  other.acquire();
  pair.memory.on_forward = {};
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  EXPECT_EQ(pair.cpu.socket->nb_transport_fw(other, phase, delay), tlm::TLM_COMPLETED);
  EXPECT_EQ(pair.checker.count(ProtocolRule::response_exclusion), 1u);
  EXPECT_EQ(pair.checker.count(), 1u);
}

TEST(ProtocolChecker, FindsUnmanagedNonBlockingTransactions) {
  CheckedPair pair;
  tlm::tlm_generic_payload unmanaged;
  testing::prepare(unmanaged, tlm::TLM_READ_COMMAND, 0, pair.data, 4);
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  pair.cpu.socket->nb_transport_fw(unmanaged, phase, delay);
  EXPECT_EQ(pair.checker.count(ProtocolRule::no_memory_manager), 1u);
}

TLM_DECLARE_EXTENDED_PHASE(EXTENDED_PHASE);

TEST(ProtocolChecker, ExtendedPhasesAreNoneOfItsBusiness) {
  CheckedPair pair;
  pair.accept_everything();
  pair.fresh();
  pair.forward(tlm::BEGIN_REQ);
  pair.forward(EXTENDED_PHASE);
  EXPECT_EQ(pair.checker.count(), 0u);
  pair.backward(tlm::BEGIN_RESP);
  pair.forward(tlm::END_RESP);
  pair.forward(EXTENDED_PHASE);
  EXPECT_EQ(pair.checker.count(ProtocolRule::phase_order), 1u) << "but there must be a transaction";
}

TEST(ProtocolChecker, FindsBrokenDmi) {
  CheckedPair pair;
  struct Answer {
    ProtocolRule rule;
    Address first, last;
    bool pointer, reads, granted;
  };
  const Answer answers[] = {
      {ProtocolRule::dmi_range, 0x80, 0x20, true, true, true},  {ProtocolRule::dmi_range, 0x20, 0x80, true, true, true},
      {ProtocolRule::dmi_range, 0x20, 0x80, true, true, false}, {ProtocolRule::dmi_pointer, 0, 0x80, false, true, true},
      {ProtocolRule::dmi_access, 0, 0x80, true, false, true},
  };
  for (const Answer& answer : answers) {
    pair.memory.on_dmi = [&](auto&, tlm::tlm_dmi& dmi) {
      dmi.set_start_address(answer.first);
      dmi.set_end_address(answer.last);
      dmi.set_dmi_ptr(answer.pointer ? pair.data : nullptr);
      if (answer.reads)
        dmi.allow_read();
      else
        dmi.allow_write();
      return answer.granted;
    };
    const std::uint64_t before = pair.checker.count(answer.rule);
    const std::uint64_t all = pair.checker.count();
    pair.cpu.ask_dmi(0x10, Direction::read);
    EXPECT_EQ(pair.checker.count(answer.rule), before + 1) << text_of(answer.rule);
    EXPECT_EQ(pair.checker.count(), all + 1);
  }
  pair.memory.on_dmi = nullptr;
  tlm::tlm_dmi dmi;
  pair.cpu.socket->get_direct_mem_ptr(pair.fresh(tlm::TLM_IGNORE_COMMAND), dmi);
  EXPECT_EQ(pair.checker.count(ProtocolRule::dmi_command), 1u);
  pair.cpu.on_invalidate = [&](const AddressRange&) { pair.cpu.ask_dmi(0x10, Direction::read); };
  pair.memory.socket->invalidate_direct_mem_ptr(0, 0xff);
  EXPECT_EQ(pair.checker.count(ProtocolRule::dmi_in_invalidate), 1u);
  pair.cpu.on_invalidate = nullptr;
  pair.memory.socket->invalidate_direct_mem_ptr(0xff, 0);
  EXPECT_EQ(pair.checker.count(ProtocolRule::invalidate_range), 1u);
  EXPECT_EQ(pair.checker.count(), 8u);
}

TEST(ProtocolChecker, FindsBrokenDebug) {
  CheckedPair pair;
  pair.memory.on_debug = [](tlm::tlm_generic_payload& payload) { return payload.get_data_length() + 1; };
  std::uint32_t word = 0;
  pair.cpu.debug_read(0x10, &word, 4);
  EXPECT_EQ(pair.checker.count(ProtocolRule::debug_count), 1u);
  pair.memory.on_debug = [](tlm::tlm_generic_payload& payload) {
    ++payload.get_data_ptr()[0];
    return payload.get_data_length();
  };
  pair.cpu.debug_write(0x10, &word, 4);
  EXPECT_EQ(pair.checker.count(ProtocolRule::write_data_changed), 1u);
  pair.memory.on_debug = [](tlm::tlm_generic_payload&) { return 0u; };
  pair.cpu.debug_read(0x10, nullptr, 4);
  EXPECT_EQ(pair.checker.count(ProtocolRule::null_data), 1u);
  EXPECT_EQ(pair.checker.count(), 3u);
}

/// Calls through the checker from processes.
struct Processes : sc_core::sc_module {
  Processes(sc_core::sc_module_name name, TestInitiator& initiator) : sc_module(name), cpu(initiator) {
    SC_HAS_PROCESS(Processes);
    SC_METHOD(method);
    SC_THREAD(thread);
  }
  void method() { cpu.load<std::uint32_t>(0x10); }
  void thread() {
    std::uint32_t word = 0;
    cpu.debug_read(0x10, &word, 4);
    cpu.ask_dmi(0x10, Direction::read);
  }
  TestInitiator& cpu;
};

TEST(ProtocolChecker, FindsCallsThatWaitAndTransportsFromMethods) {
  OpenModule platform;
  ReportCounter reports(kProtocolMessage);
  TestInitiator cpu("cpu");
  ProtocolChecker<> checker("checker");
  TestTarget<> memory("memory", 0x100);
  Processes processes("processes", cpu);
  cpu.socket.bind(checker.target);
  checker.initiator.bind(memory.socket);
  memory.on_debug = [](tlm::tlm_generic_payload& payload) {
    sc_core::wait(1, sc_core::SC_NS);
    return payload.get_data_length();
  };
  memory.on_dmi = [](auto&, tlm::tlm_dmi& dmi) {
    sc_core::wait(1, sc_core::SC_NS);
    dmi.init();
    return false;
  };
  platform.close();
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_US));
  EXPECT_EQ(checker.count(ProtocolRule::from_method), 1u);
  EXPECT_EQ(checker.count(ProtocolRule::debug_waited), 1u);
  EXPECT_EQ(checker.count(ProtocolRule::dmi_waited), 1u);
  EXPECT_EQ(checker.count(), 3u);
}

TEST(ProtocolChecker, OtherWidthsAndARoutersPort) {
  testing::Bench bench;
  ReportCounter reports(kProtocolMessage);
  ProtocolChecker<512> before("before");
  ProtocolChecker<128> after("after");
  struct Wide : sc_core::sc_module, tlm::tlm_bw_transport_if<> {
    explicit Wide(sc_core::sc_module_name name) : sc_module(name) {
      socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
      return tlm::TLM_ACCEPTED;
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
    tlm::tlm_initiator_socket<512> socket{"socket"};
  } wide("wide");
  TestTarget<128> memory("memory", 0x100);
  TargetRegion region("region", 0x100);
  wide.socket.bind(before.target);
  bench.bus.initiator("wide", bench.space).bind(before.initiator);
  region.bind(after.target);
  after.initiator.bind(memory.socket);
  bench.system.add(0x1000, region);
  bench.start();
  tlm::tlm_generic_payload payload;
  std::uint32_t word = 0x1234;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0x1004, &word, 4);
  sc_core::sc_time delay;
  wide.socket->b_transport(payload, delay);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(memory.memory[4], 0x34);
  EXPECT_EQ(before.count() + after.count(), 0u);
}

}  // namespace
}  // namespace sc_memory
