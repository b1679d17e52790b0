// The module around the core: its process, its backward interface, and access from outside.
#include "models/riscv/hart.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <utility>
#include <vector>

#include "models/riscv/hart_core.h"

namespace sc_memory::models::riscv {

Hart::Hart(const sc_core::sc_module_name& name, const HartConfig& config)
    : sc_core::sc_module(name), socket("socket"), wake_up_("wake_up"), timer_event_("timer_event") {
  if (config.cycle == sc_core::SC_ZERO_TIME) {
    throw std::invalid_argument(fmt::format("hart {}: the cycle time must be more than zero", config.hart_id));
  }
  core_ = std::make_unique<HartCore>(config, socket);
  socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
  SC_HAS_PROCESS(Hart);
  SC_THREAD(run);
  SC_METHOD(supervisor_timer_elapsed);
  sensitive << timer_event_;
  dont_initialize();
  core_->csrs.on_timer_change([this] { update_supervisor_timer(core_->clock.local_offset()); });
}

Hart::~Hart() = default;

const HartConfig& Hart::config() const { return core_->config; }

uint64_t Hart::pc() const { return core_->state.pc; }
void Hart::set_pc(uint64_t pc) { core_->state.pc = pc & ~uint64_t{1}; }
uint64_t Hart::x(unsigned index) const { return core_->state.x.at(index); }
void Hart::set_x(unsigned index, uint64_t value) {
  if (index != 0) core_->state.x.at(index) = value;
}
uint64_t Hart::f(unsigned index) const { return core_->state.f.at(index); }
void Hart::set_f(unsigned index, uint64_t value) { core_->state.f.at(index) = value; }
Privilege Hart::privilege() const { return core_->state.privilege; }

std::optional<uint64_t> Hart::csr(unsigned number) const { return core_->csrs.read(number); }
bool Hart::set_csr(unsigned number, uint64_t value) {
  const bool done = core_->csrs.write(number, value);
  core_->state.request_attention();
  return done;
}

void Hart::set_interrupt(Interrupt interrupt, bool level) {
  HartState& state = core_->state;
  const uint64_t bit = interrupt_bit(interrupt);
  if (((state.mip_lines & bit) != 0) == level) return;
  state.mip_lines ^= bit;
  if (level && (state.mie & bit) != 0) wake();
}

// Makes the hart look at its interrupts, and ends its sleep.
void Hart::wake() {
  core_->state.request_attention();
  if (core_->state.waiting) wake_up_.notify(sc_core::SC_ZERO_TIME);
}

void Hart::set_time_source(TimeSource source, sc_core::sc_time tick) {
  time_source_ = source;
  tick_ = tick;
  core_->csrs.set_time_source(std::move(source), tick != sc_core::SC_ZERO_TIME);
}

// Compares time with stimecmp at the local time, and arranges to do so again when it is reached.
void Hart::update_supervisor_timer(const sc_core::sc_time& local_offset) {
  HartState& state = core_->state;
  timer_event_.cancel();
  state.timer_elapsed = false;
  if (!time_source_ || !state.supervisor_timer_on()) return;
  const uint64_t now = time_source_(local_offset);
  if (now >= state.stimecmp) {
    state.timer_elapsed = true;
    wake();
    return;
  }
  // Far beyond the end of any simulation there is nothing to wait for.
  const uint64_t left = state.stimecmp - now;
  const uint64_t longest = (~sc_core::sc_time_stamp().value() - local_offset.value()) / tick_.value();
  if (left < longest) timer_event_.notify(local_offset + sc_core::sc_time::from_value(left * tick_.value()));
}

void Hart::supervisor_timer_elapsed() { update_supervisor_timer(sc_core::SC_ZERO_TIME); }

HartCounters Hart::counters() const {
  HartCounters counters = core_->counters;
  counters.instructions = core_->state.retired + core_->state.in_block;
  counters.dmi_loads = core_->executor.loads() - core_->memory.transported_loads();
  counters.dmi_stores = core_->executor.stores() - core_->memory.transported_stores();
  return counters;
}

tlm::tlm_sync_enum Hart::nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) {
  // This initiator only ever calls b_transport, so there is no transaction that could go on.
  return tlm::TLM_COMPLETED;
}

