// Transactions in an SQLite database, to be asked questions of.
//
// docs/analysis.md explains the tables and views of kSchema. Rows are committed in batches; the journal is SQLite's
// write-ahead log, so that a database whose writer was killed holds what was committed, and opens. A database that was
// closed is a single file.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include "sc_memory/analysis/picoseconds.h"
#include "sc_memory/analysis/recorder.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sc_memory {

class SqliteRecorder final : public Recorder {
 public:
  static const char* const kSchema;

  explicit SqliteRecorder(const std::string& path);
  ~SqliteRecorder() override;

  void write(const TransactionRecord& record) override;
  void write(const DmiRecord& record) override;
  void flush() override;
  void close() override;
  bool failed() const override { return failed_; }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

  bool recording() const { return database_ != nullptr && !failed_; }
  Statement prepare(const char* text);
  void execute(const char* text);
  /// Stores the name when it comes for the first time.
  void introduce(TrafficName name);
  /// Runs a statement whose parameters are bound, as a part of the batch.
  void step(sqlite3_stmt* statement);
  void fail();

  std::string path_;
  std::unique_ptr<sqlite3, Closer> database_;
  Statement insert_name_;
  Statement insert_transaction_;
  Statement insert_dmi_;
  std::unordered_set<std::uint32_t> names_;
  Picoseconds picoseconds_;
  unsigned batch_ = 0;  ///< Rows since the last commit.
  bool failed_ = false;
};

}  // namespace sc_memory
