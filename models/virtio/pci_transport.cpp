// A virtio device as a PCI function.
#include "models/virtio/pci_transport.h"

#include <fmt/format.h>

#include "sc_memory/access/io_ops.h"

namespace sc_memory::models::virtio {

namespace {

constexpr std::uint64_t kPage = 0x1000;

/// Types of the vendor-specific capability.
enum CapabilityType : std::uint8_t {
  common = 1,
  notification = 2,
  interrupt_status = 3,
  device_config = 4,
  window = 5
};
constexpr std::uint8_t kVendorSpecific = 0x09;
constexpr unsigned kCapabilityBytes = 16;
constexpr unsigned kExtendedCapabilityBytes = 20;
/// Fields of a capability.
constexpr unsigned kCapabilityLength = 2;
constexpr unsigned kCapabilityType = 3;
constexpr unsigned kCapabilityBar = 4;
constexpr unsigned kCapabilityOffset = 8;
constexpr unsigned kCapabilityExtent = 12;
constexpr unsigned kCapabilityExtra = 16;  ///< The notification multiplier, or the data of the window.

constexpr std::uint32_t kNotifyMultiplier = 4;
constexpr std::uint16_t kNoVector = 0xffff;

/// Of the common configuration, 4.1.4.3, in words as wide as they may be written.
enum CommonOffset : Address {
  device_feature_select = 0x00,
  device_feature = 0x04,
  driver_feature_select = 0x08,
  driver_feature = 0x0c,
  config_msix_vector = 0x10,
  queue_number = 0x12,
  device_status = 0x14,
  config_generation = 0x15,
  queue_select = 0x16,
  queue_size = 0x18,
  queue_msix_vector = 0x1a,
  queue_enable = 0x1c,
  queue_notify_offset = 0x1e,
  descriptor_area_low = 0x20,
  descriptor_area_high = 0x24,
  driver_area_low = 0x28,
  driver_area_high = 0x2c,
  device_area_low = 0x30,
  device_area_high = 0x34,
  common_end = 0x38,
};

/// The register that holds a byte of the common configuration.
struct Place {
  Address offset;
  unsigned bytes;
};
Place place_of(Address offset) {
  if (offset < config_msix_vector || offset >= descriptor_area_low) return {offset & ~Address{3}, 4};
  if (offset == device_status || offset == config_generation) return {offset, 1};
  return {offset & ~Address{1}, 2};
}

constexpr std::uint32_t low_half(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high_half(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }
void set_low(Address& address, std::uint32_t value) { address = (address & ~UINT64_C(0xffffffff)) | value; }
void set_high(Address& address, std::uint32_t value) { address = low_half(address) | (std::uint64_t{value} << 32); }

const char* kind_name(DeviceId id) {
  switch (id) {
    case DeviceId::network:
      return "virtio-net";
    case DeviceId::block:
      return "virtio-blk";
    case DeviceId::console:
      return "virtio-serial";
    case DeviceId::entropy:
      return "virtio-rng";
    case DeviceId::none:
      break;
  }
  return "virtio";
}

std::uint32_t class_code(DeviceId id) {
  switch (id) {
    case DeviceId::network:
      return 0x020000;
    case DeviceId::block:
      return 0x010000;
    case DeviceId::console:
      return 0x078000;
    default:
      return 0x00ff00;
  }
}

/// 4.1.2: the vendor is Red Hat, the device 0x1040 and the virtio device's number; revision 1 says that there is no
/// legacy interface.
pci::Identity identity(DeviceId id) {
  const auto number = static_cast<std::uint16_t>(0x1040 + static_cast<std::uint16_t>(id));
  return {0x1af4, number, class_code(id), 1, 0x1af4, 0x1100, true};
}

}  // namespace

PciTransport::PciTransport(const std::string& name, Device& device, MemoryRegion& system)
    : Function(name, identity(device.id()), system),
      device_(device),
      bar_("virtio-pci", 4 * kPage),
      common_(make_page("common", &PciTransport::read_common, &PciTransport::write_common)),
      interrupt_status_(make_page("isr", &PciTransport::read_interrupt_status, &PciTransport::write_nothing)),
      device_config_(make_page("device", &PciTransport::read_device, &PciTransport::write_device)),
      notifications_(make_page("notify", &PciTransport::read_nothing, &PciTransport::notify)),
      bar_space_("virtio-pci-cfg-as", bar_) {
  bar_.add(0, common_);
  bar_.add(kPage, interrupt_status_);
  bar_.add(2 * kPage, device_config_);
  bar_.add(3 * kPage, notifications_);
  add_bar(bar, pci::BarKind::memory64_prefetchable, bar_);
  add_capabilities();
  device_.attach(dma_space(), [this] { set_interrupt(device_.interrupt_status() != 0); });
}

IoRegion PciTransport::make_page(const std::string& kind, std::uint64_t (PciTransport::*read)(Address, unsigned, bool),
                                 void (PciTransport::*write)(Address, std::uint64_t, unsigned)) {
  return IoRegion(fmt::format("virtio-pci-{}-{}", kind, kind_name(device_.id())), kPage,
                  io_ops()
                      .read_with_attributes([this, read](Address offset, std::uint64_t& value, unsigned bytes,
                                                         const Attributes& attributes) {
                        value = (this->*read)(offset, bytes, attributes.debug);
                        return AccessResult::ok;
                      })
                      .write_with_attributes([this, write](Address offset, std::uint64_t value, unsigned bytes,
                                                           const Attributes& attributes) {
                        if (!attributes.debug) (this->*write)(offset, value, bytes);
                        return AccessResult::ok;
                      }));
}

void PciTransport::add_capabilities() {
  const auto add = [this](CapabilityType type, std::uint64_t offset, std::uint64_t extent, unsigned bytes) {
    const unsigned at = config().add_capability(kVendorSpecific, bytes);
    config().set(at + kCapabilityLength, bytes, 1);
    config().set(at + kCapabilityType, type, 1);
    config().set(at + kCapabilityBar, type == window ? 0 : bar, 1);
    config().set(at + kCapabilityOffset, low_half(offset), 4);
    config().set(at + kCapabilityExtent, low_half(extent), 4);
    return at;
  };
  add(common, 0, kPage, kCapabilityBytes);
  add(interrupt_status, kPage, kPage, kCapabilityBytes);
  add(device_config, 2 * kPage, kPage, kCapabilityBytes);
  const unsigned notify_at = add(notification, 3 * kPage, kPage, kExtendedCapabilityBytes);
  config().set(notify_at + kCapabilityExtra, kNotifyMultiplier, 4);
  window_capability_ = add(window, 0, 0, kExtendedCapabilityBytes);
  config().allow_writes(window_capability_ + kCapabilityBar, 0xff, 1);
  config().allow_writes(window_capability_ + kCapabilityOffset, UINT32_MAX, 4);
  config().allow_writes(window_capability_ + kCapabilityExtent, UINT32_MAX, 4);
  config().allow_writes(window_capability_ + kCapabilityExtra, UINT32_MAX, 4);
}

std::uint64_t PciTransport::read_common(Address offset, unsigned bytes, bool) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes && offset + i < common_end; ++i) {
    const Place place = place_of(offset + i);
    const std::uint32_t word = common_register(place.offset);
    value |= std::uint64_t{(word >> (8 * (offset + i - place.offset))) & 0xff} << (8 * i);
  }
  return value;
}

