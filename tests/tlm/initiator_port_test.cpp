// Blocking transport through a router: every response, splitting, and what must come back unchanged.
#include "sc_memory/tlm/initiator_port.h"

#include <gtest/gtest.h>
#include <stdexcept>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/io_region.h"
#include "sc_memory/tlm/messages.h"
#include "sc_memory/tlm/payload_access.h"

#include "tests/map/test_device.h"
#include "tests/tlm/test_bench.h"

namespace sc_memory {
namespace {

using testing::Bench;
using testing::DeviceLog;
using testing::ReportCounter;
using testing::TargetBench;
using testing::TestIo;
using testing::TestTarget;

struct Marker : tlm::tlm_extension<Marker> {
  int value = 0;
  tlm_extension_base* clone() const override { return new Marker(*this); }
  void copy_from(const tlm_extension_base& other) override { *this = static_cast<const Marker&>(other); }
};

TEST(InitiatorPort, ServesMemoryAndRestoresTheAddress) {
  Bench bench;
  RamRegion ram("ram", 0x1000);
  bench.system.add(0x8000, ram);
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x8010, 0x12345678), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.cpu.address_after, 0x8010u);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(0x8010), 0x12345678u);
  EXPECT_EQ(ram.memory().data[0x10], 0x78);
}

TEST(InitiatorPort, UnmappedIsAnAddressError) {
  Bench bench;
  ReservedRegion reserved("reserved", 0x100);
  bench.system.add(0x1000, reserved);
  bench.start();
  std::uint32_t word = 0;
  EXPECT_EQ(bench.cpu.read(0x10, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.write(0x10, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.read(0x1000, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(InitiatorPort, RomRefusesWritesOrDropsThemByPolicy) {
  Bench bench;
  RomRegion rom("rom", 0x100);
  bench.system.add(0, rom);
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint8_t>(0, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
  bench.space.policy().ignore_rom_writes = true;
  EXPECT_EQ(bench.cpu.store<std::uint8_t>(0, 1), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(rom.memory().data[0], 0);
}

TEST(InitiatorPort, DeviceResultsBecomeResponses) {
  Bench bench;
  DeviceLog log;
  TestIo device("device", 0x100, &log);
  bench.system.add(0, device);
  bench.start();
  std::uint32_t word = 0;
  log.result = AccessResult::device_error;
  EXPECT_EQ(bench.cpu.read(0, &word, 4), tlm::TLM_GENERIC_ERROR_RESPONSE);
  log.result = AccessResult::rejected;
  EXPECT_EQ(bench.cpu.read(0, &word, 4), tlm::TLM_BURST_ERROR_RESPONSE);
  log.result = AccessResult::refused;
  EXPECT_EQ(bench.cpu.write(0, &word, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
}

TEST(InitiatorPort, ReadOnlyMappingOfATargetRefusesWrites) {
  TargetBench bench(0x1000, 0x100);
  bench.region.set_readonly(true);
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x1000, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_TRUE(bench.target.seen.empty());
  bench.cpu.load<std::uint32_t>(0x1000);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_OK_RESPONSE);
}

TEST(InitiatorPort, BadPayloadsAreErrorsAndNeverReachATarget) {
  TargetBench bench(0x1000, 0x100);
  bench.start();
  std::uint32_t word = 0;
  std::uint8_t enable = 0xff;
  tlm::tlm_generic_payload payload;
  const auto fresh = [&] { testing::prepare(payload, tlm::TLM_READ_COMMAND, 0x1000, &word, 4); };
  fresh();
  payload.set_data_ptr(nullptr);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_GENERIC_ERROR_RESPONSE);
  fresh();
  payload.set_data_length(0);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_BURST_ERROR_RESPONSE);
  fresh();
  payload.set_streaming_width(0);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_BURST_ERROR_RESPONSE);
  fresh();
  payload.set_byte_enable_ptr(&enable);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  fresh();
  payload.set_address(UINT64_MAX - 2);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_TRUE(bench.target.seen.empty());
}

TEST(InitiatorPort, AHugeLengthOverAHoleIsAnErrorAndTouchesNothing) {
  Bench bench;
  bench.start();
  std::uint8_t byte = 0x11;
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0, &byte, UINT32_MAX);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(InitiatorPort, IgnoreIsRoutedAndMovesNothing) {
  TargetBench bench(0x1000, 0x100);
  RamRegion ram("ram", 0x100);
  bench.system.add(0, ram);
  bench.start();
  bench.target.on_transport = [](auto& payload, auto&) { payload.set_response_status(tlm::TLM_OK_RESPONSE); };
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_IGNORE_COMMAND, 0x10, nullptr, 0);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  testing::prepare(payload, tlm::TLM_IGNORE_COMMAND, 0x1010, nullptr, 0);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  ASSERT_EQ(bench.target.seen.size(), 1u);
  EXPECT_EQ(bench.target.seen[0].address, 0x10u);
  EXPECT_EQ(payload.get_address(), 0x1010u);
  testing::prepare(payload, tlm::TLM_IGNORE_COMMAND, 0x5000, nullptr, 0);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST(InitiatorPort, EverythingOfATransactionIsHandedToOneTargetUnchanged) {
  TargetBench bench(0x1000, 0x100);
  bench.start();
  std::uint8_t data[8] = {};
  std::uint8_t enables[3] = {0xff, 0, 0xff};
  Marker marker;
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0x1004, data, 8);
  payload.set_streaming_width(2);
  payload.set_byte_enable_ptr(enables);
  payload.set_byte_enable_length(3);
  payload.set_extension(&marker);
  bench.target.on_transport = [&](tlm::tlm_generic_payload& at_target, auto&) {
    EXPECT_EQ(&at_target, &payload);
    EXPECT_EQ(at_target.get_address(), 0x4u);
    EXPECT_EQ(at_target.get_streaming_width(), 2u);
    EXPECT_EQ(at_target.get_byte_enable_ptr(), enables);
    EXPECT_EQ(at_target.get_extension<Marker>(), &marker);
    at_target.get_extension<Marker>()->value = 42;
    at_target.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  };
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  EXPECT_EQ(marker.value, 42);
  EXPECT_EQ(payload.get_address(), 0x1004u);
  payload.clear_extension(&marker);
}

TEST(InitiatorPort, AnAccessOverBordersIsServedByEverySection) {
  Bench bench;
  RamRegion low("low", 4);
  TestTarget<> target("target", 4);
  TargetRegion region("region", 4);
  region.bind(target.socket);
  DeviceLog log;
  TestIo device("device", 4, &log);
  RamRegion high("high", 4);
  bench.system.add(0x1000, low);
  bench.system.add(0x1004, region);
  bench.system.add(0x1008, device);
  bench.system.add(0x100c, high);
  bench.start();
  std::uint8_t out[16];
  for (int i = 0; i < 16; ++i) out[i] = static_cast<std::uint8_t>(i + 1);
  EXPECT_EQ(bench.cpu.write(0x1000, out, 16), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.cpu.address_after, 0x1000u);
  EXPECT_EQ(low.memory().data[3], 4);
  EXPECT_EQ(target.memory[0], 5);
  EXPECT_EQ(target.memory[3], 8);
  ASSERT_EQ(log.accesses.size(), 1u);
  EXPECT_EQ(log.accesses[0].bytes, (std::vector<std::uint8_t>{9, 10, 11, 12}));
  EXPECT_EQ(high.memory().data[3], 16);
  std::uint8_t in[16] = {};
  log.read_byte = 0x77;
  EXPECT_EQ(bench.cpu.read(0x1000, in, 16), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(in[3], 4);
  EXPECT_EQ(in[4], 5);
  EXPECT_EQ(in[8], 0x77);
  EXPECT_EQ(in[15], 16);
}

TEST(InitiatorPort, TheWorstPieceDecidesAndTheOthersAreCarriedOut) {
  Bench bench;
  RamRegion low("low", 4);
  RomRegion rom("rom", 4);
  RamRegion high("high", 4);
  bench.system.add(0, low);
  bench.system.add(4, rom);
  bench.system.add(8, high);
  bench.start();
  const std::uint8_t out[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  EXPECT_EQ(bench.cpu.write(0, out, 12), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(high.memory().data[3], 12);
  EXPECT_EQ(bench.cpu.write(0, out, 16), tlm::TLM_ADDRESS_ERROR_RESPONSE) << "a hole at the end is worse";
  bench.space.policy().ignore_rom_writes = true;
  EXPECT_EQ(bench.cpu.write(0, out, 12), tlm::TLM_OK_RESPONSE);
}

TEST(InitiatorPort, ByteEnablesAndStreamingAreSplitOverSections) {
  Bench bench;
  RamRegion low("low", 4);
  TestTarget<> target("target", 4);
  TargetRegion region("region", 4);
  region.bind(target.socket);
  bench.system.add(0, low);
  bench.system.add(4, region);
  bench.start();
  std::uint8_t data[16];
  for (int i = 0; i < 16; ++i) data[i] = static_cast<std::uint8_t>(0x10 + i);
  std::uint8_t enables[2] = {0, 0xff};
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_WRITE_COMMAND, 0, data, 16);
  payload.set_streaming_width(8);
  payload.set_byte_enable_ptr(enables);
  payload.set_byte_enable_length(2);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(payload.get_byte_enable_ptr(), enables);
  EXPECT_EQ(payload.get_data_length(), 16u);
  const std::vector<std::uint8_t> in_ram(low.memory().data, low.memory().data + 4);
  EXPECT_EQ(in_ram, (std::vector<std::uint8_t>{0, 0x19, 0, 0x1b})) << "the second turn of the stream";
  EXPECT_EQ(target.memory, (std::vector<std::uint8_t>{0, 0x1d, 0, 0x1f}));
}

TEST(InitiatorPort, ByteEnablesThatADeviceDoesNotTakeAreAByteEnableError) {
  Bench bench;
  IoRegion words(
      "words", 0x10,
      io_ops().read32([](Address) { return 0x44332211U; }).write32([](Address, std::uint32_t) {}).valid(4, 4));
  RamRegion ram("ram", 0x10);
  bench.system.add(0, words);
  bench.system.add(0x10, ram);
  bench.start();
  std::uint8_t data[8] = {};
  std::uint8_t enables[4] = {0xff, 0, 0xff, 0};
  tlm::tlm_generic_payload payload;
  const auto response = [&](Address address, unsigned length) {
    testing::prepare(payload, tlm::TLM_READ_COMMAND, address, data, length);
    payload.set_byte_enable_ptr(enables);
    payload.set_byte_enable_length(4);
    return bench.cpu.transport(payload);
  };
  EXPECT_EQ(response(0, 4), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  EXPECT_EQ(response(0xc, 8), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE) << "in pieces";
  std::fill(std::begin(enables), std::end(enables), std::uint8_t{0xff});
  EXPECT_EQ(response(0, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(data[3], 0x44);
  EXPECT_EQ(response(1, 2), tlm::TLM_BURST_ERROR_RESPONSE) << "not the fault of byte enables that are all on";
}

TEST(InitiatorPort, ReadsLeaveDisabledBytesAlone) {
  Bench bench;
  RamRegion ram("ram", 16);
  DeviceLog log;
  TestIo device("device", 16, &log);
  bench.system.add(0, ram);
  bench.system.add(0x10, device);
  bench.start();
  for (const Address base : {Address{0}, Address{0x10}, Address{0xc}}) {
    std::uint8_t data[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    std::uint8_t enables[4] = {0xff, 0, 0, 0xff};
    tlm::tlm_generic_payload payload;
    testing::prepare(payload, tlm::TLM_READ_COMMAND, base, data, 8);
    payload.set_byte_enable_ptr(enables);
    payload.set_byte_enable_length(4);
    EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
    for (const int i : {1, 2, 5, 6}) EXPECT_EQ(data[i], 9);
    for (const int i : {0, 3, 4, 7}) EXPECT_NE(data[i], 9);
  }
}

TEST(InitiatorPort, ExtensionsReachTargetsInPiecesToo) {
  Bench bench;
  TestTarget<> first("first", 4);
  TestTarget<> second("second", 4);
  TargetRegion low("low", 4);
  TargetRegion high("high", 4);
  low.bind(first.socket);
  high.bind(second.socket);
  bench.system.add(0, low);
  bench.system.add(4, high);
  bench.start();
  Marker marker;
  int found = 0;
  const auto look = [&](tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    found += payload.get_extension<Marker>() == &marker ? 1 : 0;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  first.on_transport = second.on_transport = look;
  std::uint64_t data = 0;
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_READ_COMMAND, 0, &data, 8);
  payload.set_extension(&marker);
  EXPECT_EQ(bench.cpu.transport(payload), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(found, 2);
  EXPECT_EQ(payload.get_extension<Marker>(), &marker);
  payload.clear_extension(&marker);
}

TEST(InitiatorPort, DelaysAddUpOverPieces) {
  Bench bench;
  TestTarget<> first("first", 4);
  TestTarget<> second("second", 4);
  TargetRegion low("low", 4);
  TargetRegion high("high", 4);
  low.bind(first.socket);
  high.bind(second.socket);
  bench.system.add(0, low);
  bench.system.add(4, high);
  bench.start();
  first.on_transport = second.on_transport = [](auto& payload, sc_core::sc_time& delay) {
    delay += sc_core::sc_time(10, sc_core::SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  std::uint64_t data = 0;
  tlm::tlm_generic_payload payload;
  testing::prepare(payload, tlm::TLM_READ_COMMAND, 0, &data, 8);
  sc_core::sc_time delay(1, sc_core::SC_NS);
  bench.cpu.socket->b_transport(payload, delay);
  EXPECT_EQ(delay, sc_core::sc_time(21, sc_core::SC_NS));
}

TEST(InitiatorPort, TheTopOfTheSpaceIsServedAndNothingWraps) {
  Bench bench;
  RamRegion top("top", 0x1000);
  RamRegion bottom("bottom", 0x1000);
  bench.system.add(UINT64_MAX - 0xfff, top);
  bench.system.add(0, bottom);
  bench.start();
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(UINT64_MAX - 3, 0xa5a5a5a5), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(top.memory().data[0xfff], 0xa5);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(UINT64_MAX - 2, 0x11111111), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(bottom.memory().data[0], 0);
}

TEST(InitiatorPort, AThrowingTargetIsAnErrorResponseAndOneReport) {
  Bench bench;
  TestTarget<> target("target", 0x100);
  TargetRegion region("misbehaving", 0x100);
  region.bind(target.socket);
  bench.system.add(0x1000, region);
  bench.start();
  ReportCounter reports(kProtocolMessage);
  target.on_transport = [](auto& payload, auto&) {
    payload.set_address(0xbad);
    throw std::runtime_error("out of luck");
  };
  for (int i = 0; i < 3; ++i) {
    bench.cpu.load<std::uint32_t>(0x1004);
    EXPECT_EQ(bench.cpu.last_response, tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(bench.cpu.address_after, 0x1004u);
  }
  target.on_transport = [](auto&, auto&) { throw 42; };
  bench.cpu.load<std::uint32_t>(0x1004);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(bench.cpu.address_after, 0x1004u);
  EXPECT_EQ(reports.count(), 1);
  EXPECT_NE(ReportCounter::last_text().find("misbehaving"), std::string::npos);
}

TEST(InitiatorPort, AnIncompleteResponseIsReportedAndPassedOn) {
  Bench bench;
  TestTarget<> target("target", 0x100);
  TargetRegion region("lazy", 0x100);
  RamRegion ram("ram", 4);
  region.bind(target.socket);
  bench.system.add(0x1000, region);
  bench.system.add(0x1100, ram);
  bench.start();
  ReportCounter reports(kProtocolMessage);
  target.on_transport = [](auto&, auto&) {};
  bench.cpu.load<std::uint32_t>(0x1000);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_INCOMPLETE_RESPONSE);
  bench.cpu.load<std::uint64_t>(0x10fc);
  EXPECT_EQ(bench.cpu.last_response, tlm::TLM_GENERIC_ERROR_RESPONSE) << "one of two pieces";
  EXPECT_EQ(reports.count(), 1);
  EXPECT_NE(ReportCounter::last_text().find("lazy"), std::string::npos);
}

TEST(InitiatorPort, ADeviceMayUseTheRouterAgain) {
  Bench bench;
  RamRegion ram("ram", 0x100);
  DeviceLog log;
  TestIo device("device", 0x100, &log);
  bench.system.add(0, ram);
  bench.system.add(0x1000, device);
  bench.start();
  log.on_access = [&](const testing::DeviceAccess& access) {
    if (access.offset == 0) bench.cpu.store<std::uint32_t>(0x20, 0xfeed);
  };
  std::uint32_t word = 1;
  EXPECT_EQ(bench.cpu.write(0x1000, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(bench.cpu.load<std::uint32_t>(0x20), 0xfeedu);
}

TEST(InitiatorPort, ADeviceMayTakeItselfOutOfTheMap) {
  Bench bench;
  DeviceLog log;
  TestIo device("device", 0x100, &log);
  RamRegion below("below", 0x100);
  bench.system.add(0x1000, device, Priority{1});
  bench.system.add(0x1000, below, Priority{0});
  bench.start();
  log.on_access = [&](const testing::DeviceAccess&) { device.set_enabled(false); };
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x1000, 5), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(log.accesses.size(), 1u);
  EXPECT_EQ(bench.cpu.store<std::uint32_t>(0x1000, 6), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(below.memory().data[0], 6);
}

TEST(InitiatorPort, ATargetMayRemapInTheMiddleOfAnAccessOverBorders) {
  Bench bench;
  TestTarget<> target("target", 4);
  TargetRegion region("region", 4);
  RamRegion before("before", 4);
  RamRegion after("after", 4);
  region.bind(target.socket);
  bench.system.add(0, region);
  bench.system.add(4, before);
  bench.start();
  target.on_transport = [&](tlm::tlm_generic_payload& payload, auto&) {
    MapTransaction change;
    bench.system.remove(before);
    bench.system.add(4, after);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  };
  EXPECT_EQ(bench.cpu.store<std::uint64_t>(0, UINT64_MAX), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(before.memory().data[0], 0);
  EXPECT_EQ(after.memory().data[0], 0xff) << "each piece sees the map as it is when it begins";
}

/// A thread that makes one access, so that targets can wait in it.
struct Thread : sc_core::sc_module {
  Thread(sc_core::sc_module_name name, std::function<void()> body) : sc_module(name), body_(std::move(body)) {
    SC_HAS_PROCESS(Thread);
    SC_THREAD(run);
  }
  void run() { body_(); }

 private:
  std::function<void()> body_;
};

TEST(InitiatorPort, TheMapMayChangeWhileATargetWaits) {
  Bench bench;
  TestTarget<> target("target", 0x100);
  TargetRegion region("region", 0x100);
  RamRegion ram("ram", 0x100);
  region.bind(target.socket);
  bench.system.add(0x1000, region);
  target.on_transport = [&](tlm::tlm_generic_payload& payload, auto&) {
    sc_core::wait(10, sc_core::SC_NS);
    target.serve(payload);
  };
  bool done = false;
  Thread reader("reader", [&] {
    target.memory[4] = 0x66;
    EXPECT_EQ(bench.cpu.load<std::uint8_t>(0x1004), 0x66);
    EXPECT_EQ(bench.cpu.last_response, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(bench.cpu.address_after, 0x1004u);
    EXPECT_EQ(bench.cpu.load<std::uint8_t>(0x1004), 0) << "RAM is there now";
    done = true;
  });
  Thread changer("changer", [&] {
    sc_core::wait(5, sc_core::SC_NS);
    bench.system.remove(region);
    bench.system.add(0x1000, ram);
  });
  bench.run(sc_core::sc_time(1, sc_core::SC_US));
  EXPECT_TRUE(done);
}

TEST(InitiatorPort, AKilledProcessGetsItsAddressBack) {
  Bench bench;
  TestTarget<> target("target", 0x100);
  TargetRegion region("region", 0x100);
  region.bind(target.socket);
  bench.system.add(0x1000, region);
  target.on_transport = [](auto&, auto&) { sc_core::wait(1, sc_core::SC_SEC); };
  tlm::tlm_generic_payload payload;
  std::uint32_t word = 0;
  testing::prepare(payload, tlm::TLM_READ_COMMAND, 0x1004, &word, 4);
  Thread unfortunate("unfortunate", [&] { bench.cpu.transport(payload); });
  Thread killer("killer", [&] {
    sc_core::wait(1, sc_core::SC_NS);
    for (sc_core::sc_object* child : unfortunate.get_child_objects()) {
      sc_core::sc_process_handle handle(child);
      if (handle.valid()) handle.kill();
    }
  });
  bench.run(sc_core::sc_time(2, sc_core::SC_NS));
  EXPECT_EQ(payload.get_address(), 0x1004u);
}

TEST(InitiatorPort, WritesMarkTheDirtyLog) {
  Bench bench;
  RamRegion ram("ram", 0x4000);
  bench.system.add(0, ram);
  bench.start();
  ram.reset_dirty({0, 0x3fff}, DirtyClient::vga);
  bench.cpu.store<std::uint64_t>(0x0ffc, 1);
  EXPECT_TRUE(ram.is_dirty({0, 0x1fff}, DirtyClient::vga));
  EXPECT_TRUE(ram.is_dirty({0, 0xfff}, DirtyClient::vga));
  EXPECT_FALSE(ram.is_dirty({0x2000, 0x3fff}, DirtyClient::vga));
}

}  // namespace
}  // namespace sc_memory
