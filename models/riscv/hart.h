// A RISC-V hart (RV64) as a TLM-2.0 initiator.
//
// It fetches, loads and stores through one socket: by direct memory pointers wherever the target grants them, else by
// b_transport with the exact local time. It runs ahead of SystemC by at most the global quantum. A failed transport
// becomes the access-fault exception of the right kind; nothing that guest software does can stop the simulator.
// Latencies that come with direct pointers are added for loads and stores; the cycle time covers fetching decoded code.
//
// Addresses on the socket are physical addresses of the hart; addresses here are virtual unless called physical.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <systemc>
#include <tlm>

#include "models/riscv/hart_config.h"
#include "models/riscv/hart_types.h"

namespace sc_memory::models::riscv {

struct HartCore;
class HartDebug;

class Hart : public sc_core::sc_module, private tlm::tlm_bw_transport_if<> {
 public:
  // Gives the value of the `time` register at sc_time_stamp() plus an offset.
  using TimeSource = std::function<uint64_t(const sc_core::sc_time& local_offset)>;
  using StopHandler = std::function<void(const std::string& report)>;

  // Throws std::invalid_argument if the configuration makes no sense (a cycle of no time).
  Hart(const sc_core::sc_module_name& name, const HartConfig& config);
  ~Hart() override;

  tlm::tlm_initiator_socket<64> socket;

  const HartConfig& config() const;

  // Registers. To be set before the simulation starts or while the hart's process is not running; a value read while
  // the hart is inside a transport is that of the last completed block for pc(), and exact for the others.
  uint64_t pc() const;
  void set_pc(uint64_t pc);
  uint64_t x(unsigned index) const;
  void set_x(unsigned index, uint64_t value);  // writes to x0 are ignored
  uint64_t f(unsigned index) const;            // single-precision values are NaN-boxed
  void set_f(unsigned index, uint64_t value);
  Privilege privilege() const;

  // The register's value as machine mode would read it, or nothing if this hart has no such register. Numbers as in the
  // instruction. No access checks.
  std::optional<uint64_t> csr(unsigned number) const;
  // Writes what the register can hold; false if there is none.
  bool set_csr(unsigned number, uint64_t value);

  // Sets the level of an interrupt input. From any SystemC process, also from inside a transport of this hart.
  void set_interrupt(Interrupt interrupt, bool level);

  // Where `time` comes from, and how long it takes to count one up; to be set before the simulation starts. Without a
  // source, reading `time` is an illegal instruction (which firmware then emulates). Without a tick there is no
  // stimecmp (Sstc).
  void set_time_source(TimeSource source, sc_core::sc_time tick = sc_core::SC_ZERO_TIME);

  // To be told when the source has jumped, with the local time at which it did: stimecmp is compared anew.
  void time_changed(const sc_core::sc_time& local_offset) { update_supervisor_timer(local_offset); }

  // Called once, in the hart's process, when the hart can do no more because its trap handlers only fault. The text
  // names hart, pc, cause and the trap before. The hart executes nothing after it. Without a handler the text is an
  // SC_REPORT_WARNING.
  void on_stop(StopHandler handler) { stop_handler_ = std::move(handler); }
  bool stopped() const { return stopped_; }

  // Whether the hart sleeps in WFI until an enabled interrupt is pending.
  bool waiting_for_interrupt() const { return waiting_; }

  HartCounters counters() const;

  // A debugger's way to hold the hart.
  HartDebug& debug();
  // Where a load at the virtual address would go now, as a physical address; nothing if no page is mapped there.
  std::optional<uint64_t> debug_translate(uint64_t address) const;
  // Reads or writes memory as the hart sees it now, by debug transport, without side effects or checks of permission.
  // Returns how many bytes were carried out before the first that could not be.
  uint64_t debug_read(uint64_t address, uint8_t* data, uint64_t size);
  uint64_t debug_write(uint64_t address, const uint8_t* data, uint64_t size);

 private:
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  // [first, last] in physical addresses. May come at any moment, also from inside this hart's own transport.
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override;

  void run();
  void look_at_stores_to_code();
  void synchronise();
  void wait_for_interrupt();
  void stop();
  void stop_for_debugger();
  uint64_t debug_transfer(uint64_t address, uint8_t* data, uint64_t size, Access access);
  void update_supervisor_timer(const sc_core::sc_time& local_offset);
  void supervisor_timer_elapsed();
  void wake();

  std::unique_ptr<HartCore> core_;
  sc_core::sc_event wake_up_;
  sc_core::sc_event timer_event_;  // stimecmp is reached
  TimeSource time_source_;
  sc_core::sc_time tick_;
  StopHandler stop_handler_;
  uint64_t code_looked_at_ = 0;  // when this was retired
  bool stopped_ = false;
  bool waiting_ = false;
};

}  // namespace sc_memory::models::riscv
