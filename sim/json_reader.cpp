// Values and their mistakes.
#include "sim/json_reader.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "models/boot/file_bytes.h"
#include "sim/options.h"

namespace sc_memory::sim {

using nlohmann::json;

JsonReader::JsonReader(std::string file, std::string path, json value)
    : file_(std::move(file)), path_(std::move(path)), value_(std::move(value)) {}

JsonReader JsonReader::read(const std::string& file) {
  const models::Bytes bytes = models::read_whole_file(file, "a description in JSON");
  json value;
  try {
    value = json::parse(bytes.begin(), bytes.end(), nullptr, true, true);
  } catch (const json::parse_error& error) {
    // "[json.exception.parse_error.101] parse error at line 3, column 5: ..."
    const std::string words = error.what();
    const std::size_t begin = words.find("] ");
    throw OptionError(fmt::format("{}: {}", file, begin == std::string::npos ? words : words.substr(begin + 2)));
  }
  if (!value.is_object()) throw OptionError(fmt::format("{}: is no JSON object; expected {{...}}", file));
  return {file, "", std::move(value)};
}

std::string JsonReader::where(const std::string& key) const { return fmt::format("{}: {}{}", file_, path_, key); }

void JsonReader::fail(const std::string& key, const std::string& problem) const {
  throw OptionError(fmt::format("{}: {}", where(key), problem));
}

const json* JsonReader::find(const std::string& key) {
  known_.insert(key);
  const auto found = value_.find(key);
  return found != value_.end() ? &*found : nullptr;
}

const json& JsonReader::get(const std::string& key) {
  const json* const found = find(key);
  if (found == nullptr) fail(key, "is missing");
  return *found;
}

std::string JsonReader::text(const std::string& key) {
  const json& value = get(key);
  if (!value.is_string() || value.get_ref<const std::string&>().empty())
    fail(key, fmt::format("{} is no text; expected a string", value.dump()));
  return value.get<std::string>();
}

std::string JsonReader::text(const std::string& key, const std::string& otherwise) {
  return has(key) ? text(key) : otherwise;
}

bool JsonReader::flag(const std::string& key, bool otherwise) {
  if (!has(key)) return otherwise;
  const json& value = get(key);
  if (!value.is_boolean()) fail(key, fmt::format("is {}; expected true or false", value.dump()));
  return value.get<bool>();
}

std::uint64_t JsonReader::size(const std::string& key) {
  const json& value = get(key);
  if (value.is_string()) return parse_size(where(key), value.get<std::string>());
  if (!value.is_number_unsigned())
    fail(key, fmt::format("is {}; expected a whole number, or a string such as \"64K\" or \"0x1000\"", value.dump()));
  return value.get<std::uint64_t>();
}

std::uint64_t JsonReader::size(const std::string& key, std::uint64_t otherwise) {
  return has(key) ? size(key) : otherwise;
}

std::int64_t JsonReader::number(const std::string& key, std::int64_t least, std::int64_t most, std::int64_t otherwise) {
  if (!has(key)) return otherwise;
  const json& value = get(key);
  const bool fits =
      value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX);
  if (!fits || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most)
    fail(key, fmt::format("is {}; expected a whole number from {} to {}", value.dump(), least, most));
  return value.get<std::int64_t>();
}

double JsonReader::fraction(const std::string& key, double otherwise) {
  if (!has(key)) return otherwise;
  const json& value = get(key);
  if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1)
    fail(key, fmt::format("is {}; expected a number from 0 to 1", value.dump()));
  return value.get<double>();
}

sc_core::sc_time JsonReader::time(const std::string& key, const sc_core::sc_time& otherwise) {
  return has(key) ? parse_time(where(key), text(key)) : otherwise;
}

double JsonReader::rate(const std::string& key, double otherwise) {
  if (!has(key)) return otherwise;
  const std::string value = text(key);
  static const std::vector<std::pair<std::string, double>> kUnits = {
      {"GB/s", 1e9}, {"MB/s", 1e6}, {"kB/s", 1e3}, {"B/s", 1}};
  for (const auto& [unit, factor] : kUnits) {
    if (value.size() <= unit.size() || value.compare(value.size() - unit.size(), unit.size(), unit) != 0) continue;
    const std::string digits = value.substr(0, value.size() - unit.size());
    std::size_t used = 0;
    double number = 0;
    try {
      number = std::stod(digits, &used);
    } catch (const std::logic_error&) {
      break;
    }
    if (digits.find_first_not_of(' ', used) == std::string::npos && std::isfinite(number) && number > 0)
      return number * factor;
    break;
  }
  fail(key, fmt::format("'{}' is no rate; give a number with B/s, kB/s, MB/s or GB/s, such as 1.6GB/s", value));
}

std::size_t JsonReader::word(const std::string& key, const std::vector<std::string>& words,
                             std::optional<std::size_t> otherwise) {
  if (otherwise && !has(key)) return *otherwise;
  const std::string value = text(key);
  const auto found = std::find(words.begin(), words.end(), value);
  if (found == words.end()) fail(key, fmt::format("'{}' is unknown; expected {}", value, fmt::join(words, ", ")));
  return static_cast<std::size_t>(found - words.begin());
}

bool JsonReader::is_object(const std::string& key) {
  const json* const value = find(key);
  return value != nullptr && value->is_object();
}

JsonReader JsonReader::object(const std::string& key) {
  const json& value = get(key);
  if (!value.is_object()) fail(key, fmt::format("is {}; expected an object, {{...}}", value.dump()));
  return {file_, path_ + key + ".", value};
}

std::vector<JsonReader> JsonReader::objects(const std::string& key) {
  const json& value = get(key);
  if (!value.is_array() || value.empty()) fail(key, "is no list; expected [{...}, ...] with at least one object");
  std::vector<JsonReader> result;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::string place = fmt::format("{}[{}]", key, i);
    if (!value[i].is_object()) fail(place, fmt::format("is {}; expected an object, {{...}}", value[i].dump()));
    result.push_back({file_, path_ + place + ".", value[i]});
  }
  return result;
}

void JsonReader::finish() const {
  for (const auto& [key, value] : value_.items()) {
    if (known_.count(key) == 0) fail(key, fmt::format("is unknown; expected {}", fmt::join(known_, ", ")));
  }
}

}  // namespace sc_memory::sim
