// Lines, fields, numbers, and what is wrong with them.
#include "models/traffic/csv_trace.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

#include "models/traffic/traffic_error.h"

namespace sc_memory::models {

namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr const char* kNames[] = {"command", "address", "length", "start_ps", "initiator", "path"};
constexpr std::size_t kNeeded = 3;
constexpr std::uint64_t kLongest = std::uint64_t{1} << 24;

std::optional<std::uint64_t> parse(std::string_view text) {
  const bool hexadecimal = text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

CsvTrace::CsvTrace(const std::string& file_name) : file_name_(file_name), file_(file_name) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file_name, ignored))
    throw TrafficError(fmt::format("{}: is a directory; give a recording of traffic", file_name));
  if (!file_) throw TrafficError(fmt::format("{}: {}; give a recording of traffic", file_name, std::strerror(errno)));
  read_header();
}

void CsvTrace::fail(const std::string& problem) const {
  throw TrafficError(fmt::format("{}:{}: {}", file_name_, line_number_, problem));
}

bool CsvTrace::read_line() {
  if (!std::getline(file_, line_)) return false;
  ++line_number_;
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  return true;
}

/// The fields of `line_`; their strings are used again.
void CsvTrace::split() {
  std::size_t count = 0;
  const auto begin_field = [&] {
    if (++count > fields_.size()) fields_.emplace_back();
    fields_[count - 1].clear();
  };
  begin_field();
  bool quoted = false;
  for (std::size_t i = 0; i < line_.size(); ++i) {
    const char c = line_[i];
    if (c == '"' && quoted && i + 1 < line_.size() && line_[i + 1] == '"') {
      fields_[count - 1] += line_[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      begin_field();
    } else {
      fields_[count - 1] += c;
    }
  }
  if (quoted) fail("a quote that is not closed; double the quotes within a field");
  fields_.resize(count);
}

void CsvTrace::read_header() {
  if (!read_line()) throw TrafficError(fmt::format("{}: is empty; the first line names the columns", file_name_));
  split();
  field_count_ = fields_.size();
  for (std::size_t column = 0; column < columns; ++column) {
    const auto found = std::find(fields_.begin(), fields_.end(), kNames[column]);
    places_[column] = found != fields_.end() ? static_cast<std::size_t>(found - fields_.begin()) : kNowhere;
    if (places_[column] == kNowhere && column < kNeeded)
      fail(
          fmt::format("no column '{}'; the first line names the columns, of which command, address and length are "
                      "needed",
                      kNames[column]));
  }
}

std::string_view CsvTrace::field(Column column) const {
  return places_[column] != kNowhere ? std::string_view(fields_[places_[column]]) : std::string_view();
}

std::uint64_t CsvTrace::number(Column column, std::uint64_t least, std::uint64_t most, const char* wanted) const {
  const auto value = parse(field(column));
  if (!value || *value < least || *value > most)
    fail(fmt::format("the {} is '{}'; expected {}", kNames[column], field(column), wanted));
  return *value;
}

std::optional<TraceEntry> CsvTrace::next() {
  while (read_line()) {
    if (line_.empty()) continue;
    split();
    if (fields_.size() != field_count_)
      fail(fmt::format("{} fields; expected {}, as the first line has", fields_.size(), field_count_));
    const std::string_view word = field(command);
    if (word != "read" && word != "write" && word != "ignore")
      fail(fmt::format("the command is '{}'; expected read or write", word));
    if (word == "ignore" || field(path) == "debug") continue;
    TraceEntry entry;
    entry.access.command = word == "read" ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
    entry.access.address = number(address, 0, UINT64_MAX, "an address such as 0x80001000");
    entry.access.length = static_cast<unsigned>(number(length, 1, kLongest, "a number of bytes from 1 to 16777216"));
    if (places_[start] != kNowhere) {
      const auto ps = number(start, 0, UINT64_MAX / 1000, "a number of picoseconds");
      entry.access.due = sc_core::sc_time(static_cast<double>(ps), sc_core::SC_PS);
    }
    entry.initiator = field(initiator);
    return entry;
  }
  if (file_.bad()) fail("the file cannot be read further");
  return std::nullopt;
}

}  // namespace sc_memory::models
