// The 16550A register by register, its FIFO and the interrupts by their priorities.
#include "models/devices/uart16550.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "tests/models/devices/register_access.h"

namespace sc_memory::models {
namespace {

using sc_core::sc_time;
using sc_core::SC_US;

enum : Address { data = 0, ier = 1, iir = 2, fcr = 2, lcr = 3, mcr = 4, lsr = 5, msr = 6, scr = 7 };

constexpr std::uint8_t latch = 0x80;
constexpr std::uint8_t eight_bits = 0x03;
constexpr std::uint8_t fifo_on = 0x01;
constexpr std::uint8_t trigger_8 = 0x80;
constexpr std::uint8_t loopback = 0x10;
constexpr std::uint8_t ready = 0x01;
constexpr std::uint8_t overrun = 0x02;
constexpr std::uint8_t idle_transmitter = 0x60;

class Uart16550Test : public testing::Test {
 protected:
  Uart16550Test() {
    uart_.set_transmit([this](std::uint8_t byte) { sent_.push_back(static_cast<char>(byte)); });
  }

  std::uint8_t read(Address offset) { return access_.read<std::uint8_t>(offset); }
  void write(Address offset, std::uint8_t value) { access_.write<std::uint8_t>(offset, value); }
  bool interrupt() { return uart_.interrupt().level(); }
  void receive(const std::string& text) {
    for (const char byte : text) uart_.receive(static_cast<std::uint8_t>(byte));
  }

