// Stopping, serving and going on.
#include "sim/gdb/debug_server.h"

#include <fmt/format.h>
#include <thread>
#include <utility>

namespace sc_memory::sim::gdb {

using models::riscv::HartDebug;

namespace {

/// How long the host's thread waits at a time while the machine is stopped, before it looks whether the run must end.
constexpr std::chrono::milliseconds kPatience(50);
/// How long it rests for each look while all harts sleep: simulated time flies then, and the host need not run hot.
constexpr std::chrono::milliseconds kIdlePause(1);

const sc_core::sc_time& look_interval() {
  static const sc_core::sc_time interval(1, sc_core::SC_MS);
  return interval;
}

}  // namespace

DebugServer::DebugServer(sc_core::sc_module_name name, platforms::RiscvVirt& machine, std::uint16_t port, Run run)
    : sc_module(name), machine_(machine), run_(std::move(run)), target_(machine), link_(port) {
  for (unsigned i = 0; i < machine.hart_count(); ++i)
    machine.hart(i).debug().on_stop([this, i](HartDebug::Stop why) { hart_stopped(i, why); });
  SC_HAS_PROCESS(DebugServer);
  SC_METHOD(look);
  sensitive << due_;
}

// The machine stands before its first instruction until a debugger lets it go.
void DebugServer::start_of_simulation() { serve(); }

void DebugServer::look() {
  while (!ended_) {
    const auto event = link_.has_news() ? link_.next(std::chrono::milliseconds(0)) : std::nullopt;
    if (!event) break;
    if (event->kind == Link::Event::Kind::interrupt) tell_stop({StopReport::Reason::interrupted, last_stop_.thread});
    if (handle(*event)) serve();
  }
  if (ended_) return;
  if (machine_.is_idle()) std::this_thread::sleep_for(kIdlePause);
  due_.notify(look_interval());
}

void DebugServer::hart_stopped(unsigned thread, HartDebug::Stop why) {
  const auto hit = target_.take_watch_hit();
  if (ended_ || !session_) return;
  StopReport report{StopReport::Reason::stepped, thread};
  if (why == HartDebug::Stop::breakpoint) report.reason = StopReport::Reason::breakpoint;
  tell_stop(hit ? *hit : report);
  serve();
}

void DebugServer::tell_stop(const StopReport& report) {
  last_stop_ = report;
  if (session_) link_.send(session_->stop_reply(report));
}

// The machine is stopped: does what the debugger says, until that is to go on.
void DebugServer::serve() {
  while (!ended_) {
    const auto event = link_.next(kPatience);
    if (event && !handle(*event)) return;
    if (!event && run_.must_end()) {
      let_go();
      ended_ = true;
    }
  }
}

// Whether the machine is to stand still afterwards.
bool DebugServer::handle(const Link::Event& event) {
  switch (event.kind) {
    case Link::Event::Kind::connected:
      session_.emplace(target_);
      session_->stop_reply(last_stop_);  // the debugger will ask why the machine stands still
      return true;
    case Link::Event::Kind::packet:
      return session_ && handle_packet(event.payload);
    case Link::Event::Kind::interrupt:
      return session_.has_value();
    default:
      let_go();
      return false;
  }
}

bool DebugServer::handle_packet(const std::string& packet) {
  const Session::Answer answer = session_->handle(packet);
  if (answer.reply) link_.send(*answer.reply);
  if (answer.without_acknowledgements) link_.stop_acknowledging();
  switch (answer.next) {
    case Session::Next::stay:
      return true;
    case Session::Next::resume:
      return false;
    case Session::Next::detach:
      let_go();
      return false;
    default:
      let_go();
      ended_ = true;
      run_.end("ended by the debugger");
      return false;
  }
}

// The machine goes on as if there had never been a debugger.
void DebugServer::let_go() {
  session_.reset();
  target_.remove_all_points();
  target_.set_actions(std::vector<Action>(target_.thread_count(), Action::run));
}

void DebugServer::tell_exit(int code) {
  if (session_) link_.send(fmt::format("W{:02x}", code & 0xff));
}

}  // namespace sc_memory::sim::gdb
