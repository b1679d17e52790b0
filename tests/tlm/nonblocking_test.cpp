// The four phases through the router, rule by rule.
#include <gmock/gmock.h>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/tlm/payload_access.h"

#include "tests/tlm/at_bench.h"

namespace sc_memory::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

tlm::tlm_sync_enum accept(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) { return tlm::TLM_ACCEPTED; }

class Nonblocking : public ::testing::Test {
 protected:
  void expect_all_ended() {
    EXPECT_EQ(bench.complaints(), 0u);
    EXPECT_EQ(bench.in_flight(), 0u);
  }

  AtBench bench;
  std::uint32_t value = 0x12345678;
  std::uint32_t other_value = 0;
};

TEST_F(Nonblocking, FourPhasesTravelWithTheAddressOfWhoIsCalled) {
  auto& payload = bench.write(0x1010, value);
  bench.first_target.on_forward = accept;
  bench.cpu.on_backward = accept;
  EXPECT_EQ(bench.cpu.begin(payload), tlm::TLM_ACCEPTED);
  bench.run(10);
  EXPECT_EQ(payload.get_address(), 0x10u);
  bench.first_target.send(payload, tlm::END_REQ);
  bench.run(10);
  EXPECT_EQ(payload.get_address(), 0x10u);
  bench.first_target.serve(payload);
  bench.first_target.send(payload, tlm::BEGIN_RESP);
  bench.run(10);
  EXPECT_EQ(payload.get_address(), 0x1010u);
  EXPECT_EQ(bench.cpu.send(payload, tlm::END_RESP), tlm::TLM_COMPLETED);
  EXPECT_EQ(payload.get_address(), 0x1010u);
  bench.run(10);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s", "END_RESP 0x10 @ 30 ns"));
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x1010 @ 10 ns", "BEGIN_RESP 0x1010 @ 20 ns"));
  EXPECT_EQ(std::memcmp(bench.first_target.memory.data() + 0x10, &value, sizeof value), 0);
  expect_all_ended();
}

TEST_F(Nonblocking, ATransactionKeepsItsRouteWhenTheMapChanges) {
  auto& payload = bench.read(0x1010, value);
  bench.first_target.on_forward = accept;
  bench.cpu.on_backward = accept;
  bench.cpu.begin(payload);
  bench.run(10);
  bench.first_region.set_address(0x5000);
  bench.first_target.serve(payload);
  bench.first_target.send(payload, tlm::BEGIN_RESP);
  bench.run(10);
  bench.system.remove(bench.first_region);
  bench.cpu.send(payload, tlm::END_RESP);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s", "END_RESP 0x10 @ 20 ns"));
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1010 @ 10 ns"));
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
  bench.run(10);
  expect_all_ended();
}

TEST_F(Nonblocking, ARequestWaitsUntilTheTargetHasAcceptedTheOneBefore) {
  auto& from_cpu = bench.read(0x1010, value);
  auto& from_dma = bench.read(0x1020, other_value);
  bench.first_target.on_forward = accept;
  bench.cpu.begin(from_cpu);
  bench.dma.begin(from_dma);
  bench.run(10);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s"));
  bench.first_target.send(from_cpu, tlm::END_REQ, ns(5));
  bench.run(10);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s", "BEGIN_REQ 0x20 @ 15 ns"));
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x1010 @ 15 ns"));
  EXPECT_THAT(bench.dma.log, IsEmpty());
  // BEGIN_RESP stands for END_REQ.
  bench.first_target.serve(from_dma);
  bench.first_target.send(from_dma, tlm::BEGIN_RESP);
  bench.run(10);
  bench.first_target.serve(from_cpu);
  bench.first_target.send(from_cpu, tlm::BEGIN_RESP);
  bench.run(10);
  EXPECT_THAT(bench.dma.log, ElementsAre("BEGIN_RESP 0x1020 @ 20 ns"));
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x1010 @ 15 ns", "BEGIN_RESP 0x1010 @ 30 ns"));
  expect_all_ended();
}

