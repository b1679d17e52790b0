// The Goldfish clock's registers and its alarm.
#include "models/devices/goldfish_rtc.h"

#include <algorithm>
#include <chrono>

#include "sc_memory/access/io_ops.h"

namespace sc_memory::models {

namespace {

enum Register : Address {
  time_low = 0x00,
  time_high = 0x04,
  alarm_low = 0x08,
  alarm_high = 0x0c,
  interrupt_enable = 0x10,
  clear_alarm_register = 0x14,
  alarm_status = 0x18,
  clear_interrupt = 0x1c,
};

std::uint64_t with_low(std::uint64_t number, std::uint32_t low) { return (number & ~UINT64_C(0xffffffff)) | low; }
std::uint64_t with_high(std::uint64_t number, std::uint32_t high) {
  return (number & UINT64_C(0xffffffff)) | std::uint64_t{high} << 32;
}
std::uint32_t low_half(std::uint64_t number) { return static_cast<std::uint32_t>(number); }
std::uint32_t high_half(std::uint64_t number) { return static_cast<std::uint32_t>(number >> 32); }

/// One microsecond in units of the time resolution, for exact arithmetic with whole numbers.
std::uint64_t microsecond() { return std::max<std::uint64_t>(1, sc_core::sc_time(1, sc_core::SC_US).value()); }

std::uint64_t nanoseconds_in(const sc_core::sc_time& time) {
  const std::uint64_t unit = microsecond();
  return time.value() / unit * 1000 + time.value() % unit * 1000 / unit;
}

/// Rounded up, so that an alarm never comes early; sc_max_time() when it is too far for simulated time.
sc_core::sc_time time_of(std::uint64_t nanoseconds) {
  const std::uint64_t unit = microsecond();
  if (nanoseconds / 1000 >= sc_core::sc_max_time().value() / unit) return sc_core::sc_max_time();
  return sc_core::sc_time::from_value(nanoseconds / 1000 * unit + (nanoseconds % 1000 * unit + 999) / 1000);
}

}  // namespace

std::uint64_t GoldfishRtc::host_time() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
}

GoldfishRtc::GoldfishRtc(const sc_core::sc_module_name& name, std::uint64_t start)
    : sc_module(name),
      start_(start),
      region_(sc_module::name(), size,
              io_ops()
                  .read_with_attributes(
                      [this](Address offset, std::uint64_t& value, unsigned, const Attributes& attributes) {
                        value = read(offset, attributes.debug);
                        return AccessResult::ok;
                      })
                  .write_with_attributes(
                      [this](Address offset, std::uint64_t value, unsigned, const Attributes& attributes) {
                        if (!attributes.debug) write(offset, static_cast<std::uint32_t>(value));
                        return AccessResult::ok;
                      })
                  .valid(4, 4)
                  .impl(4, 4)) {
  SC_METHOD(on_alarm);
  sensitive << alarm_due_;
  dont_initialize();
}

std::uint64_t GoldfishRtc::time() const { return start_ + nanoseconds_in(sc_core::sc_time_stamp()); }

std::uint32_t GoldfishRtc::read(Address offset, bool debug) {
  switch (offset) {
    case time_low:
      if (!debug) latched_high_ = high_half(time());
      return low_half(time());
    case time_high:
      return latched_high_;
    case alarm_low:
      return low_half(alarm_);
    case alarm_high:
      return high_half(alarm_);
    case interrupt_enable:
      return enabled_ ? 1 : 0;
    case alarm_status:
      return alarm_set_ ? 1 : 0;
    default:
      return 0;
  }
}

void GoldfishRtc::write(Address offset, std::uint32_t value) {
  switch (offset) {
    case time_low:
      set_time(with_low(time(), value));
      break;
    case time_high:
      set_time(with_high(time(), value));
      break;
    case alarm_low:
      alarm_ = with_low(alarm_, value);
      set_alarm();
      break;
    case alarm_high:
      alarm_ = with_high(alarm_, value);
      break;
    case interrupt_enable:
      enabled_ = (value & 1) != 0;
      break;
    case clear_alarm_register:
      clear_alarm();
      break;
    case clear_interrupt:
      pending_ = false;
      break;
    default:
      break;
  }
  update_interrupt();
}

/// An alarm keeps its time of day when the clock is set.
void GoldfishRtc::set_time(std::uint64_t time) {
  start_ += time - this->time();
  if (alarm_set_) set_alarm();
}

/// An alarm for a time that has come already goes off at once.
void GoldfishRtc::set_alarm() {
  const std::uint64_t now = time();
  clear_alarm();
  if (alarm_ <= now) {
    pending_ = true;
    return;
  }
  alarm_set_ = true;
  const sc_core::sc_time wait = time_of(alarm_ - now);
  if (wait < sc_core::sc_max_time() - sc_core::sc_time_stamp()) alarm_due_.notify(wait);
}

void GoldfishRtc::clear_alarm() {
  alarm_set_ = false;
  alarm_due_.cancel();
}

void GoldfishRtc::on_alarm() {
  alarm_set_ = false;
  pending_ = true;
  update_interrupt();
}

}  // namespace sc_memory::models