void Hart::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  ++core_->counters.dmi_invalidations;
  core_->memory.invalidate(first, last);
  core_->code.invalidate(first, last);
  core_->state.new_translation_generation();
  core_->state.request_attention();
}

// Stores to code are seen by fetches after this: this hart's at once, those of others and of devices within
// longest_doubt instructions.
void Hart::look_at_stores_to_code() {
  constexpr uint64_t longest_doubt = uint64_t{1} << 20;
  HartState& state = core_->state;
  if (state.doubtful_code_pages.empty() && state.retired - code_looked_at_ < longest_doubt) return;
  code_looked_at_ = state.retired;
  for (const uint64_t page : std::exchange(state.doubtful_code_pages, {})) {
    core_->memory.forget_stores(page);
    core_->code.stored_to(page);
  }
  state.new_code_epoch();
}

void Hart::synchronise() {
  core_->state.reservation.valid = false;
  look_at_stores_to_code();
  wait(core_->clock.local_offset());
  core_->clock.start_quantum();
}

void Hart::wait_for_interrupt() {
  const HartState& state = core_->state;
  const auto pending = [&state] { return (state.mip() & state.mie) != 0; };
  synchronise();
  waiting_ = true;
  while (!pending() && !core_->debug.must_leave(true)) wait(wake_up_ | core_->debug.changed());
  waiting_ = false;
  core_->clock.start_quantum();
}

void Hart::stop() {
  stopped_ = true;
  const std::string& report = core_->traps.report();
  if (stop_handler_) {
    stop_handler_(report);
  } else {
    SC_REPORT_WARNING("/sc_memory/models/riscv/fault_loop", report.c_str());
  }
}

void Hart::stop_for_debugger() {
  HartDebug& debug = core_->debug;
  debug.report_stop();
  if (debug.mode() != HartDebug::Mode::hold) return;
  synchronise();
  while (debug.mode() == HartDebug::Mode::hold) wait(debug.changed());
  core_->clock.start_quantum();
}

HartDebug& Hart::debug() { return core_->debug; }

std::optional<uint64_t> Hart::debug_translate(uint64_t address) const { return core_->memory.look_up(address); }

uint64_t Hart::debug_transfer(uint64_t address, uint8_t* data, uint64_t size, Access access) {
  uint64_t done = 0;
  while (done < size) {
    const uint64_t to_page_end = page_size - ((address + done) & page_mask);
    const unsigned piece = static_cast<unsigned>(std::min(size - done, to_page_end));
    const std::optional<uint64_t> physical = debug_translate(address + done);
    if (!physical || !core_->bus.debug(*physical, data + done, piece, access)) break;
    done += piece;
  }
  return done;
}

uint64_t Hart::debug_read(uint64_t address, uint8_t* data, uint64_t size) {
  return debug_transfer(address, data, size, Access::read);
}

uint64_t Hart::debug_write(uint64_t address, const uint8_t* data, uint64_t size) {
  std::vector<uint8_t> bytes(data, data + size);  // a payload's data may be written to
  const uint64_t done = debug_transfer(address, bytes.data(), size, Access::write);
  core_->debug.code_changed();
  return done;
}

void Hart::run() {
  core_->clock.start_quantum();
  while (!stopped_) {
    switch (core_->executor.run()) {
      case HartExecutor::Exit::quantum:
        synchronise();
        break;
      case HartExecutor::Exit::waiting:
        wait_for_interrupt();
        break;
      case HartExecutor::Exit::fault_loop:
        stop();
        break;
      case HartExecutor::Exit::debug:
        stop_for_debugger();
        break;
    }
  }
}

}  // namespace sc_memory::models::riscv
