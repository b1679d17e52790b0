// The registers of a slot.
#include "models/virtio/mmio_transport.h"

#include <utility>

#include "sc_memory/access/io_ops.h"

namespace sc_memory::models::virtio {

namespace {

enum Register : Address {
  magic = 0x00,
  version = 0x04,
  device_id = 0x08,
  vendor_id = 0x0c,
  device_features = 0x10,
  device_features_select = 0x14,
  driver_features = 0x20,
  driver_features_select = 0x24,
  queue_select = 0x30,
  queue_max_size = 0x34,
  queue_size = 0x38,
  queue_ready = 0x44,
  queue_notify = 0x50,
  interrupt_status = 0x60,
  interrupt_acknowledge = 0x64,
  device_status = 0x70,
  descriptor_area_low = 0x80,
  descriptor_area_high = 0x84,
  driver_area_low = 0x90,
  driver_area_high = 0x94,
  device_area_low = 0xa0,
  device_area_high = 0xa4,
  shared_memory_length_low = 0xb0,
  shared_memory_base_high = 0xbc,
  config_generation = 0xfc,
};
constexpr Address kConfig = 0x100;

constexpr std::uint32_t kMagic = 0x74726976;  // "virt"
/// QEMU's: nobody assigns these numbers, and small systems look for this one.
constexpr std::uint32_t kVendor = 0x554d4551;

constexpr std::uint32_t low_half(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high_half(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }
void set_low(Address& address, std::uint32_t value) { address = (address & ~UINT64_C(0xffffffff)) | value; }
void set_high(Address& address, std::uint32_t value) { address = low_half(address) | (std::uint64_t{value} << 32); }

}  // namespace

MmioTransport::MmioTransport(std::string name)
    : region_(
          std::move(name), size,
          io_ops()
              .read_with_attributes([this](Address offset, std::uint64_t& value, unsigned bytes, const Attributes&) {
                if (offset < kConfig)
                  value = read_register(offset);
                else
                  value = device_ != nullptr ? device_->read_config(offset - kConfig, bytes) : 0;
                return AccessResult::ok;
              })
              .write_with_attributes(
                  [this](Address offset, std::uint64_t value, unsigned bytes, const Attributes& attributes) {
                    if (attributes.debug || device_ == nullptr) return AccessResult::ok;
                    if (offset < kConfig)
                      write_register(offset, static_cast<std::uint32_t>(value));
                    else
                      device_->write_config(offset - kConfig, value, bytes);
                    return AccessResult::ok;
                  })
              .accepts([](Address offset, unsigned bytes, Direction, const Attributes&) {
                return offset >= kConfig || bytes == 4;
              })) {}

void MmioTransport::plug(Device& device, AddressSpace& memory) {
  device_ = &device;
  device.attach(memory, [this] { interrupt_.set(device_->interrupt_status() != 0); });
}

std::uint32_t MmioTransport::read_register(Address offset) const {
  switch (offset) {
    case magic:
      return kMagic;
    case version:
      return 2;
    case vendor_id:
      return kVendor;
    default:
      return device_ != nullptr ? read_device_register(offset) : 0;
  }
}

std::uint32_t MmioTransport::read_device_register(Address offset) const {
  // 4.2.2: a length of all ones says that there is no shared memory of that number.
  if (offset >= shared_memory_length_low && offset <= shared_memory_base_high) return UINT32_MAX;
  const Queue* const queue = device_->queue(queue_select_);
  switch (offset) {
    case device_id:
      return static_cast<std::uint32_t>(device_->id());
    case device_features:
      return device_features_high_ ? high_half(device_->offered_features()) : low_half(device_->offered_features());
    case queue_max_size:
      return queue != nullptr ? queue->max_size() : 0;
    case queue_ready:
      return queue != nullptr && queue->enabled() ? 1 : 0;
    case interrupt_status:
      return device_->interrupt_status();
    case device_status:
      return device_->device_status();
    case config_generation:
      return device_->config_generation();
    default:
      return 0;
  }
}

/// There is a device.
void MmioTransport::write_register(Address offset, std::uint32_t value) {
  switch (offset) {
    case device_features_select:
      device_features_high_ = value == 1;
      return;
    case driver_features_select:
      driver_features_high_ = value == 1;
      return;
    case driver_features:
      return device_->set_driver_features(driver_features_high_, value);
    case queue_select:
      queue_select_ = value;
      return;
    case queue_notify:
      return device_->notify(value);
    case interrupt_acknowledge:
      return device_->acknowledge(static_cast<std::uint8_t>(value));
    case device_status:
      return device_->write_status(static_cast<std::uint8_t>(value));
    case queue_ready:
      if ((value & 1) != 0)
        device_->enable_queue(queue_select_);
      else if (Queue* const queue = device_->queue(queue_select_))
        queue->reset();
      return;
    default:
      if (Queue* const queue = device_->queue(queue_select_)) write_queue_register(*queue, offset, value);
  }
}

void MmioTransport::write_queue_register(Queue& queue, Address offset, std::uint32_t value) {
  switch (offset) {
    case queue_size:
      // What 16 bits cannot say is no size: 0 is found wrong when the queue is enabled.
      queue.layout.size = value <= UINT16_MAX ? static_cast<std::uint16_t>(value) : 0;
      return;
    case descriptor_area_low:
      return set_low(queue.layout.descriptor_area, value);
    case descriptor_area_high:
      return set_high(queue.layout.descriptor_area, value);
    case driver_area_low:
      return set_low(queue.layout.driver_area, value);
    case driver_area_high:
      return set_high(queue.layout.driver_area, value);
    case device_area_low:
      return set_low(queue.layout.device_area, value);
    case device_area_high:
      return set_high(queue.layout.device_area, value);
    default:
      return;
  }
}

}  // namespace sc_memory::models::virtio
