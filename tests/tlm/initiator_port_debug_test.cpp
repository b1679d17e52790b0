// Debug transport through a router.
#include <gtest/gtest.h>
#include <numeric>

#include "sc_memory/map/io_region.h"
#include "sc_memory/tlm/initiator_port.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"

#include "tests/map/test_device.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::DeviceLog;
using testing::TargetBench;
using testing::TestIo;
using testing::TestTarget;

TEST(DebugTransport, StopsAtAHole) {
  Bench bench;
  RamRegion ram("ram", 0x100);
  bench.system.add(0x1000, ram);
  bench.start();
  std::uint8_t data[0x200] = {};
  EXPECT_EQ(bench.cpu.debug_read(0x10f0, data, 0x20), 0x10u);
  EXPECT_EQ(bench.cpu.debug_write(0x1000, data, 0x200), 0x100u);
  EXPECT_EQ(bench.cpu.debug_read(0x0fff, data, 0x20), 0u);
  EXPECT_EQ(bench.cpu.address_after, 0x0fffu);
}

TEST(DebugTransport, GoesOverBordersOfAnyKind) {
  Bench bench;
  RamRegion ram("ram", 4);
  RomRegion rom("rom", 4);
  TestTarget<> target("target", 4);
  TargetRegion region("region", 4);
  DeviceLog log;
  TestIo device("device", 4, &log);
  region.bind(target.socket);
  bench.system.add(0, ram);
  bench.system.add(4, rom);
  bench.system.add(8, region);
  bench.system.add(12, device);
  bench.start();
  std::uint8_t out[16];
  std::iota(std::begin(out), std::end(out), std::uint8_t{1});
  EXPECT_EQ(bench.cpu.debug_write(0, out, 16), 16u);
  EXPECT_EQ(rom.memory().data[0], 5) << "a loader writes ROM";
  EXPECT_EQ(target.memory[0], 9);
  EXPECT_TRUE(target.seen.empty());
  ASSERT_FALSE(log.accesses.empty());
  EXPECT_EQ(log.accesses[0].bytes[0], 13);
  std::uint8_t in[12] = {};
  EXPECT_EQ(bench.cpu.debug_read(0, in, 12), 12u);
  EXPECT_EQ(std::memcmp(in, out, 12), 0);
}

TEST(DebugTransport, EndsWhereATargetEnds) {
  Bench bench;
  TestTarget<> target("target", 8);
  TargetRegion region("region", 0x100);
  RamRegion ram("ram", 0x100);
  region.bind(target.socket);
  bench.system.add(0, region);
  bench.system.add(0x100, ram);
  bench.start();
  std::uint8_t data[0x200] = {};
  EXPECT_EQ(bench.cpu.debug_read(4, data, 0x200), 4u);
  target.on_debug = [](tlm::tlm_generic_payload& payload) { return payload.get_data_length() + 1000; };
  EXPECT_EQ(bench.cpu.debug_read(0xf0, data, 0x20), 0x20u) << "a target that boasts";
  target.on_debug = [](auto&) -> unsigned { throw std::runtime_error("no debugging here"); };
  testing::ReportCounter reports(kProtocolMessage);
  EXPECT_EQ(bench.cpu.debug_read(0xf0, data, 0x20), 0u);
  EXPECT_EQ(bench.cpu.address_after, 0xf0u);
  EXPECT_EQ(reports.count(), 1);
}

TEST(DebugTransport, DoesNotWrapAtTheTop) {
  Bench bench;
  RamRegion top("top", 0x10);
  RamRegion bottom("bottom", 0x10);
  bench.system.add(UINT64_MAX - 0xf, top);
  bench.system.add(0, bottom);
  bench.start();
  std::uint8_t data[0x20] = {};
  EXPECT_EQ(bench.cpu.debug_write(UINT64_MAX - 7, data, 0x20), 8u);
}

TEST(DebugTransport, BadPayloadsMoveNothing) {
  Bench bench;
  RamRegion ram("ram", 0x10);
  bench.system.add(0, ram);
  bench.start();
  EXPECT_EQ(bench.cpu.debug_read(0, nullptr, 8), 0u);
  std::uint8_t byte = 0;
  EXPECT_EQ(bench.cpu.debug_read(0, &byte, 0), 0u);
  EXPECT_EQ(bench.cpu.debug(tlm::TLM_IGNORE_COMMAND, 0, &byte, 1), 0u);
}

