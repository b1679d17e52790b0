// The CLINT's registers, and the events that raise its timer interrupts at the exact time.
#include "models/riscv/clint.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace sc_memory::models {

namespace {

constexpr std::uint64_t mtimecmp_base = Clint::software_size;
constexpr std::uint64_t mtime_base = mtimecmp_base + 0x7ff8;

bool is_wide(std::uint64_t offset) { return offset >= mtimecmp_base; }

/// Whether one access may have this length and place: a register or a half of one.
bool is_register_access(std::uint64_t offset, std::uint64_t length) {
  return (length == 4 && offset % 4 == 0) || (length == 8 && offset % 8 == 0 && is_wide(offset));
}

std::uint64_t merged(std::uint64_t old_value, std::uint64_t value, std::uint64_t mask) {
  return (old_value & ~mask) | (value & mask);
}

}  // namespace

Clint::Clint(const sc_core::sc_module_name& name, unsigned harts, const sc_core::sc_time& period)
    : sc_module(name), period_(period.value()) {
  if (harts == 0 || harts > max_harts) throw std::invalid_argument("a CLINT serves 1 to 4095 harts");
  if (period_ == 0) throw std::invalid_argument("the period of a CLINT's mtime is zero");
  serve(software_socket, software);
  serve(timer_socket, timer);
  for (unsigned i = 0; i < harts; ++i) {
    Hart& hart = harts_.emplace_back();
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.set_sensitivity(&hart.edge);
    options.dont_initialize();
    sc_core::sc_spawn([this, &hart] { update_timer(hart, sc_core::SC_ZERO_TIME); },
                      sc_core::sc_gen_unique_name("timer"), &options);
  }
}

void Clint::serve(tlm_utils::simple_target_socket_tagged<Clint>& socket, Device device) {
  socket.register_b_transport(this, &Clint::b_transport, device);
  socket.register_transport_dbg(this, &Clint::transport_dbg, device);
  socket.register_get_direct_mem_ptr(this, &Clint::get_direct_mem_ptr, device);
}

void Clint::b_transport(int device, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  payload.set_dmi_allowed(false);
  payload.set_response_status(access(device, payload, delay));
}

tlm::tlm_response_status Clint::access(int device, const tlm::tlm_generic_payload& payload,
                                       const sc_core::sc_time& local_offset) {
  const std::uint64_t length = payload.get_data_length();
  if (payload.is_read() == payload.is_write()) return tlm::TLM_OK_RESPONSE;  // TLM_IGNORE_COMMAND
  if (payload.get_address() >= size_of(device)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  const std::uint64_t offset = payload.get_address() + (device == timer ? mtimecmp_base : 0);
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (!is_register_access(offset, length) || payload.get_streaming_width() < length)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  if (payload.get_data_ptr() == nullptr) return tlm::TLM_GENERIC_ERROR_RESPONSE;

  const std::uint64_t word = offset & ~UINT64_C(7);
  const unsigned shift = 8 * (offset & 7);
  if (payload.is_read()) {
    const std::uint64_t value = read_word(word, local_offset) >> shift;
    std::memcpy(payload.get_data_ptr(), &value, length);
  } else {
    std::uint64_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), length);
    const std::uint64_t mask = length == 8 ? UINT64_MAX : UINT64_C(0xffffffff) << shift;
    write_register(word, value << shift, mask, local_offset);
  }
  return tlm::TLM_OK_RESPONSE;
}

/// The eight bytes from `offset`, a multiple of 8. Has no side effects.
std::uint64_t Clint::read_word(std::uint64_t offset, const sc_core::sc_time& local_offset) const {
  if (offset == mtime_base) return mtime(local_offset);
  if (is_wide(offset)) {
    const std::uint64_t hart = (offset - mtimecmp_base) / 8;
    return hart < harts_.size() ? harts_[hart].mtimecmp : 0;
  }
  const auto msip = [this](std::uint64_t hart) -> std::uint64_t {
    return hart < harts_.size() && harts_[hart].software.level();
  };
  return msip(offset / 4) | msip(offset / 4 + 1) << 32;
}

/// Writes the bits of `mask` in the eight bytes from `offset`, a multiple of 8.
void Clint::write_register(std::uint64_t offset, std::uint64_t value, std::uint64_t mask,
                           const sc_core::sc_time& local_offset) {
  if (offset == mtime_base) {
    const std::uint64_t now = mtime(local_offset);
    mtime_offset_ += merged(now, value, mask) - now;
    for (Hart& hart : harts_) update_timer(hart, local_offset);
    time_written_(local_offset);
  } else if (is_wide(offset)) {
    const std::uint64_t hart = (offset - mtimecmp_base) / 8;
    if (hart >= harts_.size()) return;
    harts_[hart].mtimecmp = merged(harts_[hart].mtimecmp, value, mask);
    update_timer(harts_[hart], local_offset);
  } else {
    const unsigned upper = (mask & 1) != 0 ? 0 : 1;
    const std::uint64_t hart = offset / 4 + upper;
    if (hart < harts_.size()) harts_[hart].software.set((value >> (32 * upper)) & 1);
  }
}

/// Sets the level that the timer interrupt has at the local time, and waits for its next change: mtime reaching
/// mtimecmp, or, once it has, mtime wrapping to 0.
void Clint::update_timer(Hart& hart, const sc_core::sc_time& local_offset) {
  const std::uint64_t now = mtime(local_offset);
  const bool due = now >= hart.mtimecmp;
  const std::uint64_t counts = due ? 0 - now : hart.mtimecmp - now;
  const std::uint64_t elapsed = now - mtime_offset_;
  const bool representable = counts != 0 && counts <= sc_core::sc_max_time().value() / period_ - elapsed;

  hart.edge.cancel();
  hart.due = sc_core::sc_max_time();
  if (representable) {
    const sc_core::sc_time next = sc_core::sc_time::from_value((elapsed + counts) * period_);
    if (!due) hart.due = next;
    hart.edge.notify(next - sc_core::sc_time_stamp());
  }
  hart.timer.set(due);
}

unsigned Clint::transport_dbg(int device, tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  if (!payload.is_read() || address >= size_of(device) || payload.get_data_ptr() == nullptr) return 0;
  const auto length =
      static_cast<unsigned>(std::min<std::uint64_t>(payload.get_data_length(), size_of(device) - address));
  for (unsigned i = 0; i < length; ++i) {
    const std::uint64_t at = address + i + (device == timer ? mtimecmp_base : 0);
    const std::uint64_t word = read_word(at & ~UINT64_C(7), sc_core::SC_ZERO_TIME);
    payload.get_data_ptr()[i] = static_cast<unsigned char>(word >> (8 * (at & 7)));
  }
  return length;
}

bool Clint::get_direct_mem_ptr(int device, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  dmi.allow_none();
  const bool inside = payload.get_address() < size_of(device);
  dmi.set_start_address(inside ? 0 : size_of(device));
  dmi.set_end_address(inside ? size_of(device) - 1 : UINT64_MAX);
  payload.set_dmi_allowed(false);
  return false;
}

}  // namespace sc_memory::models
