// The registers of the 16550A, its FIFO and its interrupt.
#include "models/devices/uart16550.h"

#include <algorithm>
#include <stdexcept>

#include "sc_memory/access/io_ops.h"

namespace sc_memory::models {

namespace {

enum Register : Address {
  data = 0,              // With the latch bit: the divisor's low byte.
  interrupt_enable = 1,  // With the latch bit: its high byte.
  interrupt_id_or_fifo_control = 2,
  line_control = 3,
  modem_control = 4,
  line_status_register = 5,
  modem_status = 6,
  scratch = 7,
};

constexpr std::uint8_t enable_received = 0x01;
constexpr std::uint8_t enable_transmitter = 0x02;
constexpr std::uint8_t enable_line_status = 0x04;
constexpr std::uint8_t enable_modem_status = 0x08;
constexpr std::uint8_t enable_mask = 0x0f;

constexpr std::uint8_t id_none = 0x01;
constexpr std::uint8_t id_line_status = 0x06;
constexpr std::uint8_t id_received = 0x04;
constexpr std::uint8_t id_time_out = 0x0c;
constexpr std::uint8_t id_transmitter = 0x02;
constexpr std::uint8_t id_modem_status = 0x00;
constexpr std::uint8_t id_fifos_enabled = 0xc0;

constexpr std::uint8_t fifo_enable = 0x01;
constexpr std::uint8_t fifo_reset_receiver = 0x02;
constexpr std::uint8_t fifo_stored_mask = 0xc9;

constexpr std::uint8_t line_stop_bits = 0x04;
constexpr std::uint8_t line_parity = 0x08;
constexpr std::uint8_t line_latch = 0x80;

constexpr std::uint8_t modem_loopback = 0x10;
constexpr std::uint8_t modem_control_mask = 0x1f;
constexpr std::uint8_t modem_ring = 0x40;
/// Clear to send, data set ready and carrier: the other end is always there.
constexpr std::uint8_t modem_lines_connected = 0xb0;

constexpr std::uint8_t status_data_ready = 0x01;
constexpr std::uint8_t status_overrun = 0x02;
constexpr std::uint8_t status_break = 0x10;
constexpr std::uint8_t status_transmitter_empty = 0x60;  // Both the holding and the shift register.
constexpr std::uint8_t status_error_in_fifo = 0x80;

unsigned trigger_level(std::uint8_t fifo_control) {
  constexpr unsigned levels[] = {1, 4, 8, 14};
  return levels[fifo_control >> 6];
}

}  // namespace

Uart16550::Uart16550(const sc_core::sc_module_name& name, std::uint32_t clock_hz)
    : sc_module(name),
      clock_hz_(clock_hz),
      region_(
          sc_module::name(), size,
          io_ops()
              .read_with_attributes([this](Address offset, std::uint64_t& value, unsigned,
                                           const Attributes& attributes) { return read(offset, value, attributes); })
              .write_with_attributes(
                  [this](Address offset, std::uint64_t value, unsigned, const Attributes& attributes) {
                    return write(offset, static_cast<std::uint8_t>(value), attributes);
                  })
              .valid(1, 1)
              .impl(1, 1)) {
  if (clock_hz == 0) throw std::invalid_argument("the clock of a UART has a frequency of 0 Hz");
  SC_METHOD(on_time_out);
  sensitive << time_out_;
  dont_initialize();
}

bool Uart16550::latch_access() const { return (line_control_ & line_latch) != 0; }
bool Uart16550::loopback() const { return (modem_control_ & modem_loopback) != 0; }
bool Uart16550::fifos_enabled() const { return (fifo_control_ & fifo_enable) != 0; }

AccessResult Uart16550::read(Address offset, std::uint64_t& value, const Attributes& attributes) {
  const unsigned space = receive_space();
  value = read_register(offset, attributes.debug);
  if (!attributes.debug) {
    update_interrupt();
    tell_of_space(space);
  }
  return AccessResult::ok;
}

AccessResult Uart16550::write(Address offset, std::uint8_t value, const Attributes& attributes) {
  const bool only_stored =
      offset == line_control || offset == scratch || (latch_access() && offset <= interrupt_enable);
  if (attributes.debug && !only_stored) return AccessResult::ok;
  const unsigned space = receive_space();
  write_register(offset, value);
  update_interrupt();
  tell_of_space(space);
  return AccessResult::ok;
}

void Uart16550::tell_of_space(unsigned space_before) {
  if (on_space_ && receive_space() > space_before) on_space_();
}

std::uint8_t Uart16550::read_register(Address offset, bool debug) {
  switch (offset) {
    case data:
      return latch_access() ? divisor_low_ : read_received(debug);
    case interrupt_enable:
      return latch_access() ? divisor_high_ : interrupt_enable_;
    case interrupt_id_or_fifo_control:
      return read_interrupt_id(debug);
    case line_control:
      return line_control_;
    case modem_control:
      return modem_control_;
    case line_status_register:
      return read_line_status(debug);
    case modem_status:
      return read_modem_status(debug);
    default:
      return scratch_;
  }
}

void Uart16550::write_register(Address offset, std::uint8_t value) {
  switch (offset) {
    case data:
      if (latch_access())
        divisor_low_ = value;
      else
        write_data(value);
      return;
    case interrupt_enable:
      if (latch_access())
        divisor_high_ = value;
      else
        write_interrupt_enable(value);
      return;
    case interrupt_id_or_fifo_control:
      return write_fifo_control(value);
    case line_control:
      line_control_ = value;
      return;
    case modem_control:
      return write_modem_control(value);
    case scratch:
      scratch_ = value;
      return;
    default:
      return;  // The status registers are read only.
  }
}

std::uint8_t Uart16550::read_received(bool debug) {
  if (fifo_.empty()) return 0;
  if (debug) return fifo_.oldest().byte;
  const std::uint8_t byte = fifo_.pop().byte;
  restart_time_out();
  return byte;
}

std::optional<std::uint8_t> Uart16550::withdraw() {
  if (fifo_.empty()) return std::nullopt;
  const std::uint8_t byte = read_received(false);
  update_interrupt();
  return byte;
}

/// Reading the transmitter's interrupt acknowledges it; the others go with their causes.
std::uint8_t Uart16550::read_interrupt_id(bool debug) {
  const std::uint8_t id = interrupt_id();
  if (id == id_transmitter && !debug) transmitter_empty_ = false;
  return fifos_enabled() ? id | id_fifos_enabled : id;
}

std::uint8_t Uart16550::read_line_status(bool debug) {
  const std::uint8_t status = line_status();
  if (!debug) {
    overrun_ = false;
    if (!fifo_.empty()) fifo_.oldest().is_break = false;
  }
  return status;
}

std::uint8_t Uart16550::read_modem_status(bool debug) {
  const std::uint8_t status = modem_lines() | modem_deltas_;
  if (!debug) modem_deltas_ = 0;
  return status;
}

/// The byte leaves at once, so that the transmitter is empty again, and says so, before the write is over.
void Uart16550::write_data(std::uint8_t byte) {
  transmitter_empty_ = true;
  transmitter_told_ = false;
  if (loopback())
    accept({byte, false});
  else if (transmit_)
    transmit_(byte);
}

void Uart16550::write_interrupt_enable(std::uint8_t value) {
  const bool newly_enabled = (value & ~interrupt_enable_ & enable_transmitter) != 0;
  if (newly_enabled) {
    transmitter_empty_ = true;
    transmitter_told_ = false;
  }
  interrupt_enable_ = value & enable_mask;
}

void Uart16550::write_fifo_control(std::uint8_t value) {
  const bool enable = (value & fifo_enable) != 0;
  if (enable != fifos_enabled() || (enable && (value & fifo_reset_receiver) != 0)) empty_receiver();
  fifo_control_ = enable ? value & fifo_stored_mask : 0;
}

void Uart16550::write_modem_control(std::uint8_t value) {
  const std::uint8_t before = modem_lines();
  modem_control_ = value & modem_control_mask;
  const std::uint8_t after = modem_lines();
  const std::uint8_t changed = before ^ after;
  // The ring indicator counts when it ends, the other lines whenever they change.
  const std::uint8_t counted = (changed & ~modem_ring) | (changed & before & modem_ring);
  modem_deltas_ |= counted >> 4;
}

std::uint8_t Uart16550::line_status() const {
  std::uint8_t status = status_transmitter_empty;
  if (overrun_) status |= status_overrun;
  if (fifo_.empty()) return status;
  status |= status_data_ready;
  if (fifo_.oldest().is_break) status |= status_break;
  if (fifos_enabled() && fifo_.any_break()) status |= status_error_in_fifo;
  return status;
}

/// Of the modem status register, the four lines without their deltas. Looped back, they are the modem control outputs:
/// RTS, DTR, OUT1 and OUT2 appear as CTS, DSR, RI and DCD.
std::uint8_t Uart16550::modem_lines() const {
  if (!loopback()) return modem_lines_connected;
  const unsigned outputs = modem_control_;
  return static_cast<std::uint8_t>((outputs & 0x02) << 3 | (outputs & 0x01) << 5 | (outputs & 0x0c) << 4);
}

/// What the interrupt identification register says in its low four bits: the enabled interrupt of the highest priority.
std::uint8_t Uart16550::interrupt_id() const {
  const std::uint8_t enabled = interrupt_enable_;
  if ((enabled & enable_line_status) != 0 && (line_status() & (status_overrun | status_break)) != 0)
    return id_line_status;
  if ((enabled & enable_received) != 0) {
    if (fifo_.count() >= trigger_level(fifo_control_)) return id_received;
    if (timed_out_) return id_time_out;
  }
  if ((enabled & enable_transmitter) != 0 && transmitter_empty_) return id_transmitter;
  if ((enabled & enable_modem_status) != 0 && modem_deltas_ != 0) return id_modem_status;
  return id_none;
}

/// There are drivers that never read the identification, and are called once for each byte sent as long as the
/// interrupt controller takes the transmitter's interrupt for an event. As a level it would call them for ever.
void Uart16550::update_interrupt() {
  const std::uint8_t id = interrupt_id();
  const bool pending = id != id_none;
  const bool is_new = id != id_transmitter || !transmitter_told_;
  transmitter_told_ = id == id_transmitter;
  if (pending && interrupt_.level() && is_new)
    interrupt_.renew();
  else
    interrupt_.set(pending);
}

unsigned Uart16550::receive_space() const {
  const unsigned places = fifos_enabled() ? ReceiveFifo::places : 1;
  return loopback() ? 0 : places - fifo_.count();
}

bool Uart16550::receive(std::uint8_t byte) { return !loopback() && accept({byte, false}); }
bool Uart16550::receive_break() { return !loopback() && accept({0, true}); }

/// On an overrun the FIFO keeps what it has; without FIFOs the new character takes the place of the old one.
bool Uart16550::accept(ReceiveFifo::Entry entry) {
  const bool full = fifo_.count() == (fifos_enabled() ? ReceiveFifo::places : 1);
  if (full) {
    overrun_ = true;
    if (!fifos_enabled()) fifo_.newest() = entry;
  } else {
    fifo_.push(entry);
    time_out_.cancel();
    if (fifos_enabled()) time_out_.notify(4 * character_time());
  }
  update_interrupt();
  return !full;
}

void Uart16550::empty_receiver() {
  fifo_.clear();
  restart_time_out();
}

/// After the guest has read: the time-out is acknowledged, and comes again when the rest of the FIFO is left alone for
/// as long as four characters take.
void Uart16550::restart_time_out() {
  timed_out_ = false;
  time_out_.cancel();
  if (fifos_enabled() && !fifo_.empty()) time_out_.notify(4 * character_time());
}

void Uart16550::on_time_out() {
  timed_out_ = true;
  update_interrupt();
}

sc_core::sc_time Uart16550::character_time() const {
  unsigned bits = 1 + 5 + (line_control_ & 3) + 1;
  if ((line_control_ & line_stop_bits) != 0) ++bits;
  if ((line_control_ & line_parity) != 0) ++bits;
  const unsigned divisor = std::max(1, divisor_high_ << 8 | divisor_low_);
  return sc_core::sc_time(16.0 * bits * divisor / clock_hz_, sc_core::SC_SEC);
}

}  // namespace sc_memory::models
