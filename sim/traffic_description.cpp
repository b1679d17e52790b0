// Regions, initiators and what they do.
#include "sim/traffic_description.h"

#include <filesystem>
#include <fmt/format.h>

#include "models/traffic/patterns.h"
#include "models/traffic/trace.h"
#include "models/traffic/traffic_error.h"
#include "sim/json_reader.h"
#include "sim/options.h"

namespace sc_memory::sim {

namespace {

using platforms::TrafficPlatformConfig;
using Region = TrafficPlatformConfig::Region;
using Initiator = TrafficPlatformConfig::Initiator;

constexpr std::int64_t kMostOutstanding = 256;
constexpr std::uint64_t kLongestAccess = std::uint64_t{1} << 24;

/// For names that become SystemC's, too.
std::string name_of(JsonReader& object) {
  const std::string name = object.text("name");
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != std::string::npos)
    object.fail("name", fmt::format("'{}' has other characters than letters, digits, _ and -", name));
  return name;
}

void read_timing(JsonReader& object, Region& region) {
  if (object.is_object("latency")) {
    JsonReader latency = object.object("latency");
    region.read_latency = latency.time("read", sc_core::SC_ZERO_TIME);
    region.write_latency = latency.time("write", sc_core::SC_ZERO_TIME);
    latency.finish();
  } else {
    region.read_latency = region.write_latency = object.time("latency", sc_core::SC_ZERO_TIME);
  }
  region.bandwidth = object.rate("bandwidth", 0);
  static const std::vector<std::string> kPolicies = {"none", "fixed_priority", "round_robin", "weighted"};
  region.arbitration = static_cast<Arbitration>(object.word("arbitration", kPolicies, 0));
}

Region read_region(JsonReader& object, const std::vector<Region>& earlier) {
  Region region;
  region.name = name_of(object);
  static const std::vector<std::string> kKinds = {"ram", "rom", "device", "alias", "reservation"};
  region.kind = static_cast<Region::Kind>(object.word("kind", kKinds, 0));
  region.address = object.size("address");
  region.size = object.size("size");
  if (region.size == 0) object.fail("size", "is 0; expected the number of bytes");
  if (object.has("priority")) region.priority = static_cast<int>(object.number("priority", -1000, 1000, 0));
  for (const Region& other : earlier) {
    if (other.name == region.name)
      object.fail("name", fmt::format("'{}' is the name of an earlier region", region.name));
  }
  // What is behind an alias has a timing of its own.
  if (region.kind != Region::Kind::alias) {
    read_timing(object, region);
  } else {
    std::vector<std::string> names;
    for (const Region& other : earlier) names.push_back(other.name);
    if (names.empty()) object.fail("target", "is an earlier region's name, and there is none");
    region.target = names[object.word("target", names, std::nullopt)];
    region.offset = object.size("offset", 0);
  }
  object.finish();
  return region;
}

AddressRange read_window(JsonReader& object, const std::vector<Region>& regions) {
  if (!object.has("region")) {
    const auto window = AddressRange::sized(object.size("address"), object.size("size"));
    if (!window) object.fail("size", "is 0; expected the number of bytes");
    return *window;
  }
  std::vector<std::string> names;
  for (const Region& region : regions) names.push_back(region.name);
  const Region& region = regions[object.word("region", names, std::nullopt)];
  return *AddressRange::sized(region.address, region.size);
}

unsigned read_length(JsonReader& object, const std::string& key, std::uint64_t otherwise) {
  const std::uint64_t length = object.size(key, otherwise);
  if (length == 0 || length > kLongestAccess)
    object.fail(key, fmt::format("is {}; expected a number of bytes from 1 to {}", length, kLongestAccess));
  return static_cast<unsigned>(length);
}

/// Reads the patterns; `endless` tells of the last one whether it ends by itself.
class PatternReader {
 public:
  PatternReader(const std::string& file, const std::vector<Region>& regions) : file_(file), regions_(regions) {}

  std::unique_ptr<models::AccessPattern> read(JsonReader& object, std::uint64_t seed) {
    static const std::vector<std::string> kKinds = {"stream", "stride", "random", "copy", "replay"};
    const std::size_t kind = object.word("kind", kKinds, std::nullopt);
    endless = kind <= 2;
    if (kind == 3) return read_copy(object);
    if (kind == 4) return read_replay(object);
    const AddressRange window = read_window(object, regions_);
    const models::WindowTraffic traffic{window, read_length(object, "length", 4), object.fraction("writes", 0), seed};
    if (kind == 0) return std::make_unique<models::StreamPattern>(traffic);
    if (kind == 1) return std::make_unique<models::StridePattern>(traffic, object.size("stride"));
    return std::make_unique<models::RandomPattern>(traffic);
  }

