// Reading a description in JSON, so that every mistake is named by file and key: "plan.json: regions[1].size: ...".
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <systemc>

namespace sc_memory::sim {

/// One object of the description. Its functions throw OptionError for values of another kind and for keys that are
/// missing; finish() does so for keys that nobody asked for.
class JsonReader {
 public:
  /// The object in `file`. Throws OptionError, with line and column, for what is no JSON.
  static JsonReader read(const std::string& file);

  bool has(const std::string& key) { return find(key) != nullptr; }
  /// The whole key, for messages of others: "plan.json: regions[1].size".
  std::string where(const std::string& key) const;
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;

  // Of a key that must be there; with a second argument, of one that may be missing.
  std::string text(const std::string& key);
  std::string text(const std::string& key, const std::string& otherwise);
  bool flag(const std::string& key, bool otherwise);
  /// A whole number, or a string such as "64K" or "0x1000".
  std::uint64_t size(const std::string& key);
  std::uint64_t size(const std::string& key, std::uint64_t otherwise);
  /// A whole number in [least, most].
  std::int64_t number(const std::string& key, std::int64_t least, std::int64_t most, std::int64_t otherwise);
  double fraction(const std::string& key, double otherwise);
  /// A string such as "10ns".
  sc_core::sc_time time(const std::string& key, const sc_core::sc_time& otherwise);
  /// Bytes a second: a string such as "1.6GB/s".
  double rate(const std::string& key, double otherwise);
  /// One of `words`; returns its place.
  std::size_t word(const std::string& key, const std::vector<std::string>& words, std::optional<std::size_t> otherwise);

  bool is_object(const std::string& key);
  JsonReader object(const std::string& key);
  std::vector<JsonReader> objects(const std::string& key);

  /// To be called when all keys were read.
  void finish() const;

 private:
  JsonReader(std::string file, std::string path, nlohmann::json value);

  const nlohmann::json* find(const std::string& key);
  const nlohmann::json& get(const std::string& key);

  std::string file_;
  std::string path_;  ///< Of the object, with a dot behind it; empty for the outermost.
  nlohmann::json value_;
  std::set<std::string> known_;
};

}  // namespace sc_memory::sim