std::uint32_t PciTransport::common_register(Address offset) const {
  const Queue* const queue = device_.queue(queue_select_);
  switch (offset) {
    case device_feature_select:
      return device_features_high_ ? 1 : 0;
    case device_feature:
      return device_features_high_ ? high_half(device_.offered_features()) : low_half(device_.offered_features());
    case driver_feature_select:
      return driver_features_high_ ? 1 : 0;
    case driver_feature:
      return driver_features_high_ ? high_half(device_.driver_features()) : low_half(device_.driver_features());
    case config_msix_vector:
    case queue_msix_vector:
      return kNoVector;
    case queue_number:
      return device_.queue_count();
    case device_status:
      return device_.device_status();
    case config_generation:
      return device_.config_generation();
    case queue_select:
      return queue_select_;
    default:
      break;
  }
  if (queue == nullptr) return 0;
  switch (offset) {
    case queue_size:
      return queue->layout.size;
    case queue_enable:
      return queue->enabled() ? 1 : 0;
    case queue_notify_offset:
      return queue_select_;
    case descriptor_area_low:
      return low_half(queue->layout.descriptor_area);
    case descriptor_area_high:
      return high_half(queue->layout.descriptor_area);
    case driver_area_low:
      return low_half(queue->layout.driver_area);
    case driver_area_high:
      return high_half(queue->layout.driver_area);
    case device_area_low:
      return low_half(queue->layout.device_area);
    case device_area_high:
      return high_half(queue->layout.device_area);
    default:
      return 0;
  }
}

