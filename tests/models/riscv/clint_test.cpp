// The CLINT as an initiator sees it that may be ahead of the kernel: registers, exact times, and what a transport may
// not do.
#include "models/riscv/clint.h"

#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>

#include "tests/models/devices/register_access.h"

namespace sc_memory::models {
namespace {

using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;
using sc_core::SC_US;
using sc_core::SC_ZERO_TIME;

// As a SiFive CLINT has them: the timer's device right behind the one of software interrupts.
constexpr std::uint64_t mtimecmp0 = 0x4000;
constexpr std::uint64_t mtime_register = 0xbff8;

struct Initiator : sc_core::sc_module {
  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name) {}
  tlm_utils::simple_initiator_socket<Initiator> software{"software"};
  tlm_utils::simple_initiator_socket<Initiator> timer{"timer"};
};

class ClintTest : public testing::Test {
 protected:
  ClintTest() {
    initiator_.software.bind(clint_.software_socket);
    initiator_.timer.bind(clint_.timer_socket);
    sc_core::sc_start(SC_ZERO_TIME);
  }

  tlm::tlm_response_status transport(tlm::tlm_command command, std::uint64_t address, void* data, unsigned length,
                                     sc_time offset = SC_ZERO_TIME) {
    tlm::tlm_generic_payload payload;
    auto& socket = address < mtimecmp0 ? initiator_.software : initiator_.timer;
    payload.set_command(command);
    payload.set_address(address < mtimecmp0 ? address : address - mtimecmp0);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    const sc_time before = offset;
    socket->b_transport(payload, offset);
    EXPECT_EQ(offset, before);
    return payload.get_response_status();
  }

  template <typename T>
  T read(std::uint64_t address, const sc_time& offset = SC_ZERO_TIME) {
    T value = 0;
    EXPECT_EQ(transport(tlm::TLM_READ_COMMAND, address, &value, sizeof(T), offset), tlm::TLM_OK_RESPONSE);
    return value;
  }
  template <typename T>
  void write(std::uint64_t address, T value, const sc_time& offset = SC_ZERO_TIME) {
    EXPECT_EQ(transport(tlm::TLM_WRITE_COMMAND, address, &value, sizeof(T), offset), tlm::TLM_OK_RESPONSE);
  }

  /// The simulated times at which the timer interrupt of `hart` changes from here on.
  std::vector<sc_time>& record_timer(unsigned hart) {
    clint_.timer_interrupt(hart).connect([this](bool) { changes_.push_back(sc_core::sc_time_stamp()); });
    return changes_;
  }

