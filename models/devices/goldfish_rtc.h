// The real-time clock of the Goldfish platform, as on QEMU's virt: the time of day in nanoseconds, and an alarm.
//
//   0x00 time, low    reading latches the high half; writing sets this half of the time
//   0x04 time, high   reading gives the half latched
//   0x08 alarm, low   writing sets the alarm, with the high half written before
//   0x0c alarm, high
//   0x10 interrupt enable
//   0x14 clear alarm      writing takes the alarm back
//   0x18 alarm status     1 while an alarm is set
//   0x1c clear interrupt  writing lowers the interrupt
#pragma once

#include <cstdint>

#include <systemc>

#include "sc_memory/map/io_region.h"

#include "models/interrupt_line.h"

namespace sc_memory::models {

/// Registers take aligned accesses of four bytes; others are rejected. The clock starts at a time that the platform
/// gives and runs on with simulated time, so that a run can be repeated. The kernel's time counts: what an initiator is
/// ahead of it is not seen. Debug reads latch nothing, debug writes do nothing.
class GoldfishRtc : public sc_core::sc_module {
 public:
  static constexpr std::uint64_t size = 0x24;

  SC_HAS_PROCESS(GoldfishRtc);
  /// 2024-01-01 00:00:00 UTC.
  static constexpr std::uint64_t default_start = UINT64_C(1704067200) * 1'000'000'000;
  /// The host's time of day, for a platform that gives up repeatability. Nanoseconds since 1970-01-01 UTC.
  static std::uint64_t host_time();

  /// `start` is the time at simulated time 0, in nanoseconds since 1970-01-01 UTC.
  explicit GoldfishRtc(const sc_core::sc_module_name& name, std::uint64_t start = default_start);

  IoRegion& region() { return region_; }

  /// High while enabled after an alarm has come, until the guest clears it.
  InterruptLine& interrupt() { return interrupt_; }

  /// In nanoseconds since 1970-01-01 UTC, modulo 2^64.
  std::uint64_t time() const;

 private:
  std::uint32_t read(Address offset, bool debug);
  void write(Address offset, std::uint32_t value);
  void set_time(std::uint64_t time);
  void set_alarm();
  void clear_alarm();
  void on_alarm();
  void update_interrupt() { interrupt_.set(pending_ && enabled_); }

  std::uint64_t start_;  ///< The time at simulated time 0, modulo 2^64: the guest can set the clock.
  std::uint32_t latched_high_ = 0;
  std::uint64_t alarm_ = 0;
  bool alarm_set_ = false;
  bool enabled_ = false;
  bool pending_ = false;
  InterruptLine interrupt_;
  sc_core::sc_event alarm_due_;
  IoRegion region_;
};

}  // namespace sc_memory::models
