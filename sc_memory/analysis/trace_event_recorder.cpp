// Events, one a line.
#include "sc_memory/analysis/trace_event_recorder.h"

#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace sc_memory {

namespace {

std::string json_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      quoted += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20)
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      quoted += c;
  }
  return quoted + '"';
}

}  // namespace

TraceEventRecorder::TraceEventRecorder(const std::string& path) : file_(path) {
  // The first event has no comma before it.
  file_.append(R"([{"ph":"M","name":"process_name","pid":1,"tid":0,"args":{"name":"initiators"}})");
}

const std::string& TraceEventRecorder::quoted(TrafficName name) {
  std::string& text = quoted_[name];
  if (text.empty()) text = json_string(name.text());
  return text;
}

void TraceEventRecorder::append_microseconds(const sc_core::sc_time& time) {
  const std::uint64_t ps = picoseconds_(time);
  fmt::format_to(std::back_inserter(file_.buffer()), "{}.{:06}", ps / 1000000, ps % 1000000);
}

TraceEventRecorder::Threads& TraceEventRecorder::threads_of(TrafficName initiator) {
  const auto found = threads_.find(initiator);
  if (found != threads_.end()) return found->second;
  const Thread first = new_thread(initiator);
  return threads_[initiator] = {first, {{0, first}}};
}

TraceEventRecorder::Thread TraceEventRecorder::new_thread(TrafficName initiator) {
  fmt::format_to(std::back_inserter(file_.buffer()),
                 ",\n{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,\"tid\":{},\"args\":{{\"name\":{}}}}}",
                 ++last_thread_, quoted(initiator));
  return last_thread_;
}

TraceEventRecorder::Thread TraceEventRecorder::claim_thread(TrafficName initiator, std::uint64_t start,
                                                            std::uint64_t end) {
  auto& by_end = threads_of(initiator).by_end;
  // The one that became free last: a process that goes on where it was stays on its thread.
  const auto after = by_end.upper_bound(start);
  if (after == by_end.begin()) return by_end.emplace(end, new_thread(initiator))->second;
  auto claimed = by_end.extract(std::prev(after));
  claimed.key() = end;
  return by_end.insert(std::move(claimed))->second;
}

void TraceEventRecorder::begin_event(const char* phase, const std::string& name, Thread thread,
                                     const sc_core::sc_time& time) {
  fmt::format_to(std::back_inserter(file_.buffer()),
                 ",\n{{\"ph\":\"{}\",\"name\":{},\"pid\":1,\"tid\":{},\"ts\":", phase, name, thread);
  append_microseconds(time);
}

void TraceEventRecorder::append_arguments(const TransactionRecord& record) {
  fmt::format_to(
      std::back_inserter(file_.buffer()),
      ",\"args\":{{\"address\":\"{:#x}\",\"offset\":\"{:#x}\",\"length\":{},\"bytes\":{},\"response\":\"{}\"}}",
      record.address, record.offset, record.length, record.bytes(), text_of(record.response));
}

void TraceEventRecorder::end_event() {
  file_.append('}');
  file_.end_record();
}

void TraceEventRecorder::write(const TransactionRecord& record) {
  if (closed_ || file_.failed()) return;
  std::string& text = file_.buffer();
  const std::string& region = quoted(record.region);
  const char* const command = text_of(record.command);
  if (record.path != TransactionPath::nonblocking) {
    const Thread thread = claim_thread(record.initiator, picoseconds_(record.start), picoseconds_(record.end));
    begin_event("X", region, thread, record.start);
    text += ",\"dur\":";
    append_microseconds(record.latency());
    fmt::format_to(std::back_inserter(text), ",\"cat\":\"{},{}\"", text_of(record.path), command);
    append_arguments(record);
    end_event();
    return;
  }
  const Thread thread = threads_of(record.initiator).first;
  const std::uint64_t id = ++serial_;
  const auto identify = [&] {
    fmt::format_to(std::back_inserter(text), ",\"cat\":\"nonblocking,{}\",\"id\":{}", command, id);
  };
  begin_event("b", region, thread, record.start);
  identify();
  append_arguments(record);
  end_event();
  for (const auto& [phase, time] :
       {std::pair("\"END_REQ\"", record.end_request), {"\"BEGIN_RESP\"", record.begin_response}}) {
    begin_event("n", phase, thread, time);
    identify();
    end_event();
  }
  begin_event("e", region, thread, record.end);
  identify();
  end_event();
}

void TraceEventRecorder::write(const DmiRecord& record) {
  if (closed_ || file_.failed()) return;
  const Thread thread = threads_of(record.initiator).first;
  begin_event("i", fmt::format("\"DMI {}\"", text_of(record.event)), thread, record.time);
  fmt::format_to(
      std::back_inserter(file_.buffer()),
      ",\"s\":\"t\",\"cat\":\"dmi\",\"args\":{{\"region\":{},\"first\":\"{:#x}\",\"last\":\"{:#x}\",\"reason\":{}}}",
      quoted(record.region), record.range.first, record.range.last, json_string(reason_of(record)));
  end_event();
}

void TraceEventRecorder::close() {
  if (closed_) return;
  closed_ = true;
  file_.append("\n]\n");
  file_.flush();
}

}  // namespace sc_memory
