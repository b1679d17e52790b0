// The packets about registers, memory and points, and which packet is which.
#include "sim/gdb/session.h"

#include <algorithm>
#include <fmt/format.h>

#include "sim/gdb/packet.h"
#include "sim/gdb/session_answers.h"

namespace sc_memory::sim::gdb {
namespace {

/// Two digits of hexadecimal for each byte must fit into one packet.
constexpr std::uint64_t kMaxMemory = kMaxPayload / 2;

}  // namespace

Session::Answer Session::handle(const std::string& packet) {
  Cursor rest(packet);
  if (rest.skip("?")) return reply(stop_text());
  if (rest.skip("g")) return read_general_registers();
  if (rest.skip("G")) return write_general_registers(rest);
  if (rest.skip("p")) return read_register(rest);
  if (rest.skip("P")) return write_register(rest);
  if (rest.skip("m")) return read_memory(rest);
  if (rest.skip("M")) return write_memory(rest, false);
  if (rest.skip("X")) return write_memory(rest, true);
  if (rest.skip("Z")) return change_point(rest, true);
  if (rest.skip("z")) return change_point(rest, false);
  if (rest.skip("H")) return select_thread(rest);
  if (rest.skip("T")) return thread_id(rest) ? reply(kOk) : reply(kNoSuchThread);
  if (rest.skip("c")) return resume_all(Action::run, rest);
  if (rest.skip("s")) return resume_all(Action::step, rest);
  if (rest.skip("v")) return handle_v(rest);
  if (rest.skip("q") || rest.skip("Q")) return handle_query(Cursor(packet));
  if (rest.skip("D")) return {kOk, Next::detach, false};
  if (rest.skip("k")) return {std::nullopt, Next::kill, false};
  return reply(kNotKnown);
}

std::optional<Session::ThreadId> Session::thread_id(Cursor& packet) const {
  if (packet.skip("p")) {  // the process: there is one
    if (!packet.skip("-1") && !packet.number()) return std::nullopt;
    if (!packet.skip(".")) return ThreadId{true, thread_};
  }
  if (packet.skip("-1")) return ThreadId{true, thread_};
  const auto number = packet.number();
  if (!number || *number > target_.thread_count()) return std::nullopt;
  return ThreadId{false, *number == 0 ? thread_ : static_cast<unsigned>(*number - 1)};
}

Session::Answer Session::select_thread(Cursor packet) {
  const bool for_resuming = packet.skip("c");
  if (!for_resuming && !packet.skip("g")) return reply(kMalformed);
  const auto id = thread_id(packet);
  if (!id) return reply(kNoSuchThread);
  (for_resuming ? resume_thread_ : thread_) = id->thread;
  return reply(kOk);
}

Session::Answer Session::read_general_registers() const {
  std::string values;
  for (unsigned number = 0; number < target_.general_registers(); ++number)
    values += to_hex(target_.read_register(thread_, number).value_or(Bytes()));
  return reply(values);
}

Session::Answer Session::write_general_registers(Cursor packet) {
  std::string_view rest = packet.rest();
  for (unsigned number = 0; number < target_.general_registers() && !rest.empty(); ++number) {
    const std::size_t digits = 2 * target_.read_register(thread_, number).value_or(Bytes()).size();
    const auto value = from_hex(rest.substr(0, digits));
    if (!value || value->size() * 2 != digits) return reply(kMalformed);
    // A register that cannot be written, as x0, keeps what it has.
    target_.write_register(thread_, number, *value);
    rest.remove_prefix(digits);
  }
  return reply(kOk);
}

Session::Answer Session::read_register(Cursor packet) const {
  const auto number = packet.number();
  if (!number || !packet.at_end()) return reply(kMalformed);
  const auto value = target_.read_register(thread_, *number);
  return value ? reply(to_hex(*value)) : reply(kRefused);
}

Session::Answer Session::write_register(Cursor packet) {
  const auto number = packet.number();
  if (!number || !packet.skip("=")) return reply(kMalformed);
  const auto value = from_hex(packet.rest());
  if (!value) return reply(kMalformed);
  return reply(target_.write_register(thread_, *number, *value) ? kOk : kRefused);
}

Session::Answer Session::read_memory(Cursor packet) {
  const auto address = packet.number();
  if (!address || !packet.skip(",")) return reply(kMalformed);
  const auto size = packet.number();
  if (!size || !packet.at_end()) return reply(kMalformed);
  const Bytes bytes = target_.read_memory(thread_, *address, std::min(*size, kMaxMemory));
  if (bytes.empty() && *size != 0) return reply(kMemoryFault);
  return reply(to_hex(bytes));
}

Session::Answer Session::write_memory(Cursor packet, bool binary) {
  const auto address = packet.number();
  if (!address || !packet.skip(",")) return reply(kMalformed);
  const auto size = packet.number();
  if (!size || !packet.skip(":")) return reply(kMalformed);
  const std::string_view data = packet.rest();
  const auto bytes = binary ? std::optional<Bytes>(Bytes(data.begin(), data.end())) : from_hex(data);
  if (!bytes || bytes->size() != *size) return reply(kMalformed);
  return reply(target_.write_memory(thread_, *address, *bytes) ? kOk : kMemoryFault);
}

Session::Answer Session::change_point(Cursor packet, bool set) {
  const auto kind = packet.number();
  if (!kind || !packet.skip(",")) return reply(kMalformed);
  const auto address = packet.number();
  if (!address || !packet.skip(",")) return reply(kMalformed);
  const auto size = packet.number();
  // Conditions and commands, which could follow, are not announced as understood.
  if (!size || !packet.at_end()) return reply(kMalformed);
  if (*kind > static_cast<std::uint64_t>(PointKind::access_watchpoint)) return reply(kNotKnown);
  const auto point = static_cast<PointKind>(*kind);
  const bool done =
      set ? target_.set_point(thread_, point, *address, *size) : target_.remove_point(point, *address, *size);
  return reply(done ? kOk : kRefused);
}

}  // namespace sc_memory::sim::gdb