  Uart16550 uart_{"uart"};
  RegisterAccess access_{uart_.region()};
  std::string sent_;
};

TEST_F(Uart16550Test, StateAfterReset) {
  EXPECT_EQ(read(ier), 0);
  EXPECT_EQ(read(iir), 0x01);
  EXPECT_EQ(read(lcr), 0);
  EXPECT_EQ(read(mcr), 0);
  EXPECT_EQ(read(lsr), idle_transmitter);
  EXPECT_EQ(read(msr), 0xb0);
  EXPECT_EQ(read(data), 0);
  EXPECT_FALSE(interrupt());
}

TEST_F(Uart16550Test, TransmitsAtOnce) {
  for (const char byte : std::string("hello")) write(data, static_cast<std::uint8_t>(byte));
  EXPECT_EQ(sent_, "hello");
  EXPECT_EQ(read(lsr), idle_transmitter);
}

TEST_F(Uart16550Test, TheDivisorLiesBehindTheLatch) {
  write(lcr, latch | eight_bits);
  write(0, 0x34);
  write(1, 0x12);
  EXPECT_EQ(read(0), 0x34);
  EXPECT_EQ(read(1), 0x12);
  write(lcr, eight_bits);
  EXPECT_EQ(read(ier), 0);
  EXPECT_EQ(read(data), 0);
  EXPECT_EQ(sent_, "");
}

TEST_F(Uart16550Test, RegistersKeepTheirBits) {
  write(scr, 0xa5);
  EXPECT_EQ(read(scr), 0xa5);
  write(ier, 0xff);
  EXPECT_EQ(read(ier), 0x0f);
  write(mcr, 0xff);
  EXPECT_EQ(read(mcr), 0x1f);
  write(lcr, 0x7f);
  EXPECT_EQ(read(lcr), 0x7f);
}

TEST_F(Uart16550Test, ReceivesOneByteWithoutFifosAndOverrunsWithTheNewest) {
  EXPECT_EQ(uart_.receive_space(), 1U);
  EXPECT_TRUE(uart_.receive('a'));
  EXPECT_EQ(uart_.receive_space(), 0U);
  EXPECT_FALSE(uart_.receive('b'));
  EXPECT_EQ(read(lsr), idle_transmitter | ready | overrun);
  EXPECT_EQ(read(lsr), idle_transmitter | ready);
  EXPECT_EQ(read(data), 'b');
  EXPECT_EQ(read(lsr), idle_transmitter);
}

TEST_F(Uart16550Test, TheFifoHoldsSixteenAndOverrunsKeepingTheOldest) {
  write(fcr, fifo_on);
  EXPECT_EQ(uart_.receive_space(), 16U);
  receive("0123456789abcdef");
  EXPECT_EQ(uart_.receive_space(), 0U);
  EXPECT_FALSE(uart_.receive('X'));
  EXPECT_EQ(read(lsr), idle_transmitter | ready | overrun);
  std::string text;
  while ((read(lsr) & ready) != 0) text.push_back(static_cast<char>(read(data)));
  EXPECT_EQ(text, "0123456789abcdef");
}

TEST_F(Uart16550Test, SwitchingOrResettingTheFifoEmptiesIt) {
  receive("a");
  write(fcr, fifo_on);
  EXPECT_EQ(read(lsr), idle_transmitter);
  receive("bc");
  write(fcr, fifo_on);
  EXPECT_EQ(uart_.receive_space(), 14U);
  write(fcr, fifo_on | 0x02);
  EXPECT_EQ(uart_.receive_space(), 16U);
  receive("d");
  write(fcr, 0);
  EXPECT_EQ(read(lsr), idle_transmitter);
  EXPECT_EQ(read(iir), 0x01);
}

TEST_F(Uart16550Test, ReceivedDataInterruptsAtTheTriggerLevel) {
  write(ier, 0x01);
  for (const auto& [bits, level] : {std::pair{0x00, 1U}, {0x40, 4U}, {0x80, 8U}, {0xc0, 14U}}) {
    write(fcr, static_cast<std::uint8_t>(bits | fifo_on | 0x02));
    receive(std::string(level - 1, 'x'));
    EXPECT_FALSE(interrupt()) << level;
    EXPECT_EQ(read(iir), 0xc1);
    receive("x");
    EXPECT_TRUE(interrupt()) << level;
    EXPECT_EQ(read(iir), 0xc4);
    read(data);
    EXPECT_FALSE(interrupt()) << level;
  }
}

TEST_F(Uart16550Test, ReceivedDataInterruptsWithoutFifos) {
  write(ier, 0x01);
  receive("x");
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(iir), 0x04);
  read(data);
  EXPECT_FALSE(interrupt());
}

TEST_F(Uart16550Test, ATimeOutComesFourCharactersAfterTheLastByte) {
  write(lcr, latch | eight_bits);
  write(0, 2);  // 115200 baud at 3686400 Hz: ten bits take 86.8 us
  write(lcr, eight_bits);
  write(fcr, fifo_on | trigger_8);
  write(ier, 0x01);
  receive("a");
  sc_core::sc_start(sc_time(300, SC_US));
  receive("b");
  sc_core::sc_start(sc_time(347, SC_US));
  EXPECT_FALSE(interrupt());
  sc_core::sc_start(sc_time(1, SC_US));
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(iir), 0xcc);
  EXPECT_EQ(read(iir), 0xcc);
  EXPECT_EQ(read(data), 'a');
  EXPECT_FALSE(interrupt());
  sc_core::sc_start(sc_time(348, SC_US));
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(data), 'b');
  sc_core::sc_start(sc_time(1000, SC_US));
  EXPECT_FALSE(interrupt());
}

TEST_F(Uart16550Test, LongerCharactersTakeLongerToTimeOut) {
  write(lcr, latch | 0x0f);  // Eight bits, parity, two stop bits: twelve in all.
  write(0, 2);
  write(lcr, 0x0f);
  write(fcr, fifo_on | trigger_8);
  write(ier, 0x01);
  receive("a");
  sc_core::sc_start(sc_time(416, SC_US));
  EXPECT_FALSE(interrupt());
  sc_core::sc_start(sc_time(1, SC_US));
  EXPECT_TRUE(interrupt());
}

TEST_F(Uart16550Test, TheTransmitterInterruptIsAcknowledgedByReadingItsIdentification) {
  write(ier, 0x02);
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(iir), 0x02);
  EXPECT_FALSE(interrupt());
  EXPECT_EQ(read(iir), 0x01);
  write(data, 'x');
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(iir), 0x02);
  write(ier, 0);
  write(ier, 0x02);
  EXPECT_EQ(read(iir), 0x02);
}

