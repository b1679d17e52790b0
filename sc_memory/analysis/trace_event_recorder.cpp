// Events, one a line.
#include "sc_memory/analysis/trace_event_recorder.h"

#include <fmt/format.h>
#include <iterator>

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
  if (name.index() >= quoted_.size()) quoted_.resize(name.index() + 1);
  std::string& text = quoted_[name.index()];
  if (text.empty()) text = json_string(name.text());
  return text;
}

void TraceEventRecorder::append_microseconds(const sc_core::sc_time& time) {
  const std::uint64_t ps = picoseconds_(time);
  fmt::format_to(std::back_inserter(file_.buffer()), "{}.{:06}", ps / 1000000, ps % 1000000);
}

void TraceEventRecorder::introduce(TrafficName initiator) {
  if (initiator.index() >= introduced_.size()) introduced_.resize(initiator.index() + 1);
  if (introduced_[initiator.index()]) return;
  introduced_[initiator.index()] = true;
  fmt::format_to(std::back_inserter(file_.buffer()),
                 ",\n{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":1,\"tid\":{},\"args\":{{\"name\":{}}}}}",
                 initiator.index(), quoted(initiator));
}

void TraceEventRecorder::begin_event(const char* phase, const std::string& name, TrafficName initiator,
                                     const sc_core::sc_time& time) {
  fmt::format_to(std::back_inserter(file_.buffer()),
                 ",\n{{\"ph\":\"{}\",\"name\":{},\"pid\":1,\"tid\":{},\"ts\":", phase, name, initiator.index());
  append_microseconds(time);
}

void TraceEventRecorder::append_arguments(const TransactionRecord& record) {
  fmt::format_to(std::back_inserter(file_.buffer()),
                 ",\"args\":{{\"address\":\"{:#x}\",\"offset\":\"{:#x}\",\"length\":{},\"response\":\"{}\"}}",
                 record.address, record.offset, record.length, text_of(record.response));
}

void TraceEventRecorder::end_event() {
  file_.append('}');
  file_.end_record();
}

void TraceEventRecorder::write(const TransactionRecord& record) {
  if (closed_ || file_.failed()) return;
  introduce(record.initiator);
  std::string& text = file_.buffer();
  const std::string& region = quoted(record.region);
  const char* const command = text_of(record.command);
  if (record.path != TransactionPath::nonblocking) {
    begin_event("X", region, record.initiator, record.start);
    text += ",\"dur\":";
    append_microseconds(record.latency());
    fmt::format_to(std::back_inserter(text), ",\"cat\":\"{},{}\"", text_of(record.path), command);
    append_arguments(record);
    end_event();
    return;
  }
  const std::uint64_t id = ++serial_;
  const auto identify = [&] {
    fmt::format_to(std::back_inserter(text), ",\"cat\":\"nonblocking,{}\",\"id\":{}", command, id);
  };
  begin_event("b", region, record.initiator, record.start);
  identify();
  append_arguments(record);
  end_event();
  for (const auto& [phase, time] :
       {std::pair("\"END_REQ\"", record.end_request), {"\"BEGIN_RESP\"", record.begin_response}}) {
    begin_event("n", phase, record.initiator, time);
    identify();
    end_event();
  }
  begin_event("e", region, record.initiator, record.end);
  identify();
  end_event();
}

void TraceEventRecorder::write(const DmiRecord& record) {
  if (closed_ || file_.failed()) return;
  introduce(record.initiator);
  begin_event("i", fmt::format("\"DMI {}\"", text_of(record.event)), record.initiator, record.time);
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
