// Traffic from a database of the SQLite recorder, by time.
#pragma once

#include <memory>
#include <string>

#include "models/traffic/trace.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sc_memory::models {

class SqliteTrace final : public Trace {
 public:
  explicit SqliteTrace(const std::string& path);
  std::optional<TraceEntry> next() override;

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_stmt* statement) const;
  };
  [[noreturn]] void fail(const std::string& problem) const;

  std::string file_name_;
  std::unique_ptr<sqlite3, Closer> database_;
  std::unique_ptr<sqlite3_stmt, Closer> rows_;
};

}  // namespace sc_memory::models
