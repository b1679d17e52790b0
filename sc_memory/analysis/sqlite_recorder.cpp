// Rows in batches.
#include "sc_memory/analysis/sqlite_recorder.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <sqlite3.h>
#include <system_error>

#include "sc_memory/analysis/output_file.h"

namespace sc_memory {

namespace {

constexpr unsigned kBatch = 10000;

/// SQLite's integers are signed: an address keeps its bits.
sqlite3_int64 bits(std::uint64_t value) { return static_cast<sqlite3_int64>(value); }

}  // namespace

const char* const SqliteRecorder::kSchema = R"(
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE transactions (
  id INTEGER PRIMARY KEY,
  start_ps INTEGER NOT NULL, end_ps INTEGER NOT NULL,
  initiator INTEGER NOT NULL REFERENCES names, region INTEGER NOT NULL REFERENCES names,
  path TEXT NOT NULL, command TEXT NOT NULL, response TEXT NOT NULL,
  address INTEGER NOT NULL, region_offset INTEGER NOT NULL, length INTEGER NOT NULL,
  end_request_ps INTEGER NOT NULL, begin_response_ps INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE dmi_events (
  id INTEGER PRIMARY KEY, time_ps INTEGER NOT NULL, event TEXT NOT NULL,
  initiator INTEGER NOT NULL REFERENCES names, region INTEGER NOT NULL REFERENCES names,
  first INTEGER NOT NULL, last INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE VIEW traffic AS
  SELECT t.id, t.start_ps, t.end_ps, t.end_ps - t.start_ps AS latency_ps, i.name AS initiator, r.name AS region,
         t.path, t.command, t.response, printf('0x%x', t.address) AS address,
         printf('0x%x', t.region_offset) AS region_offset, t.length
  FROM transactions t JOIN names i ON i.id = t.initiator JOIN names r ON r.id = t.region;
CREATE VIEW totals AS
  SELECT i.name AS initiator, r.name AS region, sum(t.command = 'read') AS reads, sum(t.command = 'write') AS writes,
         sum(t.bytes * (t.response = 'ok')) AS bytes, sum(t.response <> 'ok') AS errors,
         avg(t.end_ps - t.start_ps) AS mean_latency_ps, max(t.end_ps - t.start_ps) AS max_latency_ps
  FROM transactions t JOIN names i ON i.id = t.initiator JOIN names r ON r.id = t.region
  GROUP BY t.initiator, t.region;
CREATE VIEW hot_pages AS
  SELECT r.name AS region, printf('0x%x', (t.region_offset >> 12) << 12) AS page, count(*) AS transactions,
         sum(t.bytes) AS bytes
  FROM transactions t JOIN names r ON r.id = t.region
  GROUP BY t.region, t.region_offset >> 12 ORDER BY count(*) DESC;
CREATE VIEW bandwidth AS
  SELECT i.name AS initiator, t.end_ps / 1000000000 AS millisecond, sum(t.bytes) AS bytes
  FROM transactions t JOIN names i ON i.id = t.initiator WHERE t.response = 'ok'
  GROUP BY t.initiator, t.end_ps / 1000000000;
CREATE VIEW dmi AS
  SELECT d.time_ps, d.event, i.name AS initiator, r.name AS region, printf('0x%x', d.first) AS first,
         printf('0x%x', d.last) AS last, d.reason
  FROM dmi_events d JOIN names i ON i.id = d.initiator JOIN names r ON r.id = d.region;
)";

void SqliteRecorder::Closer::operator()(sqlite3* database) const { sqlite3_close(database); }

void SqliteRecorder::Closer::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteRecorder::SqliteRecorder(const std::string& path) : path_(path) {
  std::error_code error;
  for (const char* part : {"", "-wal", "-shm"}) {
    // An empty directory would be removed like a file.
    if (std::filesystem::is_directory(path + part, error))
      throw RecorderError(fmt::format("the recording '{}' cannot be written: '{}' is a directory", path, path + part));
  }
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path + part, error);
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  database_.reset(opened);
  // Losing the last commits when the machine itself goes down is accepted; a killed process loses none.
  if (result == SQLITE_OK) execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN;");
  if (result == SQLITE_OK) execute(kSchema);
  if (result == SQLITE_OK) execute("COMMIT; BEGIN;");
  if (result != SQLITE_OK || failed_) {
    const int system = opened != nullptr ? sqlite3_system_errno(opened) : 0;
    throw RecorderError(fmt::format("the recording '{}' cannot be written: {}", path,
                                    system != 0 ? std::strerror(system) : sqlite3_errmsg(opened)));
  }
  insert_name_ = prepare("INSERT INTO names VALUES (?, ?)");
  insert_transaction_ = prepare("INSERT INTO transactions VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert_dmi_ = prepare("INSERT INTO dmi_events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)");
}

SqliteRecorder::~SqliteRecorder() { SqliteRecorder::close(); }

SqliteRecorder::Statement SqliteRecorder::prepare(const char* text) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database_.get(), text, -1, &statement, nullptr);
  return Statement(statement);
}