TEST_F(Uart16550Test, TheTransmitterInterruptIsToldOfOnceAByteAndReceivedBytesUntilTheyAreRead) {
  unsigned told = 0;
  uart_.interrupt().connect([&](bool level) { told += level ? 1 : 0; });
  write(ier, 0x03);
  EXPECT_EQ(told, 1U);
  read(lsr);
  EXPECT_EQ(told, 1U);
  write(data, 'x');
  EXPECT_EQ(told, 2U);
  uart_.receive('y');
  EXPECT_EQ(told, 3U);
  read(lsr);
  EXPECT_EQ(told, 4U);
  EXPECT_EQ(read(data), 'y');
  read(lsr);
  EXPECT_EQ(told, 5U);  // The transmitter's, which was hidden behind the receiver's.
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(read(iir) & 0x0f, 0x02);
  EXPECT_FALSE(interrupt());
}

TEST_F(Uart16550Test, AByteThatNobodyHasReadCanBeTakenBack) {
  EXPECT_EQ(uart_.withdraw(), std::nullopt);
  write(ier, 0x01);
  receive("a");
  EXPECT_TRUE(interrupt());
  EXPECT_EQ(uart_.withdraw(), std::uint8_t{'a'});
  EXPECT_FALSE(interrupt());
  EXPECT_EQ(read(lsr), idle_transmitter);
}

TEST_F(Uart16550Test, TheTransmitterInterruptSurvivesAHigherOnesIdentification) {
  write(ier, 0x03);
  receive("a");
  EXPECT_EQ(read(iir), 0x04);
  read(data);
  EXPECT_EQ(read(iir), 0x02);
  EXPECT_EQ(read(iir), 0x01);
}

TEST_F(Uart16550Test, InterruptsComeByPriority) {
  write(mcr, loopback);
  write(mcr, 0);  // Leaves deltas in the modem status.
  receive("ab");
  write(ier, 0x0f);
  EXPECT_EQ(read(iir), 0x06);
  EXPECT_EQ(read(lsr) & overrun, overrun);
  EXPECT_EQ(read(iir), 0x04);
  read(data);
  EXPECT_EQ(read(iir), 0x02);
  EXPECT_EQ(read(iir), 0x00);
  EXPECT_TRUE(interrupt());
  EXPECT_NE(read(msr) & 0x0f, 0);
  EXPECT_EQ(read(iir), 0x01);
  EXPECT_FALSE(interrupt());
}

TEST_F(Uart16550Test, LoopbackReturnsWhatIsSentAndHearsNobody) {
  write(mcr, loopback);
  EXPECT_EQ(uart_.receive_space(), 0U);
  EXPECT_FALSE(uart_.receive('x'));
  EXPECT_FALSE(uart_.receive_break());
  write(data, 'y');
  EXPECT_EQ(sent_, "");
  EXPECT_EQ(read(lsr), idle_transmitter | ready);
  EXPECT_EQ(read(data), 'y');
  EXPECT_EQ(read(lsr), idle_transmitter);
}

TEST_F(Uart16550Test, LoopbackReturnsTheModemOutputs) {
  write(mcr, loopback);
  read(msr);
  const std::pair<int, int> outputs_and_inputs[] = {{0x02, 0x10}, {0x01, 0x20}, {0x04, 0x40}, {0x08, 0x80}};
  for (const auto& [output, input] : outputs_and_inputs) {
    write(mcr, static_cast<std::uint8_t>(loopback | output));
    EXPECT_EQ(read(msr) & 0xf0, input);
    EXPECT_EQ(read(msr) & 0x0f, 0);
  }
}

TEST_F(Uart16550Test, DeltasSayWhichModemLinesChanged) {
  write(mcr, loopback);
  EXPECT_EQ(read(msr), 0x0b);
  write(mcr, loopback | 0x04);
  EXPECT_EQ(read(msr), 0x40);  // Only the end of ringing counts.
  write(mcr, loopback);
  EXPECT_EQ(read(msr), 0x04);
  write(mcr, 0);
  EXPECT_EQ(read(msr), 0xbb);
  EXPECT_EQ(read(msr), 0xb0);
}

TEST_F(Uart16550Test, ABreakMarksItsByteUntilTheStatusIsRead) {
  write(fcr, fifo_on);
  receive("a");
  EXPECT_TRUE(uart_.receive_break());
  EXPECT_EQ(read(lsr), idle_transmitter | ready | 0x80);
  EXPECT_EQ(read(data), 'a');
  EXPECT_EQ(read(lsr), idle_transmitter | ready | 0x90);
  EXPECT_EQ(read(lsr), idle_transmitter | ready);
  EXPECT_EQ(read(data), 0);
}