void PciTransport::write_common(Address offset, std::uint64_t value, unsigned bytes) {
  if (offset >= common_end) return;
  const Place place = place_of(offset);
  if (place.offset != offset || place.bytes != bytes) return;
  const auto word = static_cast<std::uint32_t>(value);
  switch (offset) {
    case device_feature_select:
      device_features_high_ = word == 1;
      return;
    case driver_feature_select:
      driver_features_high_ = word == 1;
      return;
    case driver_feature:
      return device_.set_driver_features(driver_features_high_, word);
    case device_status:
      return device_.write_status(static_cast<std::uint8_t>(word));
    case queue_select:
      queue_select_ = static_cast<std::uint16_t>(word);
      return;
    case queue_enable:
      // 4.1.4.3.2: there is no way back but a reset.
      if (word == 1) device_.enable_queue(queue_select_);
      return;
    default:
      return write_queue_register(offset, word);
  }
}

void PciTransport::write_queue_register(Address offset, std::uint32_t value) {
  Queue* const queue = device_.queue(queue_select_);
  if (queue == nullptr) return;
  switch (offset) {
    case queue_size:
      queue->layout.size = static_cast<std::uint16_t>(value);
      return;
    case descriptor_area_low:
      return set_low(queue->layout.descriptor_area, value);
    case descriptor_area_high:
      return set_high(queue->layout.descriptor_area, value);
    case driver_area_low:
      return set_low(queue->layout.driver_area, value);
    case driver_area_high:
      return set_high(queue->layout.driver_area, value);
    case device_area_low:
      return set_low(queue->layout.device_area, value);
    case device_area_high:
      return set_high(queue->layout.device_area, value);
    default:
      return;
  }
}

std::uint64_t PciTransport::read_interrupt_status(Address offset, unsigned, bool debug) {
  if (offset != 0) return 0;
  const std::uint8_t bits = device_.interrupt_status();
  if (!debug) device_.acknowledge(bits);
  return bits;
}

std::uint64_t PciTransport::read_device(Address offset, unsigned bytes, bool) {
  return device_.read_config(offset, bytes);
}

void PciTransport::write_device(Address offset, std::uint64_t value, unsigned bytes) {
  device_.write_config(offset, value, bytes);
}

void PciTransport::notify(Address offset, std::uint64_t, unsigned) {
  device_.notify(static_cast<unsigned>(offset / kNotifyMultiplier));
}

/// 4.1.4.9: the data field stands for 1, 2 or 4 aligned bytes of a BAR. Nothing for an access elsewhere, or a window
/// that makes no sense.
std::optional<PciTransport::WindowAccess> PciTransport::window_access(unsigned offset, unsigned bytes) {
  const unsigned data = window_capability_ + kCapabilityExtra;
  if (offset + bytes <= data || offset >= data + 4) return std::nullopt;
  const WindowAccess access{config().read(window_capability_ + kCapabilityOffset, 4),
                            config().read(window_capability_ + kCapabilityExtent, 4)};
  const bool sane = config().read(window_capability_ + kCapabilityBar, 1) == bar &&
                    (access.length == 1 || access.length == 2 || access.length == 4) &&
                    access.offset % access.length == 0 && access.offset < bar_.size();
  return sane ? std::optional(access) : std::nullopt;
}

std::uint32_t PciTransport::read_config(unsigned offset, unsigned bytes) {
  if (const auto access = window_access(offset, bytes)) {
    std::uint32_t value = 0;
    bar_space_.read(access->offset, &value, access->length);
    config().set(window_capability_ + kCapabilityExtra, value, 4);
  }
  return Function::read_config(offset, bytes);
}

void PciTransport::write_config(unsigned offset, std::uint32_t value, unsigned bytes) {
  Function::write_config(offset, value, bytes);
  if (const auto access = window_access(offset, bytes)) {
    const std::uint32_t data = config().read(window_capability_ + kCapabilityExtra, 4);
    bar_space_.write(access->offset, &data, access->length);
  }
}

}  // namespace sc_memory::models::virtio