  bool endless = false;
  std::vector<std::string> traces;  ///< Files of all replays so far.

 private:
  std::unique_ptr<models::AccessPattern> read_copy(JsonReader& object) {
    models::Copy copy;
    copy.source = object.size("from");
    copy.destination = object.size("to");
    copy.size = object.size("size");
    copy.burst = read_length(object, "burst", copy.burst);
    copy.depth = static_cast<unsigned>(object.number("depth", 1, kMostOutstanding, 1));
    copy.repeat = endless = object.flag("repeat", false);
    return std::make_unique<models::CopyPattern>(copy);
  }

  std::unique_ptr<models::AccessPattern> read_replay(JsonReader& object) {
    const auto trace = std::filesystem::path(file_).parent_path() / object.text("file");
    traces.push_back(trace.string());
    return std::make_unique<models::ReplayPattern>(trace.string(), object.text("initiator", ""),
                                                   object.flag("timed", true));
  }

  const std::string& file_;
  const std::vector<Region>& regions_;
};

models::TrafficConfig read_traffic(JsonReader& object, std::uint64_t seed) {
  models::TrafficConfig config;
  static const std::vector<std::string> kStyles = {"blocking", "direct", "nonblocking"};
  config.style = static_cast<models::TrafficConfig::Style>(object.word("style", kStyles, 0));
  if (config.style == models::TrafficConfig::Style::nonblocking) {
    config.outstanding = static_cast<unsigned>(object.number("outstanding", 1, kMostOutstanding, 1));
    config.end_response = object.flag("end_response", true);
  }
  if (object.has("interval") && object.has("pause"))
    object.fail("pause", "is given besides interval; give one of them");
  if (object.has("interval"))
    config.interval(object.time("interval", sc_core::SC_ZERO_TIME));
  else
    config.pause(object.time("pause", sc_core::SC_ZERO_TIME));
  config.exponential = object.flag("random", false);
  config.start = object.time("start", sc_core::SC_ZERO_TIME);
  config.count = object.size("count", 0);
  config.seed = seed;
  config.check = object.flag("check", false);
  return config;
}

Initiator read_initiator(JsonReader& object, PatternReader& patterns, std::size_t index) {
  Initiator initiator;
  initiator.name = name_of(object);
  initiator.priority = static_cast<int>(object.number("priority", -1000, 1000, 0));
  initiator.weight = static_cast<unsigned>(object.number("weight", 1, 1000, 1));
  const std::uint64_t seed = object.size("seed", index + 1);
  initiator.traffic = read_traffic(object, seed);
  JsonReader traffic = object.object("traffic");
  try {
    initiator.pattern = patterns.read(traffic, seed);
  } catch (const models::TrafficError& error) {
    object.fail("traffic", error.what());
  }
  traffic.finish();
  object.finish();
  return initiator;
}

}  // namespace

TrafficDescription read_traffic_description(const std::string& file) {
  JsonReader object = JsonReader::read(file);
  TrafficDescription description;
  description.title = object.text("title", file);
  description.quantum = object.time("quantum", sc_core::SC_ZERO_TIME);
  auto& [regions, initiators] = description.platform;
  for (JsonReader& region : object.objects("regions")) regions.push_back(read_region(region, regions));
  PatternReader patterns(file, regions);
  for (JsonReader& entry : object.objects("initiators")) {
    Initiator initiator = read_initiator(entry, patterns, initiators.size());
    for (const Initiator& other : initiators) {
      if (other.name == initiator.name)
        entry.fail("name", fmt::format("'{}' is the name of an earlier initiator", initiator.name));
    }
    if (patterns.endless && initiator.traffic.count == 0) {
      if (initiator.traffic.pace == sc_core::SC_ZERO_TIME)
        entry.fail("count",
                   "is missing, and accesses that never end need time between them; give count, or a pause or "
                   "an interval");
      description.endless = initiator.name;
    }
    initiators.push_back(std::move(initiator));
  }
  object.finish();
  description.traces = std::move(patterns.traces);
  return description;
}

}  // namespace sc_memory::sim
