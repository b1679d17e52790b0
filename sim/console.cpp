// The console's process.
#include "sim/console.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <tlm>

namespace sc_memory::sim {
namespace {

const sc_core::sc_time& keyboard_interval() {
  static const sc_core::sc_time interval(10, sc_core::SC_MS);
  return interval;
}

constexpr const char* help =
    "\r\nCtrl-A x   ends the simulation\r\nCtrl-A h   prints this help\r\nCtrl-A a   sends Ctrl-A to the guest\r\n";

}  // namespace

std::chrono::nanoseconds idle_pause(const sc_core::sc_time& simulated, std::chrono::nanoseconds real) {
  const std::chrono::nanoseconds passed(static_cast<int64_t>(simulated.to_seconds() * 1e9));
  return std::max(passed - real, std::chrono::nanoseconds::zero());
}

Console::Console(const sc_core::sc_module_name& name, Port port, User user)
    : sc_module(name),
      port_(std::move(port)),
      user_(std::move(user)),
      last_look_real_(std::chrono::steady_clock::now()) {
  SC_METHOD(serve);
  sensitive << due_;
}

void Console::start_of_simulation() {
  // Initiators run ahead by up to a quantum, so output cannot be called quiet sooner than that.
  settling_ = sc_core::sc_time(1, sc_core::SC_MS) + tlm::tlm_global_quantum::instance().get();
}

void Console::transmit(uint8_t byte) {
  user_.output.put(byte);
  if (user_.script != nullptr) user_.script->output(byte);
  last_printed_ = sc_core::sc_time_stamp();
  due_.notify(settling_);  // has no effect when something is due earlier
}

void Console::space_freed() {
  if (starved_ && !typing_) type();
}

void Console::serve() {
  user_.output.flush();
  if (ended()) return;
  const bool keyboard_open = user_.keyboard != nullptr && !user_.keyboard->at_end();
  if (keyboard_open) sleep_if_idle();
  if (ended()) return;
  type();
  if (keyboard_open) due_.notify(keyboard_interval());
  if (!is_quiet()) due_.notify(settling_ - (sc_core::sc_time_stamp() - last_printed_));
}

// Tells the owner of the simulation when it is time to end it; afterwards the console only passes output on.
bool Console::ended() {
  if (end_told_) return true;
  std::string why;
  if (user_.keyboard != nullptr) {
    if (user_.keyboard->take_help_request()) {
      user_.output.put(help);
      user_.output.flush();
    }
    if (user_.keyboard->end_requested()) why = "ended by Ctrl-A x";
  }
  if (!user_.output.error().empty()) why = "the console's output cannot be written: " + user_.output.error();
  if (why.empty()) return false;
  end_told_ = true;
  if (user_.end) user_.end(why);
  return true;
}

// Gives the guest what there is, as far as it has space.
void Console::type() {
  typing_ = true;
  while (true) {
    starved_ = port_.receive_space() == 0;
    if (starved_) break;
    std::optional<uint8_t> byte;
    if (user_.script != nullptr && !user_.script->finished()) {
      if (is_quiet() || !user_.script->needs_quiet()) byte = user_.script->next_byte();
    } else if (user_.keyboard != nullptr) {
      byte = user_.keyboard->next_byte();
    }
    if (!byte) break;
    port_.receive(*byte);
  }
  typing_ = false;
}

void Console::sleep_if_idle() {
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  if (user_.guest_is_idle && user_.guest_is_idle()) {
    const auto pause = idle_pause(now - last_look_, std::chrono::steady_clock::now() - last_look_real_);
    if (pause.count() > 0) user_.keyboard->wait(pause);
  }
  last_look_ = now;
  last_look_real_ = std::chrono::steady_clock::now();
}

}  // namespace sc_memory::sim
