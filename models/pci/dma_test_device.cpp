// The engine's registers, and the process that copies.
#include "models/pci/dma_test_device.h"

#include <algorithm>
#include <array>

#include "sc_memory/access/io_ops.h"

namespace sc_memory::models::pci {

namespace {

enum Register : Address {
  source_low = 0x00,
  source_high = 0x04,
  target_low = 0x08,
  target_high = 0x0c,
  length_register = 0x10,
  command_register = 0x14,
  status_register = 0x18,
  interrupt_enable = 0x1c,
  transferred_register = 0x20,
};

constexpr std::uint32_t kStart = 1;
constexpr std::uint32_t kBusy = 1;
constexpr std::uint32_t kDone = 2;
constexpr std::uint32_t kReadError = 4;
constexpr std::uint32_t kWriteError = 8;

/// Of the range that QEMU's project leaves to everybody; the class is that of DMA controllers.
constexpr Identity kIdentity{0x1234, 0x0d3a, 0x080180, 0, 0x1af4, 0x1100, true};

std::uint32_t low_half(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
std::uint32_t high_half(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }
void set_low(std::uint64_t& value, std::uint32_t half) { value = (value & ~UINT64_C(0xffffffff)) | half; }
void set_high(std::uint64_t& value, std::uint32_t half) { value = low_half(value) | (std::uint64_t{half} << 32); }

}  // namespace

DmaTestDevice::DmaTestDevice(const sc_core::sc_module_name& name, MemoryRegion& system)
    : sc_module(name),
      region_("dma-test", size,
              io_ops()
                  .read_with_attributes([this](Address offset, std::uint64_t& value, unsigned, const Attributes&) {
                    value = read(offset);
                    return AccessResult::ok;
                  })
                  .write_with_attributes(
                      [this](Address offset, std::uint64_t value, unsigned, const Attributes& attributes) {
                        if (!attributes.debug) write(offset, static_cast<std::uint32_t>(value));
                        return AccessResult::ok;
                      })
                  .valid(4, 4)
                  .impl(4, 4)),
      function_(sc_module::basename(), kIdentity, system) {
  function_.add_bar(bar, BarKind::memory32, region_);
  SC_THREAD(run);
}

std::uint32_t DmaTestDevice::read(Address offset) const {
  switch (offset) {
    case source_low:
      return low_half(programmed_.source);
    case source_high:
      return high_half(programmed_.source);
    case target_low:
      return low_half(programmed_.target);
    case target_high:
      return high_half(programmed_.target);
    case length_register:
      return programmed_.length;
    case status_register:
      return status_;
    case interrupt_enable:
      return interrupt_enabled_ ? 1 : 0;
    case transferred_register:
      return transferred_;
    default:
      return 0;
  }
}

void DmaTestDevice::write(Address offset, std::uint32_t value) {
  switch (offset) {
    case source_low:
      return set_low(programmed_.source, value);
    case source_high:
      return set_high(programmed_.source, value);
    case target_low:
      return set_low(programmed_.target, value);
    case target_high:
      return set_high(programmed_.target, value);
    case length_register:
      programmed_.length = value;
      return;
    case command_register:
      if (value != kStart || (status_ & kBusy) != 0) return;
      transferred_ = 0;
      set_status(kBusy);
      start_.notify(sc_core::SC_ZERO_TIME);
      return;
    case status_register:
      return set_status(status_ & ~(value & ~kBusy));
    case interrupt_enable:
      interrupt_enabled_ = (value & 1) != 0;
      return set_status(status_);
    default:
      return;
  }
}

void DmaTestDevice::set_status(std::uint32_t status) {
  status_ = status;
  function_.set_interrupt(interrupt_enabled_ && (status_ & (kDone | kReadError | kWriteError)) != 0);
}

void DmaTestDevice::run() {
  for (;;) {
    while ((status_ & kBusy) == 0) wait(start_);
    copy(programmed_);
  }
}

void DmaTestDevice::copy(Transfer transfer) {
  std::array<std::uint8_t, piece_bytes> bytes{};
  while (transferred_ < transfer.length) {
    const std::uint32_t piece = std::min(piece_bytes, transfer.length - transferred_);
    wait(piece_time());
    if (!transport(tlm::TLM_READ_COMMAND, transfer.source + transferred_, bytes.data(), piece))
      return set_status(kReadError);
    if (!transport(tlm::TLM_WRITE_COMMAND, transfer.target + transferred_, bytes.data(), piece))
      return set_status(kWriteError);
    transferred_ += piece;
  }
  set_status(kDone);
}

/// One transaction, whose delay is waited for.
bool DmaTestDevice::transport(tlm::tlm_command command, Address address, std::uint8_t* data, std::uint32_t length) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(length);
  payload.set_streaming_width(length);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->b_transport(payload, delay);
  if (delay != sc_core::SC_ZERO_TIME) wait(delay);
  return payload.is_response_ok();
}

}  // namespace sc_memory::models::pci