TEST_F(Nonblocking, AResponseWaitsUntilTheInitiatorHasAcceptedTheOneBefore) {
  auto& first = bench.read(0x1010, value);
  auto& second = bench.read(0x3010, other_value);
  bench.cpu.on_backward = accept;
  bench.first_target.on_forward = [&](auto&, auto& phase, auto&) {
    if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  };
  bench.second_target.on_forward = accept;
  bench.cpu.begin(first);
  bench.run(10);
  bench.cpu.begin(second);
  bench.run(10);
  bench.first_target.serve(first);
  bench.first_target.send(first, tlm::BEGIN_RESP);
  bench.run(10);
  bench.second_target.serve(second);
  bench.second_target.send(second, tlm::BEGIN_RESP);
  bench.run(10);
  // The second response cannot be sent yet, but its request is over.
  EXPECT_THAT(bench.cpu.log,
              ElementsAre("END_REQ 0x1010 @ 0 s", "BEGIN_RESP 0x1010 @ 20 ns", "END_REQ 0x3010 @ 30 ns"));
  bench.cpu.send(first, tlm::END_RESP, ns(3));
  bench.run(10);
  EXPECT_EQ(bench.cpu.log.back(), "BEGIN_RESP 0x3010 @ 43 ns");
  EXPECT_THAT(bench.second_target.log, ElementsAre("BEGIN_REQ 0x10 @ 10 ns"));
  bench.cpu.send(second, tlm::END_RESP);
  EXPECT_EQ(bench.second_target.log.back(), "END_RESP 0x10 @ 50 ns");
  bench.run(10);
  expect_all_ended();
}

TEST_F(Nonblocking, ATargetMayCompleteEarlyOrAnswerByUpdates) {
  auto& completed = bench.write(0x1010, value);
  bench.first_target.on_forward = [&](auto& payload, auto&, auto& delay) {
    bench.first_target.serve(payload);
    delay += ns(7);
    return tlm::TLM_COMPLETED;
  };
  bench.cpu.begin(completed, ns(3));
  bench.run(100);
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1010 @ 10 ns"));
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 3 ns"));

  auto& updated = bench.read(0x3010, other_value);
  bench.second_target.on_forward = [&](auto& payload, auto& phase, auto& delay) {
    if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
    bench.second_target.serve(payload);
    phase = tlm::BEGIN_RESP;
    delay += ns(4);
    return tlm::TLM_UPDATED;
  };
  bench.cpu.on_backward = [](auto&, auto& phase, auto& delay) {
    phase = tlm::END_RESP;
    delay += ns(2);
    return tlm::TLM_UPDATED;
  };
  bench.cpu.begin(updated);
  bench.run(100);
  EXPECT_EQ(bench.cpu.log.back(), "BEGIN_RESP 0x3010 @ 104 ns");
  EXPECT_THAT(bench.second_target.log, ElementsAre("BEGIN_REQ 0x10 @ 100 ns", "END_RESP 0x10 @ 106 ns"));
  expect_all_ended();
}

TEST_F(Nonblocking, PayloadsAreHeldWhileInFlightAndGivenBackAfter) {
  auto& payload = bench.read(0x1010, value);
  bench.first_target.on_forward = accept;
  bench.cpu.begin(payload);
  // The initiator lets go: only the router holds the transaction now.
  payload.release();
  bench.run(10);
  EXPECT_EQ(bench.pool.in_use(), 1);
  bench.first_target.serve(payload);
  bench.first_target.send(payload, tlm::BEGIN_RESP);
  bench.run(10);
  EXPECT_EQ(bench.pool.in_use(), 0);
}

