// The core-local interruptor of SiFive (the MSWI and MTIMER devices of the ACLINT specification at its addresses): for
// every hart a software interrupt and a timer interrupt, and the time they all share.
//
// The time must be exact for a hart that runs ahead of the kernel under temporal decoupling, so the CLINT is a TLM-2.0
// target: only a transport carries the initiator's local offset. mtime is never stored, it is computed from that local
// time. The two devices of the ACLINT have a socket each, since a platform maps them apart:
//
//   software  0x0000 + 4*hart  msip      bit 0 is the hart's software interrupt
//   timer     0x0000 + 8*hart  mtimecmp  the timer interrupt is high while mtime >= mtimecmp
//             0x7ff8           mtime     counts up once a period
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "models/interrupt_line.h"

namespace sc_memory::models {

/// Registers take aligned accesses of their own width; 64-bit registers also take those to one half. Any other length
/// or alignment ends in TLM_BURST_ERROR_RESPONSE, an address beyond the device in TLM_ADDRESS_ERROR_RESPONSE. Reserved
/// words read 0 and ignore writes. Adds no delay and never waits. mtimecmp is all ones at the start, so that no
/// interrupt comes before one is asked for.
class Clint : public sc_core::sc_module {
 public:
  static constexpr std::uint64_t software_size = 0x4000;
  static constexpr std::uint64_t timer_size = 0x8000;
  /// What a SiFive CLINT takes of the address space: the two devices, one behind the other, and reserved words.
  static constexpr std::uint64_t size = 0x10000;
  static constexpr unsigned max_harts = 4095;

  /// Addresses on the sockets are relative to the device. Debug transports read any length, even across registers, as
  /// of the kernel's time; they write nothing. DMI is refused.
  tlm_utils::simple_target_socket_tagged<Clint> software_socket{"software_socket"};
  tlm_utils::simple_target_socket_tagged<Clint> timer_socket{"timer_socket"};

  /// `period` is the time from one count of mtime to the next: 100 ns are the 10 MHz of QEMU's virt. Throws
  /// std::invalid_argument if it is zero, or if there are no harts or more than max_harts.
  Clint(const sc_core::sc_module_name& name, unsigned harts,
        const sc_core::sc_time& period = sc_core::sc_time(100, sc_core::SC_NS));

  unsigned harts() const { return static_cast<unsigned>(harts_.size()); }

  /// High while the hart's msip is set; changes at once with the write.
  InterruptLine& software_interrupt(unsigned hart) { return harts_.at(hart).software; }
  /// Rises at the simulated time at which mtime reaches the hart's mtimecmp, exactly; when a register is written so
  /// that it is due at the writer's local time already, it rises at once.
  InterruptLine& timer_interrupt(unsigned hart) { return harts_.at(hart).timer; }

  /// mtime as an initiator sees it that is `local_offset` ahead of the kernel.
  std::uint64_t mtime(const sc_core::sc_time& local_offset = sc_core::SC_ZERO_TIME) const {
    return mtime_offset_ + (sc_core::sc_time_stamp().value() + local_offset.value()) / period_;
  }

  /// Called after software has written mtime, with the writer's local time: for whoever else compares with it.
  void on_time_written(std::function<void(const sc_core::sc_time& local_offset)> handler) {
    time_written_ = std::move(handler);
  }

  /// The simulated time at which the hart's timer interrupt will rise, or sc_max_time() if that is never or it is high
  /// already: how far a hart may run ahead without missing it.
  sc_core::sc_time timer_due(unsigned hart) const { return harts_.at(hart).due; }

 private:
  struct Hart {
    InterruptLine software;
    InterruptLine timer;
    std::uint64_t mtimecmp = UINT64_MAX;
    sc_core::sc_event edge;
    sc_core::sc_time due = sc_core::sc_max_time();
  };

  /// Which of the two devices a transport is for: the tag of its socket.
  enum Device { software, timer };
  static constexpr std::uint64_t size_of(int device) { return device == software ? software_size : timer_size; }

  void serve(tlm_utils::simple_target_socket_tagged<Clint>& socket, Device device);
  void b_transport(int device, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(int device, tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(int device, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);

  // Offsets in what follows count from the first device through both.
  tlm::tlm_response_status access(int device, const tlm::tlm_generic_payload& payload,
                                  const sc_core::sc_time& local_offset);
  std::uint64_t read_word(std::uint64_t offset, const sc_core::sc_time& local_offset) const;
  void write_register(std::uint64_t offset, std::uint64_t value, std::uint64_t mask,
                      const sc_core::sc_time& local_offset);
  void update_timer(Hart& hart, const sc_core::sc_time& local_offset);

  std::uint64_t period_;            ///< In units of the time resolution.
  std::uint64_t mtime_offset_ = 0;  ///< What the guest has added to the count since the start, modulo 2^64.
  std::deque<Hart> harts_;
  std::function<void(const sc_core::sc_time&)> time_written_ = [](const sc_core::sc_time&) {};
};

}  // namespace sc_memory::models
