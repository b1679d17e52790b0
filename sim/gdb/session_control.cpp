// The packets that let the machine go on, those that ask about it, and what is said when it has stopped.
#include <algorithm>
#include <fmt/format.h>

#include "sim/gdb/packet.h"
#include "sim/gdb/session.h"
#include "sim/gdb/session_answers.h"

namespace sc_memory::sim::gdb {
namespace {

constexpr unsigned kSigInt = 2;
constexpr unsigned kSigTrap = 5;

const char* stop_key(PointKind kind) {
  switch (kind) {
    case PointKind::read_watchpoint:
      return "rwatch";
    case PointKind::access_watchpoint:
      return "awatch";
    default:
      return "watch";
  }
}

}  // namespace

std::string Session::stop_text() const {
  const unsigned signal = stop_.reason == StopReport::Reason::interrupted ? kSigInt : kSigTrap;
  std::string text = fmt::format("T{:02x}thread:{:x};", signal, stop_.thread + 1);
  if (stop_.reason == StopReport::Reason::watchpoint)
    text += fmt::format("{}:{:x};", stop_key(stop_.watch), stop_.address);
  return text;
}

std::string Session::stop_reply(const StopReport& report) {
  stop_ = report;
  thread_ = report.thread;
  resume_thread_ = report.thread;
  return stop_text();
}

Session::Answer Session::resume_all(Action current_thread, Cursor address) {
  if (!address.at_end()) {
    const auto pc = address.number();
    if (!pc || !address.at_end()) return reply(kMalformed);
    Bytes bytes;
    for (unsigned i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(*pc >> 8 * i));
    target_.write_register(resume_thread_, target_.general_registers() - 1, bytes);
  }
  std::vector<Action> actions(target_.thread_count(), Action::run);
  actions[resume_thread_] = current_thread;
  target_.set_actions(actions);
  return {std::nullopt, Next::resume, false};
}

// "vCont;s:1;c": the leftmost action that fits a thread is its own; those that none fits stay where they are.
Session::Answer Session::continue_as_told(Cursor actions) {
  std::vector<std::optional<Action>> chosen(target_.thread_count());
  while (actions.skip(";")) {
    const bool with_signal = actions.rest().substr(0, 1) == "C" || actions.rest().substr(0, 1) == "S";
    const bool step = actions.skip("s") || actions.skip("S");
    if (!step && !actions.skip("c") && !actions.skip("C")) return reply(kMalformed);
    if (with_signal && !actions.number()) return reply(kMalformed);  // a machine has no use for signals
    std::optional<ThreadId> id = ThreadId{true, 0};
    if (actions.skip(":")) id = thread_id(actions);
    if (!id) return reply(kNoSuchThread);
    for (unsigned i = 0; i < chosen.size(); ++i) {
      if ((id->all || id->thread == i) && !chosen[i]) chosen[i] = step ? Action::step : Action::run;
    }
  }
  const bool nobody = std::all_of(chosen.begin(), chosen.end(), [](const auto& action) { return !action; });
  if (!actions.at_end() || nobody) return reply(kMalformed);
  std::vector<Action> all;
  for (const auto& action : chosen) all.push_back(action.value_or(Action::hold));
  target_.set_actions(all);
  return {std::nullopt, Next::resume, false};
}

Session::Answer Session::handle_v(Cursor packet) {
  if (packet.skip("Cont?")) return reply("vCont;c;C;s;S");
  if (packet.skip("Cont")) return continue_as_told(packet);
  if (packet.skip("Kill")) return {kOk, Next::kill, false};
  return reply(kNotKnown);
}

Session::Answer Session::handle_feature_query(Cursor range) const {
  const auto offset = range.number();
  if (!offset || !range.skip(",")) return reply(kMalformed);
  const auto length = range.number();
  if (!length || !range.at_end()) return reply(kMalformed);
  const std::string& text = target_.description();
  if (*offset >= text.size()) return reply("l");
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(*length, kMaxPayload / 2));
  const std::string part = text.substr(static_cast<std::size_t>(*offset), size);
  return reply((*offset + part.size() == text.size() ? "l" : "m") + part);
}

Session::Answer Session::handle_monitor(Cursor hex) {
  const auto bytes = from_hex(hex.rest());
  if (!bytes) return reply(kMalformed);
  const std::string command(bytes->begin(), bytes->end());
  const std::string text =
      target_.monitor(command).value_or(fmt::format("'{}' is no command here; try: monitor help\n", command));
  return reply(to_hex(std::string_view(text).substr(0, kMaxPayload / 2)));
}

Session::Answer Session::handle_query(Cursor packet) {
  if (packet.skip("qSupported"))
    return reply(fmt::format("PacketSize={:x};qXfer:features:read+;vContSupported+;QStartNoAckMode+", kMaxPayload));
  if (packet.skip("QStartNoAckMode")) return {kOk, Next::stay, true};
  if (packet.skip("qXfer:features:read:target.xml:")) return handle_feature_query(packet);
  if (packet.skip("qRcmd,")) return handle_monitor(packet);
  if (packet.skip("qThreadExtraInfo,")) {
    const auto id = thread_id(packet);
    return id ? reply(to_hex(target_.thread_text(id->thread))) : reply(kNoSuchThread);
  }
  if (packet.skip("qfThreadInfo")) {
    std::string ids = "m";
    for (unsigned i = 1; i <= target_.thread_count(); ++i) ids += fmt::format("{}{:x}", i == 1 ? "" : ",", i);
    return reply(ids);
  }
  if (packet.skip("qsThreadInfo")) return reply("l");
  if (packet.skip("qC")) return reply(fmt::format("QC{:x}", thread_ + 1));
  if (packet.skip("qAttached")) return reply("1");  // detaching leaves the machine running
  if (packet.skip("qSymbol")) return reply(kOk);    // no symbols are wanted
  return reply(kNotKnown);
}

}  // namespace sc_memory::sim::gdb