TEST_F(Uart16550Test, AsksForMoreWhenTheGuestHasRead) {
  std::string script = "0123456789abcdefghij";
  const auto feed = [&] {
    while (!script.empty() && uart_.receive_space() > 0) {
      uart_.receive(static_cast<std::uint8_t>(script.front()));
      script.erase(0, 1);
    }
  };
  uart_.set_on_space(feed);
  feed();
  EXPECT_EQ(script.size(), 19U);
  EXPECT_EQ(read(data), '0');
  EXPECT_EQ(read(data), '1');
  read(lsr);
  EXPECT_EQ(script.size(), 17U);
  write(fcr, fifo_on);  // Loses the byte in the register, and makes room for sixteen.
  EXPECT_EQ(script.size(), 1U);
  std::string text;
  while ((read(lsr) & ready) != 0) text.push_back(static_cast<char>(read(data)));
  EXPECT_EQ(text, "3456789abcdefghij");
}

TEST_F(Uart16550Test, DebugAccessesHaveNoSideEffects) {
  int asked = 0;
  uart_.set_on_space([&] { ++asked; });
  write(fcr, fifo_on);
  receive("ab");
  uart_.receive_break();
  write(ier, 0x02);
  asked = 0;
  for (Address offset = 0; offset < Uart16550::size; ++offset) access_.debug_read<std::uint8_t>(offset);
  EXPECT_EQ(access_.debug_read<std::uint8_t>(iir), 0xc2);
  EXPECT_EQ(access_.debug_read<std::uint8_t>(data), 'a');
  for (Address offset = 0; offset <= 2; ++offset) access_.debug_write<std::uint8_t>(offset, 0);
  access_.debug_write<std::uint8_t>(mcr, loopback);
  access_.debug_write<std::uint8_t>(scr, 0x5a);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(sent_, "");
  EXPECT_EQ(read(scr), 0x5a);
  EXPECT_EQ(read(mcr), 0);
  EXPECT_EQ(read(iir), 0xc2);
  EXPECT_EQ(read(data), 'a');
  EXPECT_EQ(read(data), 'b');
  EXPECT_EQ(read(lsr) & 0x10, 0x10);
}

TEST_F(Uart16550Test, StatusRegistersAreReadOnly) {
  write(lsr, 0xff);
  write(msr, 0xff);
  EXPECT_EQ(read(lsr), idle_transmitter);
  EXPECT_EQ(read(msr), 0xb0);
}

TEST_F(Uart16550Test, WiderAccessesAreRejectedOrReachOneRegisterAfterTheOther) {
  write(scr, 0x5a);
  EXPECT_EQ(access_.read<std::uint32_t>(4), 0x5ab06000U);
  EXPECT_EQ(access_.try_read<std::uint16_t>(0), AccessResult::rejected);
  EXPECT_EQ(access_.try_read<std::uint32_t>(0), AccessResult::rejected);
  EXPECT_EQ(access_.try_write<std::uint32_t>(0, 'x'), AccessResult::rejected);
  EXPECT_EQ(sent_, "");
}

TEST_F(Uart16550Test, RandomPokingKeepsInterruptAndIdentificationTogether) {
  std::mt19937 random(test_seed());
  uart_.set_on_space([&] {
    if (random() % 2 == 0) uart_.receive(static_cast<std::uint8_t>(random()));
  });
  uart_.interrupt().connect([&](bool) { access_.debug_read<std::uint8_t>(random() % 8); });
  for (int i = 0; i < 50000; ++i) {
    switch (random() % 4) {
      case 0:
        write(random() % 8, static_cast<std::uint8_t>(random()));
        break;
      case 1:
        read(random() % 8);
        break;
      case 2:
        uart_.receive(static_cast<std::uint8_t>(random()));
        break;
      default:
        if (random() % 64 == 0) sc_core::sc_start(sc_time(random() % 2000, SC_US));
        uart_.receive_break();
        break;
    }
    ASSERT_EQ(interrupt(), (access_.debug_read<std::uint8_t>(iir) & 1) == 0);
    ASSERT_LE(uart_.receive_space(), 16U);
  }
}

TEST(Uart16550, AClockOfZeroIsRejected) { EXPECT_THROW(Uart16550("uart", 0), std::invalid_argument); }

}  // namespace
}  // namespace sc_memory::models
