// The rings, followed with suspicion.
#include "models/virtio/queue.h"

namespace sc_memory::models::virtio {

namespace {

constexpr std::uint32_t kDescriptorBytes = 16;
constexpr std::uint32_t kUsedElementBytes = 8;
constexpr Address kIndexOffset = 2;  ///< In both rings, behind the flags.
constexpr Address kRingOffset = 4;

constexpr std::uint16_t kDescriptorNext = 1;
constexpr std::uint16_t kDescriptorWrite = 2;
constexpr std::uint16_t kDescriptorIndirect = 4;
constexpr std::uint16_t kNoInterrupt = 1;

constexpr bool is_power_of_two(unsigned n) { return n != 0 && (n & (n - 1)) == 0; }

std::uint64_t driver_area_bytes(std::uint16_t size) { return kRingOffset + std::uint64_t{2} * size + 2; }
std::uint64_t device_area_bytes(std::uint16_t size) {
  return kRingOffset + std::uint64_t{kUsedElementBytes} * size + 2;
}

constexpr char kRingsUnreachable[] = "a ring lies where there is no memory";

}  // namespace

/// As it lies in guest memory.
struct Queue::Descriptor {
  std::uint64_t address;
  std::uint32_t length;
  std::uint16_t flags;
  std::uint16_t next;
};

void Queue::reset() {
  layout = {};
  layout.size = max_size_;
  enabled_ = false;
  fault_ = nullptr;
}

void Queue::enable(AddressSpace& memory, const QueueFeatures& features) {
  if (enabled_) return;
  memory_ = &memory;
  area_ = layout;
  features_ = features;
  enabled_ = true;
  fault_ = nullptr;
  next_available_ = used_ = signalled_used_ = 0;
  if (!is_power_of_two(area_.size) || area_.size > max_size_) {
    set_fault("the queue's size is no power of two up to its maximum");
    return;
  }
  if (area_.descriptor_area % 16 != 0 || area_.driver_area % 2 != 0 || area_.device_area % 4 != 0) {
    set_fault("an area of the queue is not aligned");
    return;
  }
  descriptors_.emplace(memory, area_.descriptor_area, std::uint64_t{kDescriptorBytes} * area_.size);
  driver_.emplace(memory, area_.driver_area, driver_area_bytes(area_.size));
  device_.emplace(memory, area_.device_area, device_area_bytes(area_.size));
}

/// Always false, so that whoever finds one can return it.
bool Queue::set_fault(const char* fault) {
  if (fault_ == nullptr) fault_ = fault;
  return false;
}

bool Queue::read(CachedWindow& window, Address address, void* data, std::size_t length, const char* fault) {
  return window.read(address, data, length) == AccessResult::ok || set_fault(fault);
}

bool Queue::write(Address address, const void* data, std::size_t length) {
  return device_->write(address, data, length) == AccessResult::ok || set_fault(kRingsUnreachable);
}

/// 0 after a fault.
std::uint16_t Queue::read_driver_area(Address offset) {
  std::uint16_t value = 0;
  read(*driver_, area_.driver_area + offset, &value, sizeof value, kRingsUnreachable);
  return value;
}

std::optional<DescriptorChain> Queue::pop() {
  if (!enabled_ || fault_ != nullptr) return std::nullopt;
  const auto waiting = static_cast<std::uint16_t>(read_driver_area(kIndexOffset) - next_available_);
  if (fault_ != nullptr) return std::nullopt;
  if (waiting == 0) {
    // From here on the next chain is worth a notification.
    if (features_.event_index)
      write(area_.device_area + kRingOffset + Address{kUsedElementBytes} * area_.size, &next_available_, 2);
    return std::nullopt;
  }
  if (waiting > area_.size) {
    set_fault("more chains are available than the queue has descriptors");
    return std::nullopt;
  }
  DescriptorChain chain;
  chain.head = read_driver_area(kRingOffset + Address{2} * (next_available_ % area_.size));
  ++next_available_;
  if (fault_ != nullptr || !follow(chain.head, chain)) return std::nullopt;
  return chain;
}

bool Queue::follow(std::uint16_t head, DescriptorChain& chain) {
  Table table{area_.descriptor_area, area_.size};
  bool is_indirect = false;
  std::uint32_t index = head;
  for (unsigned steps = 0; steps < kMaxChain; ++steps) {
    Descriptor descriptor{};
    if (!read_descriptor(table, is_indirect, index, descriptor)) return false;
    if ((descriptor.flags & kDescriptorIndirect) != 0) {
      if (is_indirect) return set_fault("an indirect table holds an indirect descriptor");
      if (!enter_indirect(descriptor, table)) return false;
      is_indirect = true;
      index = 0;
      continue;
    }
    if (!add_buffer(descriptor, chain)) return false;
    if ((descriptor.flags & kDescriptorNext) == 0) return true;
    index = descriptor.next;
  }
  return set_fault("a chain of descriptors is endless");
}

bool Queue::read_descriptor(const Table& table, bool is_indirect, std::uint32_t index, Descriptor& descriptor) {
  static_assert(sizeof(Descriptor) == kDescriptorBytes, "as it lies in guest memory");
  if (index >= table.entries) return set_fault("a descriptor's number is out of range");
  const Address address = table.address + Address{kDescriptorBytes} * index;
  if (!is_indirect) return read(*descriptors_, address, &descriptor, sizeof descriptor, kRingsUnreachable);
  return memory_->read(address, &descriptor, sizeof descriptor) == AccessResult::ok ||
         set_fault("an indirect table lies where there is no memory");
}

bool Queue::enter_indirect(const Descriptor& descriptor, Table& table) {
  if (!features_.indirect_descriptors) return set_fault("an indirect descriptor that was not negotiated");
  if ((descriptor.flags & kDescriptorNext) != 0) return set_fault("an indirect descriptor goes on");
  if (descriptor.length == 0 || descriptor.length % kDescriptorBytes != 0)
    return set_fault("an indirect table's length is no multiple of a descriptor's");
  table = {descriptor.address, descriptor.length / kDescriptorBytes};
  return true;
}

bool Queue::add_buffer(const Descriptor& descriptor, DescriptorChain& chain) {
  const bool is_writable = (descriptor.flags & kDescriptorWrite) != 0;
  if (!is_writable && !chain.writable.empty()) return set_fault("a buffer to read follows one to write");
  (is_writable ? chain.writable : chain.readable).push_back({descriptor.address, descriptor.length});
  return true;
}

void Queue::push(const DescriptorChain& chain, std::uint32_t written) {
  if (!enabled_ || fault_ != nullptr) return;
  const std::uint32_t element[2] = {chain.head, written};
  const Address slot = kRingOffset + Address{kUsedElementBytes} * (used_ % area_.size);
  ++used_;
  // The index last: it is what the driver looks at.
  if (write(area_.device_area + slot, element, sizeof element))
    write(area_.device_area + kIndexOffset, &used_, sizeof used_);
}

bool Queue::wants_interrupt() {
  if (!enabled_ || fault_ != nullptr || used_ == signalled_used_) return false;
  const auto pushed = static_cast<std::uint16_t>(used_ - signalled_used_);
  signalled_used_ = used_;
  if (!features_.event_index) return (read_driver_area(0) & kNoInterrupt) == 0 && fault_ == nullptr;
  // 2.7.7.2: the driver names the used index that it wants to hear of; is it among those just passed?
  const std::uint16_t event = read_driver_area(kRingOffset + Address{2} * area_.size);
  return fault_ == nullptr && static_cast<std::uint16_t>(used_ - event - 1) < pushed;
}

}  // namespace sc_memory::models::virtio