TEST(DebugTransport, SeesWritesThatAreStillQueued) {
  Bench bench;
  std::vector<std::uint8_t> registers(0x10);
  struct Registers final : IoHandler {
    explicit Registers(std::vector<std::uint8_t>& r) : bytes(r) {}
    AccessResult read(Address offset, std::uint8_t* data, std::size_t length, const Attributes&) override {
      std::memcpy(data, &bytes[offset], length);
      return AccessResult::ok;
    }
    AccessResult write(Address offset, const std::uint8_t* data, std::size_t length, const Attributes&) override {
      std::memcpy(&bytes[offset], data, length);
      return AccessResult::ok;
    }
    std::size_t access_length(Address, std::size_t remaining) const override {
      return std::min<std::size_t>(remaining, 4);
    }
    std::vector<std::uint8_t>& bytes;
  };
  IoRegion device("device", 0x10, std::make_unique<Registers>(registers));
  device.path().add_coalescing({0, 0xf});
  bench.system.add(0, device);
  bench.start();
  bench.cpu.store<std::uint32_t>(4, 0x11223344);
  EXPECT_EQ(registers[4], 0) << "queued";
  std::uint32_t word = 0;
  EXPECT_EQ(bench.cpu.debug_read(4, &word, 4), 4u);
  EXPECT_EQ(word, 0x11223344u);
}

TEST(DebugTransport, MarksWhatItWrites) {
  Bench bench;
  RamRegion ram("ram", 0x2000);
  bench.system.add(0, ram);
  bench.start();
  ram.reset_dirty({0, 0x1fff}, DirtyClient::code);
  bench.cpu.debug_write(0x1000, "x", 1);
  EXPECT_FALSE(ram.is_dirty({0, 0xfff}, DirtyClient::code));
  EXPECT_TRUE(ram.is_dirty({0x1000, 0x1fff}, DirtyClient::code));
}

TEST(DebugTransport, LooksAtFlashWhateverItsMode) {
  Bench bench;
  DeviceLog log;
  RomDeviceRegion flash("flash", 0x1000, testing::test_device(&log));
  flash.memory().data[3] = 0x33;
  bench.system.add(0, flash);
  bench.start();
  flash.set_readable(false);
  std::uint8_t byte = 0;
  EXPECT_EQ(bench.cpu.debug_read(3, &byte, 1), 1u);
  EXPECT_EQ(byte, 0x33);
  EXPECT_TRUE(log.accesses.empty());
}

TEST(DebugTransport, TouchesOnlyWhatAMinimalPayloadOffers) {
  Bench bench;
  RamRegion ram("ram", 0x10);
  bench.system.add(0, ram);
  bench.start();
  std::uint8_t data[4] = {};
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_READ_COMMAND, 0, data, 4);
  // IEEE 1666 14.8: with a minimal payload the other attributes mean nothing and stay as they are.
  payload.set_streaming_width(0);
  std::uint8_t enable = 0;
  payload.set_byte_enable_ptr(&enable);
  payload.set_byte_enable_length(0);
  ASSERT_EQ(payload.get_gp_option(), tlm::TLM_MIN_PAYLOAD);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(payload), 4u);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE);
  EXPECT_EQ(payload.get_gp_option(), tlm::TLM_MIN_PAYLOAD);
}

TEST(DebugTransport, IgnoreIsForTheTargetToMakeSomethingOf) {
  TargetBench bench(0x1000, 0x10);
  bench.start();
  Address seen = 0;
  bench.target.on_debug = [&](tlm::tlm_generic_payload& payload) {
    EXPECT_EQ(payload.get_command(), tlm::TLM_IGNORE_COMMAND);
    seen = payload.get_address();
    return 3u;
  };
  std::uint8_t data[4] = {};
  EXPECT_EQ(bench.cpu.debug(tlm::TLM_IGNORE_COMMAND, 0x1004, data, 4), 3u);
  EXPECT_EQ(seen, 4u);
  EXPECT_EQ(bench.cpu.address_after, 0x1004u);
  EXPECT_EQ(bench.cpu.debug(tlm::TLM_IGNORE_COMMAND, 0x1004, nullptr, 0), 0u) << "never more than the length";
}

