// One statement, row by row.
#include "models/traffic/sqlite_trace.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "models/traffic/traffic_error.h"

namespace sc_memory::models {

namespace {

constexpr char kRows[] =
    "SELECT t.id, t.start_ps, t.command, t.address, t.length, n.name FROM transactions t "
    "JOIN names n ON n.id = t.initiator WHERE t.command <> 'ignore' AND t.path <> 'debug' ORDER BY t.start_ps, t.id";
constexpr sqlite3_int64 kLongest = sqlite3_int64{1} << 24;

}  // namespace

void SqliteTrace::Closer::operator()(sqlite3* database) const { sqlite3_close(database); }
void SqliteTrace::Closer::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteTrace::SqliteTrace(const std::string& path) : file_name_(path) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  database_.reset(opened);
  if (result != SQLITE_OK) fail(fmt::format("{}; give a recording of traffic", sqlite3_errmsg(opened)));
  sqlite3_stmt* rows = nullptr;
  if (sqlite3_prepare_v2(opened, kRows, -1, &rows, nullptr) != SQLITE_OK)
    fail(fmt::format("{}; give a database that --record made", sqlite3_errmsg(opened)));
  rows_.reset(rows);
}

void SqliteTrace::fail(const std::string& problem) const {
  throw TrafficError(fmt::format("{}: {}", file_name_, problem));
}

std::optional<TraceEntry> SqliteTrace::next() {
  const int result = sqlite3_step(rows_.get());
  if (result == SQLITE_DONE) return std::nullopt;
  if (result != SQLITE_ROW) fail(sqlite3_errmsg(database_.get()));
  const auto text = [&](int column) {
    const auto* const value = reinterpret_cast<const char*>(sqlite3_column_text(rows_.get(), column));
    return std::string(value != nullptr ? value : "");
  };
  const std::string command = text(2);
  const sqlite3_int64 length = sqlite3_column_int64(rows_.get(), 4);
  if ((command != "read" && command != "write") || length < 1 || length > kLongest)
    fail(fmt::format("transaction {} is a '{}' of {} bytes; expected a read or write of 1 to {}",
                     sqlite3_column_int64(rows_.get(), 0), command, length, kLongest));
  TraceEntry entry;
  entry.access.command = command == "read" ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
  entry.access.address = static_cast<Address>(sqlite3_column_int64(rows_.get(), 3));
  entry.access.length = static_cast<unsigned>(length);
  entry.access.due = sc_core::sc_time(static_cast<double>(sqlite3_column_int64(rows_.get(), 1)), sc_core::SC_PS);
  entry.initiator = text(5);
  return entry;
}

}  // namespace sc_memory::models
