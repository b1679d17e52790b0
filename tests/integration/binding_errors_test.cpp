// What is forgotten or bound twice is said in plain words, by name, before the simulation starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <sc_memory/sc_memory.h>
#include <string>

#include <systemc>

#include "tests/tlm/test_bench.h"

namespace {

using namespace sc_memory;
using sc_memory::testing::TestInitiator;
using sc_memory::testing::TestTarget;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// The text of the sc_report that `action` throws.
template <typename Action>
std::string report_of(Action&& action) {
  try {
    action();
  } catch (const sc_core::sc_report& report) {
    EXPECT_STREQ(report.get_msg_type(), kBindingMessage);
    return report.get_msg();
  }
  return "no report";
}

std::string report_of_elaboration() {
  return report_of([] { sc_core::sc_start(sc_core::SC_ZERO_TIME); });
}

struct Platform {
  Container system{"system"};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  TestInitiator cpu{"cpu"};
};

struct Connected : Platform {
  Connected() { bus.initiator("cpu", memory).bind(cpu.socket); }
};

TEST(BindingErrors, APortWithoutAnInitiator) {
  Platform platform;
  platform.bus.initiator("cpu", platform.memory).bind(platform.cpu.socket);
  platform.bus.initiator("dma", platform.memory);
  EXPECT_EQ(report_of_elaboration(), "router 'bus': port 'dma' has no initiator; call bind(initiator.socket) on it");
}

TEST(BindingErrors, ARegionWithoutATarget) {
  Connected platform;
  TargetRegion uart("uart", 0x100);
  platform.system.add(0x1000'0000, uart);
  EXPECT_EQ(report_of_elaboration(),
            "router 'bus': 'uart' [0x10000000-0x100000ff], shown by address space 'memory', has no target; call "
            "bind(target.socket) on it");
}

TEST(BindingErrors, AllOfThemInOneReport) {
  Connected platform;
  TargetRegion uart("uart", 0x100);
  TargetRegion timer("timer", 0x100);
  platform.system.add(0x1000'0000, uart);
  platform.system.add(0x2000'0000, timer);
  platform.bus.initiator("dma", platform.memory);
  EXPECT_THAT(report_of_elaboration(), AllOf(HasSubstr("'uart'"), HasSubstr("'timer'"), HasSubstr("'dma'")));
}

TEST(BindingErrors, ARegionOfASpaceThatOnlyAttributesChoose) {
  Connected platform;
  Container secure_map("secure");
  TargetRegion keys("keys", 0x100);
  secure_map.add(0, keys);
  AddressSpace secure("secure", secure_map);
  platform.bus.ports().front()->secure_space(secure);
  EXPECT_THAT(report_of_elaboration(), AllOf(HasSubstr("'keys'"), HasSubstr("'secure'")));
}

TEST(BindingErrors, WhatTheMapDoesNotShowMayBeUnbound) {
  Connected platform;
  TargetRegion spare("spare", 0x100);
  TargetRegion loose("loose", 0x100);
  spare.set_enabled(false);
  platform.system.add(0x1000'0000, spare);
  EXPECT_EQ(report_of_elaboration(), "no report");
}

TEST(BindingErrors, WhatSoftwareShowsLaterIsAnErrorResponseAndReportedOnce) {
  Connected platform;
  TargetRegion spare("spare", 0x100);
  spare.set_enabled(false);
  platform.system.add(0x1000, spare);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  spare.set_enabled(true);
  const sc_memory::testing::ReportCounter reports(kBindingMessage);
  std::uint32_t word = 0;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(platform.cpu.read(0x1000, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(platform.cpu.write(0x10fe, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE) << "over its border";
    EXPECT_EQ(platform.cpu.debug_read(0x1000, &word, 4), 0u);
    const auto dmi = platform.cpu.ask_dmi(0x1000, Direction::read);
    EXPECT_FALSE(dmi.granted);
    EXPECT_EQ(dmi.range(), (AddressRange{0x1000, 0x10ff}));
  }
  EXPECT_NE(platform.memory.read(0x1000, &word, 4), AccessResult::ok);
  EXPECT_EQ(reports.count(), 1);
  EXPECT_THAT(reports.last_text(), HasSubstr("'spare' is accessed but bound to no target"));
}

TEST(BindingErrors, ASecondInitiatorForAPort) {
  Connected platform;
  TestInitiator other("other");
  const auto& port = platform.bus.ports().front();
  EXPECT_THAT(report_of([&] { port->bind(other.socket); }), HasSubstr("port 'cpu' is bound to a second initiator"));
}

TEST(BindingErrors, ASecondTargetForARegion) {
  TargetRegion uart("uart", 0x100);
  TestTarget<32> one("one", 0x100);
  TestTarget<32> two("two", 0x100);
  uart.bind(one.socket);
  EXPECT_THAT(report_of([&] { uart.bind(two.socket); }), HasSubstr("'uart' is bound to a second target"));
}

TEST(BindingErrors, TwoPortsOfOneName) {
  Connected platform;
  EXPECT_EQ(report_of([&] { platform.bus.initiator("cpu", platform.memory); }),
            "router 'bus' has a port 'cpu' already");
}

}  // namespace
