// The 16550A UART: eight one-byte registers, two FIFOs of 16 bytes, one interrupt.
//
// The line behind it is a pair of functions: what the guest sends goes to `transmit` at once, what the host has for the
// guest comes in by receive(). The transmitter therefore is always empty; the receiver's FIFO is real, with trigger
// levels, time-out and overrun. A host that must not lose bytes asks receive_space() first, and is told by `on_space`
// when the guest has made some.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include <systemc>

#include "sc_memory/map/io_region.h"

#include "models/devices/receive_fifo.h"
#include "models/interrupt_line.h"

namespace sc_memory::models {

/// Registers take accesses of one byte; a wider one is rejected as such (transfers that are cut up reach one register
/// after the other). Debug accesses have no side effects: a debug read shows what a read would return, a debug write
/// reaches only the divisor, line control and scratch registers. All calls are made in the simulation's thread.
class Uart16550 : public sc_core::sc_module {
 public:
  static constexpr std::uint64_t size = 8;

  SC_HAS_PROCESS(Uart16550);
  /// `clock_hz` is the input clock, 16 times the baud rate at divisor 1: it sets how long a character lasts, and so
  /// when the receiver's time-out comes. Throws std::invalid_argument if it is 0.
  explicit Uart16550(const sc_core::sc_module_name& name, std::uint32_t clock_hz = 3686400);

  IoRegion& region() { return region_; }
  /// High while an enabled interrupt is pending. The transmitter's stays so until the guest reads its identification or
  /// disables it, as on the chip; but it is an event, told of by the line's change or InterruptLine::renew() when it
  /// comes. What waits to be read is told of again at each access that leaves it there.
  InterruptLine& interrupt() { return interrupt_; }

  /// Where bytes that the guest sends go. Without it they are lost.
  void set_transmit(std::function<void(std::uint8_t)> transmit) { transmit_ = std::move(transmit); }

  /// A byte from the line. Returns false if it was lost: the FIFO was full (the guest sees an overrun), or the guest
  /// has looped the line back and hears nobody.
  bool receive(std::uint8_t byte);
  /// A break on the line: a zero byte that the guest sees marked as a break.
  bool receive_break();
  /// How many bytes receive() takes before one is lost.
  unsigned receive_space() const;
  /// Takes the oldest byte back that the guest has not read: for a line that turns out to be another's. Nothing if
  /// there is none.
  std::optional<std::uint8_t> withdraw();
  /// Called whenever receive_space() has grown, at the end of the guest's access; may call receive().
  void set_on_space(std::function<void()> on_space) { on_space_ = std::move(on_space); }

 private:
  AccessResult read(Address offset, std::uint64_t& value, const Attributes& attributes);
  AccessResult write(Address offset, std::uint8_t value, const Attributes& attributes);
  std::uint8_t read_register(Address offset, bool debug);
  void write_register(Address offset, std::uint8_t value);
  std::uint8_t read_received(bool debug);
  std::uint8_t read_interrupt_id(bool debug);
  std::uint8_t read_line_status(bool debug);
  std::uint8_t read_modem_status(bool debug);
  void write_data(std::uint8_t byte);
  void write_interrupt_enable(std::uint8_t value);
  void write_fifo_control(std::uint8_t value);
  void write_modem_control(std::uint8_t value);

  bool latch_access() const;
  bool loopback() const;
  bool fifos_enabled() const;
  std::uint8_t line_status() const;
  std::uint8_t modem_lines() const;
  std::uint8_t interrupt_id() const;
  bool accept(ReceiveFifo::Entry entry);
  void empty_receiver();
  void restart_time_out();
  sc_core::sc_time character_time() const;
  void on_time_out();
  void tell_of_space(unsigned space_before);
  void update_interrupt();

  std::uint32_t clock_hz_;
  std::uint8_t divisor_low_ = 0;
  std::uint8_t divisor_high_ = 0;
  std::uint8_t interrupt_enable_ = 0;
  std::uint8_t fifo_control_ = 0;
  std::uint8_t line_control_ = 0;
  std::uint8_t modem_control_ = 0;
  std::uint8_t modem_deltas_ = 0;
  std::uint8_t scratch_ = 0;
  bool overrun_ = false;
  bool transmitter_empty_ = false;  ///< The interrupt of that name is pending.
  bool transmitter_told_ = false;   ///< And the line's listener knows.
  bool timed_out_ = false;          ///< So is this one.
  ReceiveFifo fifo_;
  InterruptLine interrupt_;
  std::function<void(std::uint8_t)> transmit_;
  std::function<void()> on_space_;
  sc_core::sc_event time_out_;
  IoRegion region_;
};

}  // namespace sc_memory::models