TEST(DebugTransport, OneTargetGetsTheTransactionItselfAndTwoGetItsExtensions) {
  Bench bench;
  TestTarget<> target("target", 8);
  TargetRegion region("region", 8);
  AliasRegion again("again", region, 0, 4);
  region.bind(target.socket);
  bench.system.add(0x1000, region);
  bench.system.add(0x1008, again);
  bench.start();
  std::uint8_t data[12] = {};
  AttributesExtension extension;
  tlm::tlm_generic_payload payload;
  payload.set_extension(&extension);
  std::vector<const tlm::tlm_generic_payload*> seen;
  target.on_debug = [&](tlm::tlm_generic_payload& at_target) {
    EXPECT_EQ(at_target.get_extension<AttributesExtension>(), &extension);
    seen.push_back(&at_target);
    return at_target.get_data_length();
  };
  testing::prepare(payload, tlm::TLM_READ_COMMAND, 0x1002, data, 6);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(payload), 6u);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0], &payload);
  testing::prepare(payload, tlm::TLM_READ_COMMAND, 0x1000, data, 12);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(payload), 12u);
  EXPECT_EQ(seen.size(), 3u);
  payload.clear_extension(&extension);
}

/// A debug transaction with all attributes (IEEE 1666 14.8 f, l).
struct FullPayload : tlm::tlm_generic_payload {
  FullPayload(tlm::tlm_command command, Address address, std::uint8_t* data, unsigned length) {
    testing::prepare(*this, command, address, data, length);
    set_gp_option(tlm::TLM_FULL_PAYLOAD);
  }
};

TEST(DebugTransport, AFullPayloadIsHonouredWhereMemoryServes) {
  Bench bench;
  RamRegion low("low", 4);
  RomRegion high("high", 4);
  bench.system.add(0, low);
  bench.system.add(4, high);
  bench.start();
  std::uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  std::uint8_t enables[2] = {0xff, 0};
  FullPayload payload(tlm::TLM_WRITE_COMMAND, 2, data, 8);
  payload.set_streaming_width(4);
  payload.set_byte_enable_ptr(enables);
  payload.set_byte_enable_length(2);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(payload), 8u) << "bytes that are not enabled count (11.4.4 s)";
  EXPECT_EQ(payload.get_gp_option(), tlm::TLM_FULL_PAYLOAD_ACCEPTED);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(low.memory().data[2], 5) << "the second turn of the stream";
  EXPECT_EQ(low.memory().data[3], 0);
  EXPECT_EQ(high.memory().data[0], 7);
  FullPayload into_hole(tlm::TLM_READ_COMMAND, 6, data, 4);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(into_hole), 2u);
  EXPECT_EQ(into_hole.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  FullPayload senseless(tlm::TLM_READ_COMMAND, 0, data, 4);
  senseless.set_streaming_width(0);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(senseless), 0u);
  EXPECT_EQ(senseless.get_response_status(), tlm::TLM_BURST_ERROR_RESPONSE);
}

TEST(DebugTransport, AFullPayloadIsForTheTargetToAccept) {
  TargetBench bench(0, 0x10);
  bench.start();
  std::uint8_t data[4] = {};
  FullPayload ignored(tlm::TLM_READ_COMMAND, 0, data, 4);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(ignored), 4u);
  EXPECT_EQ(ignored.get_gp_option(), tlm::TLM_FULL_PAYLOAD) << "the target did not say that it honours it";
  EXPECT_EQ(ignored.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE);
  bench.target.on_debug = [](tlm::tlm_generic_payload& payload) {
    payload.set_gp_option(tlm::TLM_FULL_PAYLOAD_ACCEPTED);
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return 0u;
  };
  FullPayload accepted(tlm::TLM_READ_COMMAND, 0, data, 4);
  EXPECT_EQ(bench.cpu.socket->transport_dbg(accepted), 0u);
  EXPECT_EQ(accepted.get_gp_option(), tlm::TLM_FULL_PAYLOAD_ACCEPTED);
  EXPECT_EQ(accepted.get_response_status(), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
}

}  // namespace
}  // namespace sc_memory