  Clint clint_{"clint", 3};
  Initiator initiator_{"initiator"};
  std::vector<sc_time> changes_;
};

TEST_F(ClintTest, SoftwareInterruptFollowsItsBitAtOnce) {
  write<std::uint32_t>(4, 0xffffffff);
  EXPECT_FALSE(clint_.software_interrupt(0).level());
  EXPECT_TRUE(clint_.software_interrupt(1).level());
  EXPECT_EQ(read<std::uint32_t>(4), 1U);
  EXPECT_EQ(read<std::uint32_t>(0), 0U);
  write<std::uint32_t>(0, 1);
  write<std::uint32_t>(4, 0xfffffffe);
  EXPECT_TRUE(clint_.software_interrupt(0).level());
  EXPECT_FALSE(clint_.software_interrupt(1).level());
}

TEST_F(ClintTest, TimeIsThatOfTheInitiator) {
  EXPECT_EQ(read<std::uint64_t>(mtime_register), 0U);
  EXPECT_EQ(read<std::uint64_t>(mtime_register, sc_time(99999, SC_PS)), 0U);
  EXPECT_EQ(read<std::uint64_t>(mtime_register, sc_time(100, SC_NS)), 1U);
  sc_core::sc_start(sc_time(250, SC_NS));
  EXPECT_EQ(read<std::uint64_t>(mtime_register), 2U);
  EXPECT_EQ(read<std::uint64_t>(mtime_register, sc_time(50, SC_NS)), 3U);
  EXPECT_EQ(clint_.mtime(sc_time(10, SC_US)), 102U);
}

TEST_F(ClintTest, TimeCanBeSetInWholeAndInHalves) {
  sc_core::sc_start(sc_time(1, SC_US));
  write<std::uint64_t>(mtime_register, 0x1'0000'0000, sc_time(500, SC_NS));
  EXPECT_EQ(read<std::uint64_t>(mtime_register, sc_time(500, SC_NS)), 0x1'0000'0000U);
  EXPECT_EQ(read<std::uint64_t>(mtime_register, sc_time(700, SC_NS)), 0x1'0000'0002U);
  write<std::uint32_t>(mtime_register + 4, 0x77, sc_time(700, SC_NS));
  EXPECT_EQ(read<std::uint64_t>(mtime_register, sc_time(700, SC_NS)), 0x77'0000'0002U);
  write<std::uint32_t>(mtime_register, 9, sc_time(700, SC_NS));
  EXPECT_EQ(read<std::uint32_t>(mtime_register, sc_time(800, SC_NS)), 10U);
  EXPECT_EQ(read<std::uint32_t>(mtime_register + 4, sc_time(800, SC_NS)), 0x77U);
}

TEST_F(ClintTest, CompareStartsWithoutAnInterruptAndIsWrittenInHalves) {
  EXPECT_EQ(read<std::uint64_t>(mtimecmp0), std::numeric_limits<std::uint64_t>::max());
  write<std::uint32_t>(mtimecmp0 + 8, 0x11111111);
  write<std::uint32_t>(mtimecmp0 + 12, 0x22222222);
  EXPECT_EQ(read<std::uint64_t>(mtimecmp0 + 8), 0x22222222'11111111U);
  EXPECT_EQ(read<std::uint32_t>(mtimecmp0 + 12), 0x22222222U);
  EXPECT_FALSE(clint_.timer_interrupt(1).level());
}

TEST_F(ClintTest, TimerInterruptRisesAtItsExactTime) {
  const auto& changes = record_timer(2);
  sc_core::sc_start(sc_time(30, SC_NS));
  write<std::uint64_t>(mtimecmp0 + 16, 7, sc_time(45, SC_NS));
  EXPECT_EQ(clint_.timer_due(2), sc_time(700, SC_NS));
  EXPECT_EQ(clint_.timer_due(0), sc_core::sc_max_time());
  sc_core::sc_start(sc_time(10, SC_US));
  EXPECT_EQ(changes, std::vector<sc_time>{sc_time(700, SC_NS)});
  EXPECT_TRUE(clint_.timer_interrupt(2).level());
  EXPECT_EQ(clint_.timer_due(2), sc_core::sc_max_time());
}

TEST_F(ClintTest, MovingTheCompareLowersTheInterruptAndForgetsTheOldTime) {
  const auto& changes = record_timer(0);
  write<std::uint64_t>(mtimecmp0, 5);
  write<std::uint64_t>(mtimecmp0, 20);
  sc_core::sc_start(sc_time(3, SC_US));
  write<std::uint64_t>(mtimecmp0, 40);
  EXPECT_FALSE(clint_.timer_interrupt(0).level());
  sc_core::sc_start(sc_time(3, SC_US));
  EXPECT_EQ(changes, (std::vector<sc_time>{sc_time(2, SC_US), sc_time(3, SC_US), sc_time(4, SC_US)}));
}

TEST_F(ClintTest, AnInterruptThatIsDueAtTheWritersTimeRisesAtOnce) {
  const auto& changes = record_timer(0);
  write<std::uint64_t>(mtimecmp0, 5, sc_time(500, SC_NS));
  EXPECT_TRUE(clint_.timer_interrupt(0).level());
  sc_core::sc_start(sc_time(1, SC_US));
  EXPECT_EQ(changes, std::vector<sc_time>{SC_ZERO_TIME});
}

TEST_F(ClintTest, SettingTheTimeMovesEveryInterrupt) {
  write<std::uint64_t>(mtimecmp0, 1000);
  write<std::uint64_t>(mtimecmp0 + 8, 2000);
  write<std::uint64_t>(mtime_register, 1000);
  EXPECT_TRUE(clint_.timer_interrupt(0).level());
  EXPECT_EQ(clint_.timer_due(1), sc_time(100, SC_US));
  write<std::uint64_t>(mtime_register, 0);
  EXPECT_FALSE(clint_.timer_interrupt(0).level());
  EXPECT_EQ(clint_.timer_due(0), sc_time(100, SC_US));
}

TEST_F(ClintTest, TheInterruptFallsWhenTimeWrapsAround) {
  const auto& changes = record_timer(0);
  write<std::uint64_t>(mtimecmp0, std::numeric_limits<std::uint64_t>::max() - 1);
  write<std::uint64_t>(mtime_register, std::numeric_limits<std::uint64_t>::max() - 9);
  sc_core::sc_start(sc_time(5, SC_US));
  EXPECT_EQ(changes, (std::vector<sc_time>{sc_time(800, SC_NS), sc_time(1, SC_US)}));
}

TEST_F(ClintTest, OtherLengthsAndPlacesAreErrors) {
  std::uint64_t data[2] = {};
  const auto response = [&](std::uint64_t address, unsigned length) {
    const auto on_read = transport(tlm::TLM_READ_COMMAND, address, data, length);
    EXPECT_EQ(transport(tlm::TLM_WRITE_COMMAND, address, data, length), on_read);
    return on_read;
  };
  for (unsigned length : {0U, 1U, 2U, 3U, 5U, 16U})
    EXPECT_EQ(response(mtimecmp0, length), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(response(0, 8), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(response(2, 4), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(response(mtimecmp0 + 4, 8), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(response(mtimecmp0 + Clint::timer_size, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(response(std::numeric_limits<std::uint64_t>::max() - 3, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(transport(tlm::TLM_READ_COMMAND, 0, nullptr, 4), tlm::TLM_GENERIC_ERROR_RESPONSE);
  EXPECT_EQ(transport(tlm::TLM_IGNORE_COMMAND, 0, nullptr, 4), tlm::TLM_OK_RESPONSE);
}

TEST_F(ClintTest, ByteEnablesAndStreamingAreRefused) {
  std::uint32_t data = 1;
  unsigned char enables = TLM_BYTE_ENABLED;
  tlm::tlm_generic_payload payload;
  payload.set_write();
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
  payload.set_data_length(4);
  payload.set_streaming_width(4);
  payload.set_byte_enable_ptr(&enables);
  payload.set_byte_enable_length(1);
  sc_time delay = SC_ZERO_TIME;
  initiator_.software->b_transport(payload, delay);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_streaming_width(2);
  initiator_.software->b_transport(payload, delay);
  EXPECT_EQ(payload.get_response_status(), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_FALSE(clint_.software_interrupt(0).level());
}

TEST_F(ClintTest, ReservedWordsReadZeroAndIgnoreWrites) {
  for (const std::uint64_t address : {UINT64_C(12), UINT64_C(0x3ffc), mtimecmp0 + 24, mtime_register - 8}) {
    write<std::uint32_t>(address, 0xffffffff);
    EXPECT_EQ(read<std::uint32_t>(address), 0U);
  }
}

TEST_F(ClintTest, DebugReadsAnyLengthAndWritesNothing) {
  write<std::uint32_t>(0, 1);
  write<std::uint32_t>(8, 1);
  std::vector<unsigned char> bytes(12, 0xaa);
  tlm::tlm_generic_payload payload;
  payload.set_read();
  payload.set_data_ptr(bytes.data());
  payload.set_data_length(12);
  EXPECT_EQ(initiator_.software->transport_dbg(payload), 12U);
  EXPECT_EQ(bytes, (std::vector<unsigned char>{1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}));
  payload.set_address(Clint::timer_size - 4);
  EXPECT_EQ(initiator_.timer->transport_dbg(payload), 4U);
  payload.set_address(0);
  payload.set_write();
  bytes.assign(12, 0);
  EXPECT_EQ(initiator_.software->transport_dbg(payload), 0U);
  EXPECT_TRUE(clint_.software_interrupt(0).level());
}

TEST_F(ClintTest, DirectMemoryIsRefusedForTheWholeDevice) {
  tlm::tlm_generic_payload payload;
  payload.set_address(0x3000);
  tlm::tlm_dmi dmi;
  EXPECT_FALSE(initiator_.software->get_direct_mem_ptr(payload, dmi));
  EXPECT_EQ(dmi.get_start_address(), 0U);
  EXPECT_EQ(dmi.get_end_address(), Clint::software_size - 1);
  EXPECT_TRUE(dmi.is_none_allowed());
  EXPECT_FALSE(initiator_.timer->get_direct_mem_ptr(payload, dmi));
  EXPECT_EQ(dmi.get_end_address(), Clint::timer_size - 1);
}

TEST_F(ClintTest, RandomAccessesNeverCrashAndKeepTheInterruptsRight) {
  std::mt19937_64 random(test_seed());
  std::uint64_t data[2];
  for (int i = 0; i < 20000; ++i) {
    const auto command = static_cast<tlm::tlm_command>(random() % 3);
    const std::uint64_t bases[] = {0, mtimecmp0, mtime_register - 16, random()};
    data[0] = random() >> (random() % 64);
    data[1] = random();
    transport(command, bases[random() % 4] + random() % 40, data, random() % 17, sc_time(random() % 1000, SC_NS));
    if (i % 16 != 0) continue;
    // Far enough for the kernel to be past all writes.
    sc_core::sc_start(sc_time(1000 + random() % 3000, SC_NS));
    for (unsigned hart = 0; hart < 3; ++hart) {
      ASSERT_EQ(clint_.timer_interrupt(hart).level(), clint_.mtime() >= read<std::uint64_t>(mtimecmp0 + 8 * hart));
    }
  }
}

TEST(Clint, ImpossibleParametersAreRejected) {
  EXPECT_THROW(Clint("none", 0), std::invalid_argument);
  EXPECT_THROW(Clint("many", 4096), std::invalid_argument);
  EXPECT_THROW(Clint("stopped", 1, SC_ZERO_TIME), std::invalid_argument);
}

}  // namespace
}  // namespace sc_memory::models
