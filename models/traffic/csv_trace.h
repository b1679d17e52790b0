// Traffic as comma-separated values (RFC 4180), read line by line.
#pragma once

#include <array>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "models/traffic/trace.h"

namespace sc_memory::models {

class CsvTrace final : public Trace {
 public:
  explicit CsvTrace(const std::string& file_name);
  std::optional<TraceEntry> next() override;

 private:
  enum Column : std::size_t { command, address, length, start, initiator, path, columns };

  bool read_line();
  void split();
  void read_header();
  [[noreturn]] void fail(const std::string& problem) const;
  /// The field of a column, or empty if the file has no such column.
  std::string_view field(Column column) const;
  std::uint64_t number(Column column, std::uint64_t least, std::uint64_t most, const char* wanted) const;

  std::string file_name_;
  std::ifstream file_;
  std::string line_;
  std::uint64_t line_number_ = 0;
  std::vector<std::string> fields_;
  std::size_t field_count_ = 0;  ///< Of the first line.
  std::array<std::size_t, columns> places_{};
};

}  // namespace sc_memory::models