TEST_F(Nonblocking, MemoryAndHolesAreAnsweredAtOnce) {
  auto& write = bench.write(0x8010, value);
  EXPECT_EQ(bench.cpu.begin(write, ns(5)), tlm::TLM_COMPLETED);
  EXPECT_EQ(bench.cpu.annotation, ns(5));
  EXPECT_EQ(write.get_response_status(), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(std::memcmp(bench.ram.memory().data + 0x10, &value, sizeof value), 0);
  auto& nowhere = bench.read(0x20, value);
  EXPECT_EQ(bench.cpu.begin(nowhere), tlm::TLM_COMPLETED);
  EXPECT_EQ(nowhere.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  bench.first_region.set_readonly(true);
  auto& refused = bench.write(0x1010, value);
  EXPECT_EQ(bench.cpu.begin(refused), tlm::TLM_COMPLETED);
  EXPECT_EQ(refused.get_response_status(), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_THAT(bench.first_target.log, IsEmpty());
  bench.run(10);
  EXPECT_THAT(bench.cpu.log, IsEmpty());
  expect_all_ended();
}

TEST_F(Nonblocking, ADeviceBehindCallbacksMayWait) {
  IoRegion device("device", 0x10,
                  io_ops()
                      .read32([](Address offset) {
                        sc_core::wait(ns(20));
                        return static_cast<std::uint32_t>(offset + 1);
                      })
                      .write32([](Address, std::uint32_t) {}));
  bench.system.add(0x6000, device);
  bench.bus.timing(device).read_latency(ns(5));
  auto& first = bench.read(0x6004, value);
  auto& second = bench.read(0x6008, other_value);
  bench.cpu.begin(first);
  bench.dma.begin(second, ns(1));
  bench.run(100);
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x6004 @ 0 s", "BEGIN_RESP 0x6004 @ 25 ns"));
  EXPECT_THAT(bench.dma.log, ElementsAre("END_REQ 0x6008 @ 1 ns", "BEGIN_RESP 0x6008 @ 26 ns"));
  EXPECT_EQ(value, 5u);
  EXPECT_EQ(other_value, 9u);
  expect_all_ended();
}

TEST_F(Nonblocking, AnAccessOverSeveralSectionsIsServedInPieces) {
  bench.system.remove(bench.ram);
  bench.system.add(0x2000, bench.ram);
  std::uint8_t bytes[16];
  for (std::size_t i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<std::uint8_t>(i + 1);
  auto& payload = bench.pool.make(tlm::TLM_WRITE_COMMAND, 0x1ff8, bytes, sizeof bytes);
  bench.cpu.begin(payload);
  bench.run(10);
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x1ff8 @ 0 s", "BEGIN_RESP 0x1ff8 @ 0 s"));
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(std::memcmp(bench.first_target.memory.data() + 0xff8, bytes, 8), 0);
  EXPECT_EQ(std::memcmp(bench.ram.memory().data, bytes + 8, 8), 0);
  auto& into_hole = bench.pool.make(tlm::TLM_READ_COMMAND, 0xff8, bytes, sizeof bytes);
  bench.cpu.begin(into_hole);
  bench.run(10);
  EXPECT_EQ(into_hole.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  expect_all_ended();
}

TEST_F(Nonblocking, ADestroyedRegionAnswersWithAnError) {
  auto& at_target = bench.read(0x3010, value);
  auto& waiting = bench.read(0x3020, other_value);
  bench.second_target.on_forward = accept;
  bench.cpu.begin(at_target);
  bench.dma.begin(waiting);
  bench.run(10);
  bench.second_region.reset();
  bench.run(10);
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x3010 @ 10 ns"));
  EXPECT_THAT(bench.dma.log, ElementsAre("BEGIN_RESP 0x3020 @ 10 ns"));
  EXPECT_EQ(at_target.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(waiting.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  at_target.release();
  waiting.release();
  EXPECT_EQ(bench.pool.in_use(), 1);
  // The target's late answer finds nobody.
  EXPECT_EQ(bench.second_target.send(at_target, tlm::BEGIN_RESP), tlm::TLM_COMPLETED);
  EXPECT_EQ(bench.pool.in_use(), 0);
  bench.run(10);
  EXPECT_EQ(bench.cpu.log.size(), 1u);
}

TEST_F(Nonblocking, InitiatorsThatBreakRulesAreTold) {
  ProtocolReports reports;
  tlm::tlm_generic_payload unmanaged;
  unmanaged.set_read();
  unmanaged.set_address(0x1010);
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  // Past the checker: it is the router that is asked.
  const auto forward = [&](tlm::tlm_generic_payload& payload, tlm::tlm_phase_enum sent) {
    phase = sent;
    return bench.cpu_checker.initiator->nb_transport_fw(payload, phase, delay);
  };
  EXPECT_EQ(forward(unmanaged, tlm::BEGIN_REQ), tlm::TLM_COMPLETED);
  EXPECT_EQ(unmanaged.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.3 p"));
  EXPECT_THAT(reports.last(), HasSubstr("'cpu', address 0x1010"));

  bench.first_target.on_forward = accept;
  auto& first = bench.read(0x1010, value);
  auto& second = bench.read(0x1020, other_value);
  EXPECT_EQ(forward(first, tlm::BEGIN_REQ), tlm::TLM_ACCEPTED);
  EXPECT_EQ(forward(second, tlm::BEGIN_REQ), tlm::TLM_COMPLETED);
  EXPECT_EQ(second.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.6 e"));
  EXPECT_EQ(forward(first, tlm::BEGIN_REQ), tlm::TLM_ACCEPTED);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.4"));
  forward(first, tlm::END_RESP);
  EXPECT_THAT(reports.last(), HasSubstr("no response in progress"));
  forward(first, tlm::BEGIN_RESP);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.3 c"));
  EXPECT_EQ(reports.count(), 5u);
  bench.run(10);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s"));
}

TEST_F(Nonblocking, TargetsThatBreakRulesAreTold) {
  ProtocolReports reports;
  bench.first_target.on_forward = accept;
  bench.cpu.on_backward = accept;
  bench.dma.on_backward = accept;
  auto& first = bench.read(0x1010, value);
  auto& second = bench.read(0x1020, other_value);
  const auto backward = [&](tlm::tlm_generic_payload& payload, tlm::tlm_phase_enum sent) {
    tlm::tlm_phase phase = sent;
    sc_core::sc_time delay;
    return bench.first_checker.target->nb_transport_bw(payload, phase, delay);
  };
  EXPECT_EQ(backward(first, tlm::BEGIN_RESP), tlm::TLM_COMPLETED);
  EXPECT_THAT(reports.last(), HasSubstr("the target of 'first' called nb_transport_bw for a transaction that"));
  bench.cpu.begin(first);
  bench.run(10);
  backward(first, tlm::END_REQ);
  bench.run(10);
  backward(first, tlm::END_REQ);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.4"));
  bench.dma.begin(second);
  bench.run(10);
  first.set_response_status(tlm::TLM_OK_RESPONSE);
  second.set_response_status(tlm::TLM_OK_RESPONSE);
  backward(first, tlm::BEGIN_RESP);
  backward(second, tlm::BEGIN_RESP);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.6 f"));
  EXPECT_EQ(reports.count(), 3u);
  bench.run(10);
  EXPECT_EQ(bench.cpu.log.back(), "BEGIN_RESP 0x1010 @ 30 ns");
  EXPECT_EQ(bench.dma.log.back(), "BEGIN_RESP 0x1020 @ 30 ns");
}

TEST_F(Nonblocking, ATargetThatThrowsIsAnErrorResponse) {
  ProtocolReports reports;
  bench.first_target.on_forward = [](auto&, auto&, auto&) -> tlm::tlm_sync_enum {
    throw std::runtime_error("out of paper");
  };
  bench.second_target.on_forward = [](auto&, auto&, auto&) -> tlm::tlm_sync_enum { throw 42; };
  auto& payload = bench.read(0x1010, value);
  auto& other = bench.read(0x3010, other_value);
  bench.cpu.begin(payload);
  bench.dma.begin(other);
  bench.run(10);
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1010 @ 0 s"));
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_THAT(bench.dma.log, ElementsAre("BEGIN_RESP 0x3010 @ 0 s"));
  EXPECT_EQ(other.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(reports.count(), 2u) << "one for each target";
}

TEST_F(Nonblocking, AResponseThatIsLeftIncompleteIsReportedOnce) {
  ProtocolReports reports;
  bench.first_target.on_forward = accept;
  bench.second_target.on_forward = [](auto&, auto&, auto&) { return tlm::TLM_COMPLETED; };
  auto& answered = bench.read(0x1010, value);
  auto& completed = bench.read(0x3010, other_value);
  bench.cpu.begin(answered);
  bench.dma.begin(completed);
  bench.run(10);
  EXPECT_THAT(reports.last(), HasSubstr("the target of 'second' left the response status TLM_INCOMPLETE_RESPONSE"));
  bench.first_target.send(answered, tlm::BEGIN_RESP);
  bench.run(10);
  EXPECT_THAT(reports.last(), HasSubstr("the target of 'first' left the response status TLM_INCOMPLETE_RESPONSE"));
  EXPECT_EQ(reports.count(), 2u);
  EXPECT_EQ(answered.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE);
  EXPECT_EQ(bench.in_flight(), 0u);
}

TLM_DECLARE_EXTENDED_PHASE(HALFWAY);

// IEEE 1666 15.2.5 b and g: whoever does not know a phase accepts it, and passes it on to nobody.
TEST_F(Nonblocking, PhasesThatTheRouterDoesNotKnowGoNoFurther) {
  bench.first_target.on_forward = accept;
  auto& payload = bench.read(0x1010, value);
  bench.cpu.begin(payload);
  EXPECT_EQ(bench.cpu.send(payload, HALFWAY), tlm::TLM_ACCEPTED);
  bench.run(10);
  EXPECT_EQ(bench.cpu.send(payload, HALFWAY, ns(2)), tlm::TLM_ACCEPTED);
  EXPECT_EQ(bench.first_target.send(payload, HALFWAY, ns(3)), tlm::TLM_ACCEPTED);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s"));
  EXPECT_THAT(bench.cpu.log, IsEmpty());
  bench.run(10);
  bench.first_target.serve(payload);
  bench.first_target.send(payload, tlm::BEGIN_RESP);
  bench.run(10);
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1010 @ 20 ns"));
  expect_all_ended();
  ProtocolReports reports;
  tlm::tlm_phase phase = HALFWAY;
  sc_core::sc_time delay;
  EXPECT_EQ(bench.cpu_checker.initiator->nb_transport_fw(payload, phase, delay), tlm::TLM_ACCEPTED);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.5 e"));
}

// IEEE 1666 15.2.3 i: TLM_COMPLETED stands for a response, of which there is one at a time.
TEST_F(Nonblocking, NothingIsCompletedAtOnceWhileAResponseIsInProgress) {
  auto& slow = bench.read(0x1010, value);
  bench.cpu.on_backward = accept;
  bench.cpu.begin(slow);
  bench.run(10);
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1010 @ 0 s"));
  auto& memory = bench.read(0x8000, other_value);
  EXPECT_EQ(bench.cpu.begin(memory), tlm::TLM_ACCEPTED);
  bench.run(10);
  auto& nowhere = bench.read(0x20, other_value);
  EXPECT_EQ(bench.cpu.begin(nowhere), tlm::TLM_ACCEPTED);
  bench.run(10);
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1010 @ 0 s", "END_REQ 0x8000 @ 10 ns", "END_REQ 0x20 @ 20 ns"));
  bench.cpu.send(slow, tlm::END_RESP);
  bench.run(10);
  EXPECT_EQ(bench.cpu.log.back(), "BEGIN_RESP 0x8000 @ 30 ns");
  bench.cpu.send(memory, tlm::END_RESP);
  bench.run(10);
  EXPECT_EQ(bench.cpu.log.back(), "BEGIN_RESP 0x20 @ 40 ns");
  EXPECT_EQ(nowhere.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  bench.cpu.send(nowhere, tlm::END_RESP);
  auto& free = bench.read(0x8000, value);
  EXPECT_EQ(bench.cpu.begin(free), tlm::TLM_COMPLETED) << "the response before is taken";
  bench.run(10);
  expect_all_ended();
}

TEST_F(Nonblocking, ATargetThatCompletesARequestWhileItsResponseIsInProgressIsTold) {
  ProtocolReports reports;
  bench.cpu.on_backward = accept;
  bench.dma.on_backward = accept;
  auto& first = bench.read(0x1010, value);
  auto& second = bench.read(0x1020, other_value);
  bench.first_target.on_forward = accept;
  bench.cpu.begin(first);
  bench.run(10);
  first.set_response_status(tlm::TLM_OK_RESPONSE);
  bench.first_target.send(first, tlm::BEGIN_RESP);
  bench.run(10);
  bench.first_target.on_forward = {};
  bench.dma.begin(second);
  bench.run(10);
  EXPECT_THAT(reports.last(), HasSubstr("15.2.3 i"));
  EXPECT_EQ(bench.first_checker.count(ProtocolRule::response_exclusion), 1u);
  EXPECT_EQ(bench.dma.log.back(), "BEGIN_RESP 0x1020 @ 20 ns") << "answered all the same";
}

/// A register that takes 20 ns to read and 5 ns to write.
struct SlowRegister {
  std::uint32_t content = 1;
  IoRegion region{"slow", 4,
                  io_ops()
                      .read32([this](Address) {
                        sc_core::wait(ns(20));
                        return content;
                      })
                      .write32([this](Address, std::uint32_t value) {
                        sc_core::wait(ns(5));
                        content = value;
                      })};
};

// IEEE 1666 15.2.9 d and e: what touches the same bytes is served in the order in which it was asked for.
TEST_F(Nonblocking, RequestsForTheSameBytesDoNotOvertakeEachOther) {
  SlowRegister slow;
  bench.system.add(0x6000, slow.region);
  std::uint32_t two = 2;
  auto& read = bench.read(0x6000, value);
  auto& write = bench.write(0x6000, two);
  bench.cpu.begin(read);
  bench.run(1);
  bench.cpu.begin(write);
  bench.run(100);
  EXPECT_EQ(value, 1u) << "the write came after it";
  EXPECT_EQ(slow.content, 2u);
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x6000 @ 0 s", "BEGIN_RESP 0x6000 @ 20 ns", "END_REQ 0x6000 @ 20 ns",
                                         "BEGIN_RESP 0x6000 @ 25 ns"));
  expect_all_ended();
}

TEST_F(Nonblocking, MemoryWaitsForAnEarlierAccessInPiecesToTheSameBytes) {
  SlowRegister slow;
  bench.system.add(0x7ffc, slow.region);
  std::uint64_t bytes = 0x2222'2222'1111'1111;
  auto& over_border = bench.pool.make(tlm::TLM_WRITE_COMMAND, 0x7ffc, &bytes, sizeof bytes);
  auto& behind = bench.read(0x8000, value);
  auto& elsewhere = bench.read(0x8010, other_value);
  bench.cpu.begin(over_border);
  bench.run(1);
  EXPECT_EQ(bench.cpu.begin(elsewhere), tlm::TLM_COMPLETED) << "these bytes concern nobody";
  EXPECT_EQ(bench.cpu.begin(behind), tlm::TLM_ACCEPTED);
  bench.run(100);
  EXPECT_EQ(value, 0x2222'2222u);
  expect_all_ended();
}

TEST_F(Nonblocking, AnAccessInPiecesWaitsForAnEarlierOneThatATargetHas) {
  bench.system.remove(bench.ram);
  bench.system.add(0x2000, bench.ram);
  bench.first_target.on_forward = accept;
  std::uint64_t bytes = 0;
  auto& write = bench.write(0x1ffc, value);
  auto& over_border = bench.pool.make(tlm::TLM_READ_COMMAND, 0x1ffc, &bytes, sizeof bytes);
  bench.cpu.begin(write);
  bench.run(10);
  bench.first_target.send(write, tlm::END_REQ);
  bench.run(10);
  bench.cpu.begin(over_border);
  bench.run(10);
  bench.first_target.serve(write);
  bench.first_target.send(write, tlm::BEGIN_RESP);
  bench.run(10);
  EXPECT_EQ(static_cast<std::uint32_t>(bytes), value);
  expect_all_ended();
}

TEST_F(Nonblocking, IgnoreCommandsAreRouted) {
  auto& payload = bench.pool.make(tlm::TLM_IGNORE_COMMAND, 0x1010, &value, sizeof value);
  bench.cpu.begin(payload);
  bench.run(10);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s"));
  EXPECT_THAT(bench.cpu.log, ElementsAre("BEGIN_RESP 0x1010 @ 0 s"));
}

TEST_F(Nonblocking, TheHintIsPassedOnOnlyWhereAPointerWouldBeGiven) {
  bench.first_target.on_forward = [&](auto& payload, auto&, auto&) {
    bench.first_target.serve(payload);
    payload.set_dmi_allowed(true);
    return tlm::TLM_COMPLETED;
  };
  auto& granted = bench.read(0x1010, value);
  bench.cpu.begin(granted);
  bench.run(10);
  EXPECT_TRUE(granted.is_dmi_allowed());
  bench.first_region.allow_direct_access(false);
  auto& refused = bench.read(0x1010, value);
  bench.cpu.begin(refused);
  bench.run(10);
  EXPECT_FALSE(refused.is_dmi_allowed());
  auto& memory = bench.read(0x8010, value);
  bench.cpu.begin(memory);
  EXPECT_TRUE(memory.is_dmi_allowed());
  expect_all_ended();
}

TEST_F(Nonblocking, WatchpointsAreHit) {
  std::vector<Address> hits;
  const Watchpoint watchpoint(bench.space, {0x1000, 0x8fff}, WatchFor::writes,
                              [&](const WatchHit& hit) { hits.push_back(hit.address); });
  bench.cpu.begin(bench.write(0x1010, value));
  bench.run(10);
  bench.cpu.begin(bench.read(0x1014, other_value));
  bench.run(10);
  bench.cpu.begin(bench.write(0x8010, value));
  bench.run(10);
  EXPECT_THAT(hits, ElementsAre(0x1010u, 0x8010u));
}

TEST_F(Nonblocking, AttributesChooseTheMap) {
  Container secure_map("secure");
  AliasRegion elsewhere("elsewhere", *bench.second_region, 0, 0x1000);
  secure_map.add(0x1000, elsewhere);
  AddressSpace secure_space("secure", secure_map);
  bench.cpu_port.secure_space(secure_space);
  AttributesExtension secure;
  secure.attributes.secure = true;
  auto& payload = bench.read(0x1010, value);
  payload.set_extension(&secure);
  bench.cpu.begin(payload);
  bench.run(10);
  payload.clear_extension(&secure);
  bench.cpu.begin(bench.read(0x1020, value));
  bench.run(10);
  EXPECT_THAT(bench.second_target.log, ElementsAre("BEGIN_REQ 0x10 @ 0 s"));
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x20 @ 10 ns"));
  expect_all_ended();
}

/// A target with one kind of transport only; the socket makes the other out of it.
struct OneSided : sc_core::sc_module {
  OneSided(sc_core::sc_module_name name, bool blocking) : sc_module(name) {
    if (blocking)
      socket.register_b_transport(this, &OneSided::b_transport);
    else
      socket.register_nb_transport_fw(this, &OneSided::nb_transport_fw);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    answer(payload);
    delay += ns(30);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
    answer(payload);
    phase = tlm::BEGIN_RESP;
    delay += ns(40);
    return tlm::TLM_UPDATED;
  }
  void answer(tlm::tlm_generic_payload& payload) {
    std::memset(payload.get_data_ptr(), static_cast<int>(payload.get_address()), payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  tlm_utils::simple_target_socket<OneSided> socket{"socket"};
};

struct BlockingInitiator : sc_core::sc_module {
  explicit BlockingInitiator(sc_core::sc_module_name name) : sc_module(name) {
    sc_core::sc_spawn([this] {
      tlm::tlm_generic_payload payload;
      payload.set_read();
      payload.set_address(0x7011);
      payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
      payload.set_data_length(sizeof value);
      payload.set_streaming_width(sizeof value);
      sc_core::sc_time delay;
      socket->b_transport(payload, delay);
      sc_core::wait(delay);
      end = sc_core::sc_time_stamp();
      address = payload.get_address();
    });
  }
  tlm_utils::simple_initiator_socket<BlockingInitiator> socket{"socket"};
  std::uint32_t value = 0;
  sc_core::sc_time end;
  Address address = 0;
};

/// Targets of either kind, and a blocking initiator.
struct Mixture : sc_core::sc_module {
  Mixture(sc_core::sc_module_name name, AtBench& bench) : sc_module(name) {
    bench.system.add(0x6000, loosely_region);
    bench.system.add(0x7000, approximately_region);
    loosely_region.bind(loosely.socket);
    approximately_region.bind(approximately.socket);
    bench.bus.initiator("blocking", bench.space).bind(blocking.socket);
  }
  TargetRegion loosely_region{"loosely", 0x1000};
  TargetRegion approximately_region{"approximately", 0x1000};
  OneSided loosely{"loosely_timed", true};
  OneSided approximately{"approximately_timed", false};
  BlockingInitiator blocking{"blocking"};
};

TEST_F(Nonblocking, LooselyAndApproximatelyTimedSidesMix) {
  Mixture mixture("mixture", bench);
  auto& payload = bench.read(0x6022, value);
  bench.cpu.on_backward = accept;
  bench.run(1);
  bench.cpu.begin(payload);
  bench.run(100);
  EXPECT_EQ(bench.cpu.log.back(), "BEGIN_RESP 0x6022 @ 31 ns");
  EXPECT_EQ(value, 0x22222222u);
  bench.cpu.send(payload, tlm::END_RESP);
  bench.run(10);
  EXPECT_EQ(mixture.blocking.value, 0x11111111u);
  EXPECT_EQ(mixture.blocking.end, ns(40));
  EXPECT_EQ(mixture.blocking.address, 0x7011u);
  expect_all_ended();
}

/// Leads from one port of the router back into another, which sees a part of the first target only.
struct Bridge : sc_core::sc_module {
  Bridge(sc_core::sc_module_name name, AtBench& bench)
      : sc_module(name), alias("alias", bench.first_region, 0x100, 0x100) {
    inner.add(0x40, alias);
    bench.system.add(0x6000, region);
    region.bind(checker.target);
    bench.bus.initiator("bridge", inner_space).bind(checker.initiator);
  }
  Container inner{"inner"};
  AddressSpace inner_space{"inner", inner};
  AliasRegion alias;
  TargetRegion region{"bridge", 0x1000};
  ProtocolChecker<> checker{"checker"};
};

TEST_F(Nonblocking, ATransactionMayPassTheSameRouterTwice) {
  Bridge bridge("bridge", bench);
  bench.first_target.on_forward = accept;
  bench.cpu.on_backward = accept;
  auto& payload = bench.read(0x6050, value);
  bench.cpu.begin(payload);
  bench.run(10);
  bench.first_target.send(payload, tlm::END_REQ);
  bench.run(10);
  EXPECT_EQ(payload.get_address(), 0x110u);
  bench.first_target.serve(payload);
  bench.first_target.send(payload, tlm::BEGIN_RESP);
  bench.run(10);
  bench.cpu.send(payload, tlm::END_RESP);
  EXPECT_THAT(bench.first_target.log, ElementsAre("BEGIN_REQ 0x110 @ 0 s", "END_RESP 0x110 @ 30 ns"));
  EXPECT_THAT(bench.cpu.log, ElementsAre("END_REQ 0x6050 @ 10 ns", "BEGIN_RESP 0x6050 @ 20 ns"));
  EXPECT_EQ(payload.get_address(), 0x6050u);
  bench.run(10);
  EXPECT_EQ(bridge.checker.count() + bridge.checker.in_flight(), 0u);
  expect_all_ended();
}

}  // namespace
}  // namespace sc_memory::testing