void SqliteRecorder::execute(const char* text) {
  if (sqlite3_exec(database_.get(), text, nullptr, nullptr, nullptr) != SQLITE_OK) failed_ = true;
}

void SqliteRecorder::fail() {
  failed_ = true;
  report_recording_stopped(path_, sqlite3_errmsg(database_.get()));
}

void SqliteRecorder::step(sqlite3_stmt* statement) {
  if (failed_) return;
  const int result = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (result != SQLITE_DONE) {
    fail();
    return;
  }
  if (++batch_ >= kBatch) flush();
}

void SqliteRecorder::introduce(TrafficName name) {
  if (!names_.insert(name.index()).second) return;
  sqlite3_stmt* const statement = insert_name_.get();
  sqlite3_bind_int64(statement, 1, name.index());
  sqlite3_bind_text(statement, 2, name.text().c_str(), -1, SQLITE_STATIC);
  step(statement);
}

void SqliteRecorder::write(const TransactionRecord& record) {
  if (!recording()) return;
  introduce(record.initiator);
  introduce(record.region);
  sqlite3_stmt* const statement = insert_transaction_.get();
  sqlite3_bind_int64(statement, 1, bits(picoseconds_(record.start)));
  sqlite3_bind_int64(statement, 2, bits(picoseconds_(record.end)));
  sqlite3_bind_int64(statement, 3, record.initiator.index());
  sqlite3_bind_int64(statement, 4, record.region.index());
  sqlite3_bind_text(statement, 5, text_of(record.path), -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 6, text_of(record.command), -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 7, text_of(record.response), -1, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 8, bits(record.address));
  sqlite3_bind_int64(statement, 9, bits(record.offset));
  sqlite3_bind_int64(statement, 10, bits(record.length));
  sqlite3_bind_int64(statement, 11, bits(picoseconds_(record.end_request)));
  sqlite3_bind_int64(statement, 12, bits(picoseconds_(record.begin_response)));
  sqlite3_bind_int64(statement, 13, bits(record.bytes()));
  step(statement);
}

void SqliteRecorder::write(const DmiRecord& record) {
  if (!recording()) return;
  introduce(record.initiator);
  introduce(record.region);
  const std::string reason = reason_of(record);
  sqlite3_stmt* const statement = insert_dmi_.get();
  sqlite3_bind_int64(statement, 1, bits(picoseconds_(record.time)));
  sqlite3_bind_text(statement, 2, text_of(record.event), -1, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 3, record.initiator.index());
  sqlite3_bind_int64(statement, 4, record.region.index());
  sqlite3_bind_int64(statement, 5, bits(record.range.first));
  sqlite3_bind_int64(statement, 6, bits(record.range.last));
  sqlite3_bind_text(statement, 7, reason.c_str(), -1, SQLITE_STATIC);
  step(statement);
}

void SqliteRecorder::flush() {
  if (!recording()) return;
  batch_ = 0;
  if (sqlite3_exec(database_.get(), "COMMIT; BEGIN", nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void SqliteRecorder::close() {
  flush();
  insert_name_.reset();
  insert_transaction_.reset();
  insert_dmi_.reset();
  if (recording()) sqlite3_exec(database_.get(), "COMMIT; PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  database_.reset();
}

}  // namespace sc_memory
