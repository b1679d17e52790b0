// Recordings read back: what a test knows of each format, apart from what writes it.
#pragma once

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sqlite3.h>
#include <sstream>
#include <string>
#include <vector>

#include "sc_memory/analysis/transaction_record.h"

#include "tests/analysis/cbor_reader.h"
#include "tests/analysis/trace_event_rules.h"

namespace sc_memory::testing {

/// What formats tell of a transaction, as text: all of it, in every format.
inline std::string summary(std::uint64_t start_ps, std::uint64_t end_ps, const std::string& initiator,
                           const std::string& region, const std::string& command, const std::string& response,
                           std::uint64_t address, std::uint64_t offset, std::uint64_t length) {
  std::ostringstream text;
  text << start_ps << '-' << end_ps << ' ' << initiator << ' ' << region << ' ' << command << ' ' << response << ' '
       << address << ' ' << offset << ' ' << length;
  return text.str();
}

inline std::string summary(const TransactionRecord& record) {
  const auto ps = [](const sc_core::sc_time& time) { return time.value(); };  // The resolution is a picosecond.
  return summary(ps(record.start), ps(record.end), record.initiator.text(), record.region.text(),
                 text_of(record.command), text_of(record.response), record.address, record.offset, record.length);
}

inline std::string bytes_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

/// Fields may be in quotes.
inline std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> fields{""};
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
      fields.back() += line[++i];
    else if (line[i] == '"')
      quoted = !quoted;
    else if (line[i] == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += line[i];
  }
  return fields;
}

/// Only whole lines: the last one of a writer that was killed may be cut.
inline std::vector<std::string> read_csv(const std::string& path) {
  std::istringstream file(bytes_of_file(path));
  std::vector<std::string> read;
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line,
            "start_ps,end_ps,initiator,region,path,command,response,address,offset,length,end_request_ps,"
            "begin_response_ps");
  while (std::getline(file, line) && !file.eof()) {
    const std::vector<std::string> fields = csv_fields(line);
    if (fields.size() != 12) throw std::runtime_error("not twelve fields: " + line);
    const auto number = [&](std::size_t i) { return std::stoull(fields[i], nullptr, 0); };
    read.push_back(
        summary(number(0), number(1), fields[2], fields[3], fields[5], fields[6], number(7), number(8), number(9)));
  }
  return read;
}

/// Adds the bracket that a recording has only when it was closed. Whatever is read is held against the format's rules.
inline nlohmann::json read_trace_events(const std::string& path) {
  std::string text = bytes_of_file(path);
  const bool closed = text.size() > 2 && text.substr(text.size() - 2) == "]\n";
  if (!closed) {
    text.resize(text.rfind('}') + 1);
    text += "]";
  }
  nlohmann::json events = nlohmann::json::parse(text);
  EXPECT_EQ(TraceEventRules::broken_by(events, closed), std::vector<std::string>()) << path;
  return events;
}

inline std::vector<std::string> read_json(const std::string& path) {
  std::vector<std::string> read;
  std::map<int, std::string> threads;
  std::map<std::uint64_t, nlohmann::json> begun;
  const auto add = [&](const nlohmann::json& event, std::uint64_t start, std::uint64_t end) {
    const nlohmann::json& arguments = event.at("args");
    const auto number = [&](const char* name) {
      return std::stoull(arguments.at(name).get<std::string>(), nullptr, 0);
    };
    const std::string category = event.at("cat");
    read.push_back(summary(start, end, threads.at(event.at("tid")), event.at("name"),
                           category.substr(category.find(',') + 1), arguments.at("response"), number("address"),
                           number("offset"), arguments.at("length")));
  };
  for (const nlohmann::json& event : read_trace_events(path)) {
    const std::string phase = event.at("ph");
    if (phase == "M" && event.at("name") == "thread_name") threads[event.at("tid")] = event.at("args").at("name");
    if (phase == "b") begun[event.at("id")] = event;
    if (phase == "X") {
      const std::uint64_t start = picoseconds_of(event.at("ts"));
      add(event, start, start + picoseconds_of(event.at("dur")));
    }
    if (phase == "e") {
      const nlohmann::json& begin = begun.at(event.at("id"));
      add(begin, picoseconds_of(begin.at("ts")), picoseconds_of(event.at("ts")));
    }
  }
  return read;
}

