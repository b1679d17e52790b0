// The three styles of callbacks: by function, by port and by size. Each becomes an IoOps; a device that mixes them has
// one for reads and another for writes.
#include "sc_memory/compat/device_ops.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sc_memory/access/io_ops.h"

namespace sc_memory::compat {

namespace {

Endian native_endian = Endian::little;

Endian endian_of(device_endian endianness) {
  switch (endianness) {
    case DEVICE_BIG_ENDIAN:
      return Endian::big;
    case DEVICE_LITTLE_ENDIAN:
      return Endian::little;
    default:
      return native_endian;
  }
}

/// How a direction of a device is served.
enum class Style { function, ports, by_size };

Style style_of(bool has_function, const MemoryRegionOps& ops) {
  if (has_function) return Style::function;
  return ops.old_portio != nullptr ? Style::ports : Style::by_size;
}

/// A list of ports, kept without its end.
class Ports {
 public:
  Ports(const MemoryRegionPortio* list, void* opaque, Endian order) : opaque_(opaque), order_(order) {
    for (; list->size != 0; ++list) entries_.push_back(*list);
  }

  std::uint64_t read(Address offset, unsigned size) const {
    if (const MemoryRegionPortio* port = find(offset, size, &MemoryRegionPortio::read))
      return port->read(opaque_, static_cast<std::uint32_t>(offset));
    if (size != 2) return UINT64_MAX;
    const std::uint64_t first = read(offset, 1) & 0xff;
    const std::uint64_t second = read(offset + 1, 1) & 0xff;
    return order_ == Endian::little ? first | second << 8 : first << 8 | second;
  }

  void write(Address offset, std::uint64_t value, unsigned size) const {
    if (const MemoryRegionPortio* port = find(offset, size, &MemoryRegionPortio::write)) {
      port->write(opaque_, static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(value));
    } else if (size == 2) {
      const bool little = order_ == Endian::little;
      write(offset, (little ? value : value >> 8) & 0xff, 1);
      write(offset + 1, (little ? value >> 8 : value) & 0xff, 1);
    }
  }

 private:
  template <typename Callback>
  const MemoryRegionPortio* find(Address offset, unsigned size, Callback MemoryRegionPortio::*callback) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const MemoryRegionPortio& port) {
      return offset >= port.offset && offset - port.offset < port.len && port.size == size && port.*callback != nullptr;
    });
    return found == entries_.end() ? nullptr : &*found;
  }

  std::vector<MemoryRegionPortio> entries_;
  void* opaque_;
  Endian order_;
};

/// 0 for 1 byte, 1 for 2, 2 for 4.
unsigned size_index(unsigned size) { return size / 2; }

void use_functions(IoOps& device, const MemoryRegionOps& ops, void* opaque) {
  const unsigned min = std::max(1U, ops.impl.min_access_size);
  const unsigned max = ops.impl.max_access_size != 0 ? ops.impl.max_access_size : 4;
  device.impl(min, std::max(min, max));
  if (ops.impl.unaligned) device.impl_unaligned();
  if (ops.read != nullptr)
    device.read([read = ops.read, opaque](Address offset, unsigned size) { return read(opaque, offset, size); });
  if (ops.write != nullptr)
    device.write([write = ops.write, opaque](Address offset, std::uint64_t value, unsigned size) {
      write(opaque, offset, value, size);
    });
}

void use_ports(IoOps& device, const MemoryRegionOps& ops, void* opaque) {
  device.impl(1, 4).impl_unaligned().valid_unaligned();
  const auto ports = std::make_shared<const Ports>(ops.old_portio, opaque, endian_of(ops.endianness));
  device.read([ports](Address offset, unsigned size) { return ports->read(offset, size); });
  device.write([ports](Address offset, std::uint64_t value, unsigned size) { ports->write(offset, value, size); });
}

void use_sizes(IoOps& device, const MemoryRegionOps& ops, void* opaque) {
  device.impl(1, 4).impl_unaligned();
  const MemoryRegionMmio mmio = ops.old_mmio;
  device.read_with_attributes(
      [mmio, opaque](Address offset, std::uint64_t& value, unsigned size, const Attributes& attributes) {
        CPUReadMemoryFunc* const read = mmio.read[size_index(size)];
        if (read == nullptr) return AccessResult::rejected;
        if (attributes.debug) return AccessResult::refused;
        value = read(opaque, offset);
        return AccessResult::ok;
      });
  device.write_with_attributes(
      [mmio, opaque](Address offset, std::uint64_t value, unsigned size, const Attributes& attributes) {
        CPUWriteMemoryFunc* const write = mmio.write[size_index(size)];
        if (write == nullptr) return AccessResult::rejected;
        if (attributes.debug) return AccessResult::refused;
        write(opaque, offset, static_cast<std::uint32_t>(value));
        return AccessResult::ok;
      });
}

std::unique_ptr<IoHandler> make_handler(const MemoryRegionOps& ops, void* opaque, Style style) {
  IoOps device = io_ops().endian(endian_of(ops.endianness));
  device.valid(std::max(1U, ops.valid.min_access_size), ops.valid.max_access_size);
  if (ops.valid.unaligned) device.valid_unaligned();
  if (ops.valid.accepts != nullptr)
    device.accepts(
        [accepts = ops.valid.accepts, opaque](Address offset, unsigned size, Direction direction, const Attributes&) {
          return accepts(opaque, offset, size, direction == Direction::write);
        });
  switch (style) {
    case Style::function:
      use_functions(device, ops, opaque);
      break;
    case Style::ports:
      use_ports(device, ops, opaque);
      break;
    case Style::by_size:
      use_sizes(device, ops, opaque);
      break;
  }
  return device.build();
}

/// Reads of one style, writes of another.
class MixedHandler final : public IoHandler {
 public:
  MixedHandler(std::unique_ptr<IoHandler> reads, std::unique_ptr<IoHandler> writes)
      : reads_(std::move(reads)), writes_(std::move(writes)) {}

  AccessResult read(Address offset, std::uint8_t* data, std::size_t length, const Attributes& attributes) override {
    return reads_->read(offset, data, length, attributes);
  }
  AccessResult write(Address offset, const std::uint8_t* data, std::size_t length,
                     const Attributes& attributes) override {
    return writes_->write(offset, data, length, attributes);
  }
  /// The style that needs alignment decides.
  std::size_t access_length(Address offset, std::size_t remaining) const override {
    return std::min(reads_->access_length(offset, remaining), writes_->access_length(offset, remaining));
  }
  Endian endian() const override { return reads_->endian(); }

 private:
  std::unique_ptr<IoHandler> reads_;
  std::unique_ptr<IoHandler> writes_;
};

}  // namespace

void set_native_endian(Endian order) { native_endian = order; }

std::unique_ptr<IoHandler> make_handler(const MemoryRegionOps& ops, void* opaque) {
  const Style reads = style_of(ops.read != nullptr, ops);
  const Style writes = style_of(ops.write != nullptr, ops);
  if (reads == writes) return make_handler(ops, opaque, reads);
  return std::make_unique<MixedHandler>(make_handler(ops, opaque, reads), make_handler(ops, opaque, writes));
}

}  // namespace sc_memory::compat
