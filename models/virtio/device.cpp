// The life of a virtio device, from reset to reset.
#include "models/virtio/device.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sc_memory::models::virtio {

namespace {

/// More than any driver has under way at a time.
constexpr unsigned kChainsBetweenPauses = 4096;
const sc_core::sc_time& pause() {
  static const sc_core::sc_time time(1, sc_core::SC_US);
  return time;
}

/// Whether a device of the simulation is serving requests. One at a time does: devices that notify each other by their
/// writes would otherwise multiply each other's work.
bool some_device_runs = false;

}  // namespace

Device::Device(const sc_core::sc_module_name& name, DeviceId id, std::uint64_t features,
               const std::vector<std::uint16_t>& queue_sizes)
    : sc_module(name), id_(id), offered_(features | feature::kCommon) {
  for (const std::uint16_t size : queue_sizes) queues_.emplace_back(size);
  SC_METHOD(run);
  sensitive << go_on_;
  dont_initialize();
}

void Device::attach(AddressSpace& memory, std::function<void()> on_interrupt) {
  memory_ = &memory;
  on_interrupt_ = std::move(on_interrupt);
}

void Device::set_driver_features(bool high_half, std::uint32_t value) {
  if ((status_ & (status::kFeaturesOk | status::kDriverOk)) != 0) return;
  const unsigned shift = high_half ? 32 : 0;
  accepted_ = (accepted_ & ~(UINT64_C(0xffffffff) << shift)) | (std::uint64_t{value} << shift);
}

/// 6.1: a device may refuse drivers that do not accept VIRTIO_F_VERSION_1. As on QEMU it does not; nor does it hold
/// them to the rules of the version that they know nothing of.
bool Device::features_make_sense() const { return (accepted_ & ~offered_) == 0 || !has_feature(feature::kVersion1); }

void Device::write_status(std::uint8_t value) {
  if (value == 0) return reset();
  status_ |= value & (status::kAcknowledge | status::kDriver | status::kFailed);
  if ((value & status::kFeaturesOk) != 0 && features_make_sense()) agree(status::kFeaturesOk);
  const bool may_go_on = (status_ & status::kFeaturesOk) != 0 || !has_feature(feature::kVersion1);
  if ((value & status::kDriverOk) != 0 && may_go_on) agree(status::kDriverOk);
}

void Device::agree(std::uint8_t bit) {
  accepted_ &= offered_;
  status_ |= bit;
}

void Device::reset() {
  ++resets_;
  status_ = 0;
  accepted_ = 0;
  fault_ = nullptr;
  pending_ = 0;
  go_on_.cancel();
  for (Queue& queue : queues_) queue.reset();
  on_reset();
  acknowledge(0xff);
}

void Device::enable_queue(unsigned index) {
  Queue* const chosen = queue(index);
  if (chosen == nullptr || memory_ == nullptr) return;
  chosen->enable(*memory_, {has_feature(feature::kIndirectDescriptors), has_feature(feature::kEventIndex)});
  if (chosen->fault() != nullptr) fail(chosen->fault());
}

void Device::notify(unsigned index) {
  if (index >= queues_.size()) return;
  pending_ |= UINT32_C(1) << index;
  if (running_) return;
  if (some_device_runs)
    go_on_.notify(pause());
  else
    run();
}

void Device::run() {
  running_ = some_device_runs = true;
  chains_left_ = kChainsBetweenPauses;
  resets_at_start_ = resets_;
  while (pending_ != 0 && chains_left_ != 0) {
    const auto index = static_cast<unsigned>(__builtin_ctz(pending_));
    pending_ &= pending_ - 1;
    if (is_live()) serve_pending(index);
    resets_at_start_ = resets_;
  }
  running_ = some_device_runs = false;
  if (pending_ != 0) go_on_.notify(pause());
}

void Device::serve_pending(unsigned index) {
  serve(index);
  Queue& served = queues_[index];
  if (served.wants_interrupt()) raise(interrupt::kQueue);
  if (served.fault() != nullptr) fail(served.fault());
}

std::optional<DescriptorChain> Device::next_chain(unsigned index) {
  if (!is_live() || resets_ != resets_at_start_) return std::nullopt;
  if (chains_left_ == 0) {
    pending_ |= UINT32_C(1) << index;
    return std::nullopt;
  }
  --chains_left_;
  return queues_[index].pop();
}

void Device::complete(unsigned index, const DescriptorChain& chain, std::uint32_t written) {
  if (is_live() && resets_ == resets_at_start_) queues_[index].push(chain, written);
}

void Device::fail(const char* why) {
  if (fault_ == nullptr) fault_ = why;
  status_ |= status::kNeedsReset;
  // 2.1.2: the driver is told only once it said that it is there.
  if ((status_ & status::kDriverOk) != 0) raise(interrupt::kConfiguration);
}

void Device::raise(std::uint8_t bits) {
  interrupt_status_ |= bits;
  if (on_interrupt_) on_interrupt_();
}

void Device::acknowledge(std::uint8_t bits) {
  interrupt_status_ &= static_cast<std::uint8_t>(~bits);
  if (on_interrupt_) on_interrupt_();
}

void Device::config_changed() {
  ++config_generation_;
  if ((status_ & status::kDriverOk) != 0) raise(interrupt::kConfiguration);
}

std::uint64_t Device::read_config(Address offset, unsigned size) const {
  std::uint64_t value = 0;
  if (offset < config_.size())
    std::memcpy(&value, config_.data() + offset, std::min<std::size_t>(size, config_.size() - offset));
  return value;
}

void Device::write_config(Address offset, std::uint64_t value, unsigned size) {
  if (offset < config_.size() && size <= config_.size() - offset) on_config_write(offset, value, size);
}

}  // namespace sc_memory::models::virtio
