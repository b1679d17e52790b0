// Commands of the host-target interface.
#include "models/devices/host_target.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <tlm>

#include "models/devices/guest_words.h"

namespace sc_memory::models {

namespace {

constexpr unsigned kDeviceShift = 56;
constexpr unsigned kCommandShift = 48;
constexpr std::uint64_t kPayloadMask = (UINT64_C(1) << kCommandShift) - 1;

constexpr unsigned kSystem = 0;
constexpr unsigned kSystemCall = 0;
constexpr unsigned kConsole = 1;
constexpr unsigned kConsoleGet = 0;
constexpr unsigned kConsolePut = 1;

/// The console's answers have this bit set, whatever the byte.
constexpr std::uint64_t kByteIsThere = 0x100;
/// Each number is named once; a program that tries them all is not followed to the end.
constexpr std::size_t kMaxNamed = 32;

unsigned device_of(std::uint64_t command) { return static_cast<unsigned>(command >> kDeviceShift); }
unsigned command_of(std::uint64_t command) { return static_cast<unsigned>(command >> kCommandShift) & 0xff; }

/// An exit code below zero, shifted to be a verdict, fills the bits of device and command with ones.
bool is_negative_verdict(std::uint64_t command) { return command >> kCommandShift == 0xffff && (command & 1) != 0; }

/// The second half of a variable comes a few instructions after the first, which may be in the next quantum.
sc_core::sc_time patience() {
  return 2 * std::max(tlm::tlm_global_quantum::instance().get(), sc_core::sc_time(1, sc_core::SC_US));
}

}  // namespace

HostTarget::HostTarget(const sc_core::sc_module_name& name, AddressSpace& space, const Variables& variables, Host host)
    : sc_module(name),
      space_(space),
      variables_(variables),
      host_(std::move(host)),
      calls_(space, {[this](std::uint64_t code) { host_.end({code << 1 | 1}); }, host_.print, host_.time,
                     [this](const std::string& what) { name_once(what); }}),
      watchpoint_(space, {variables.tohost, variables.tohost + 7}, WatchFor::writes,
                  [this](const WatchHit& hit) { on_write(hit); }) {
  SC_METHOD(look);
  sensitive << half_is_all_;
  dont_initialize();
}

/// A write that leaves one half alone may be the first of two: what counts is what memory holds after the second. It
/// was all if the next write is to the same half again, or none comes.
void HostTarget::on_write(const WatchHit& hit) {
  const Address middle = variables_.tohost + 4;
  const bool is_half = hit.address >= middle || hit.address + (hit.length - 1) < middle;
  if (is_half && !half_written_)
    wait_for_other_half();
  else
    look();
}

void HostTarget::wait_for_other_half() {
  if (read_word(space_, variables_.tohost).value_or(0) == 0) return;
  half_written_ = true;
  half_is_all_.notify(patience());
}

void HostTarget::look() {
  half_is_all_.cancel();
  half_written_ = false;
  const std::uint64_t command = read_word(space_, variables_.tohost).value_or(0);
  if (command != 0) serve(command);
}

void HostTarget::serve(std::uint64_t command) {
  if (is_negative_verdict(command)) return host_.end({command});
  if (device_of(command) == kSystem && command_of(command) == kSystemCall) return serve_system(command);
  if (device_of(command) == kConsole && command_of(command) == kConsoleGet) return want_input(command);
  if (device_of(command) == kConsole && command_of(command) == kConsolePut) {
    host_.print(static_cast<std::uint8_t>(command));
    return answer(command, kByteIsThere | (command & 0xff));
  }
  name_once(fmt::format("command {} of device {}", command_of(command), device_of(command)));
  answer(command, 0);
}

void HostTarget::serve_system(std::uint64_t command) {
  if ((command & 1) != 0) return host_.end({command});
  switch (calls_.carry_out(command)) {
    case HostCalls::Progress::done:
      return answer(command, 1);
    case HostCalls::Progress::waits_for_input:
      return want_input(command);
    case HostCalls::Progress::program_ended:
      return;
  }
}

/// The command is taken, so that the program can go on; the answer comes with the byte.
void HostTarget::want_input(std::uint64_t command) {
  input_request_ = command;
  reads_console_ = true;
  write_word(space_, variables_.tohost, 0);
  host_.on_input_wanted();
}

void HostTarget::receive(std::uint8_t byte) {
  const std::uint64_t command = std::exchange(input_request_, 0);
  if (device_of(command) == kSystem) {
    calls_.finish_read(command, byte);
    write_word(space_, variables_.fromhost, 1);
  } else {
    write_word(space_, variables_.fromhost, (command & ~kPayloadMask) | kByteIsThere | byte);
  }
}

void HostTarget::answer(std::uint64_t command, std::uint64_t payload) {
  write_word(space_, variables_.fromhost, (command & ~kPayloadMask) | payload);
  write_word(space_, variables_.tohost, 0);
}

void HostTarget::name_once(const std::string& what) {
  if (named_.size() < kMaxNamed && named_.insert(what).second) host_.on_not_known(what);
}

}  // namespace sc_memory::models