/// The rows of a query, columns joined by blanks.
inline std::vector<std::string> query(const std::string& path, const std::string& text) {
  sqlite3* database = nullptr;
  std::vector<std::string> rows;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK) << path;
  const auto add = [](void* into, int count, char** values, char**) {
    std::string row;
    for (int i = 0; i < count; ++i) row += (i != 0 ? " " : "") + std::string(values[i] != nullptr ? values[i] : "");
    static_cast<std::vector<std::string>*>(into)->push_back(row);
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(database, text.c_str(), add, &rows, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
  return rows;
}

inline std::vector<std::string> read_db(const std::string& path) {
  return query(path,
               "SELECT start_ps || '-' || end_ps, i.name, r.name, command, response, address, region_offset, length "
               "FROM transactions t JOIN names i ON i.id = t.initiator JOIN names r ON r.id = t.region ORDER BY t.id");
}

/// By the ids of the transactions: the file has them by stream.
inline std::vector<std::string> read_ftr(const std::string& path, bool* closed = nullptr) {
  CborReader reader(bytes_of_file(path));
  const CborItem file = reader.item();
  if (closed != nullptr) *closed = reader.closed;
  std::map<std::uint64_t, std::string> strings;
  std::map<std::uint64_t, std::string> streams;
  std::map<std::uint64_t, std::pair<std::string, std::uint64_t>> generators;
  std::map<std::uint64_t, std::string> transactions;
  const auto content = [](const CborItem& item) { return CborReader(item.bytes).item(); };
  for (const CborItem& chunk : file.tagged(55799).items) {
    const CborItem& body = chunk.items.at(0);
    if (chunk.number == 6) {
      const CborItem info = content(body);
      EXPECT_EQ(info.at(0).type, 1u);
      EXPECT_EQ(info.at(0).number, 11u) << "10^-12 s";
      info.at(1).tagged(1);
    } else if (chunk.number == 8) {
      const CborItem map = content(body);
      for (std::size_t i = 0; i < map.items.size(); i += 2) strings[map.at(i).number] = map.at(i + 1).bytes;
    } else if (chunk.number == 10) {
      for (const CborItem& entry : content(body).items) {
        const CborItem& what = entry.items.at(0);
        if (entry.number == 16) streams[what.at(0).number] = strings.at(what.at(1).number);
        if (entry.number == 17) generators[what.at(0).number] = {strings.at(what.at(1).number), what.at(2).number};
      }
    } else if (chunk.number == 12) {
      for (const CborItem& transaction : content(body.at(3)).items) {
        const CborItem& times = transaction.at(0).tagged(6);
        const auto& [command, stream] = generators.at(times.at(1).number);
        EXPECT_EQ(stream, body.at(0).number);
        EXPECT_GE(times.at(2).number, body.at(1).number);
        EXPECT_LE(times.at(3).number, body.at(2).number);
        std::map<std::string, std::uint64_t> values;
        for (std::size_t i = 1; i < transaction.items.size(); ++i) {
          const CborItem& attribute = transaction.at(i).items.at(0);
          values[strings.at(attribute.at(0).number)] = attribute.at(2).number;
        }
        transactions[times.at(0).number] = summary(
            times.at(2).number, times.at(3).number, streams.at(stream), strings.at(values.at("region")), command,
            strings.at(values.at("response")), values.at("address"), values.at("offset"), values.at("length"));
      }
    } else {
      ADD_FAILURE() << "chunk " << chunk.number;
    }
  }
  std::vector<std::string> read;
  for (const auto& [id, text] : transactions) read.push_back(text);
  return read;
}

}  // namespace sc_memory::testing
