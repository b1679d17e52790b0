// Numbers are given to the trees' regions as they are met, so that aliases can name what they show.
#include "sc_memory/map/map_json.h"

#include <deque>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_text.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

namespace {

using Json = nlohmann::ordered_json;

std::string hex(std::uint64_t number) { return fmt::format("{:#x}", number); }
std::string hex_size(std::uint64_t size) { return size == kWholeSpace ? "0x10000000000000000" : hex(size); }

/// Names are whatever their givers chose; text that is no UTF-8 must not make an exception.
std::string dump(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json range_json(const FlatRange& range) {
  return {{"first", hex(range.range.first)}, {"last", hex(range.range.last)}, {"region", range.region->name()},
          {"offset", hex(range.offset)},     {"kind", json_kind(range)},      {"readonly", range.readonly}};
}

Json name_of(const MemoryRegion* region) { return region != nullptr ? Json(region->name()) : Json(); }

class TreeWriter {
 public:
  Json space_json(const AddressSpace& space) {
    return {{"name", space.name()}, {"tree", space.root() != nullptr ? region_json(*space.root()) : Json()}};
  }

  /// The targets that were only mentioned so far; writing them may mention more.
  Json targets_json() {
    Json targets = Json::array();
    for (; !mentioned_.empty(); mentioned_.pop_front()) {
      if (!entry_of(*mentioned_.front()).written) targets.push_back(region_json(*mentioned_.front()));
    }
    return targets;
  }

 private:
  struct Entry {
    std::size_t id;
    bool written = false;
  };

  Entry& entry_of(const MemoryRegion& region) {
    return entries_.try_emplace(&region, Entry{entries_.size()}).first->second;
  }

  Json region_json(const MemoryRegion& region) {
    Entry& entry = entry_of(region);
    Json json{{"id", entry.id}};
    if (entry.written) return json;
    entry.written = true;
    json["name"] = region.name();
    json["kind"] = json_kind(region);
    json["address"] = hex(region.address());
    json["size"] = hex_size(region.size());
    json["priority"] = region.priority();
    json["enabled"] = region.enabled();
    json["readonly"] = region.readonly();
    if (region.kind() == RegionKind::alias)
      add_target(json, static_cast<const AliasRegion&>(region));
    else
      add_children(json, region);
    return json;
  }

  void add_target(Json& json, const AliasRegion& alias) {
    const MemoryRegion* const target = alias.target();
    json["target"] = target != nullptr ? Json(entry_of(*target).id) : Json();
    json["target_offset"] = hex(alias.alias_offset());
    if (target != nullptr) mentioned_.push_back(target);
  }

  void add_children(Json& json, const MemoryRegion& region) {
    Json children = Json::array();
    for (const MemoryRegion* child : children_by_address(region)) children.push_back(region_json(*child));
    json["children"] = std::move(children);
  }

  std::unordered_map<const MemoryRegion*, Entry> entries_;
  std::deque<const MemoryRegion*> mentioned_;
};

}  // namespace

const char* json_kind(const MemoryRegion& region) {
  switch (region.kind()) {
    case RegionKind::container:
      return "container";
    case RegionKind::alias:
      return "alias";
    case RegionKind::reservation:
      return "reservation";
    case RegionKind::iommu:
      return "iommu";
    case RegionKind::io:
      return "io";
    default: {
      // ram, rom or romd; a ROM device that is not readable is a device.
      const std::string_view kind = mtree_kind(region);
      return kind == "i/o" ? "io" : kind.data();
    }
  }
}

const char* json_kind(const FlatRange& range) {
  switch (range.service) {
    case Service::memory:
      return range.readonly ? "rom" : "ram";
    case Service::reservation:
      return "reservation";
    case Service::iommu:
      return "iommu";
    default:
      return range.direct_reads ? "romd" : "io";
  }
}

std::string flat_json(const std::vector<const AddressSpace*>& spaces) {
  Json list = Json::array();
  for (const AddressSpace* space : spaces) {
    Json ranges = Json::array();
    for (const FlatRange& range : space->view().ranges()) ranges.push_back(range_json(range));
    list.push_back({{"name", space->name()}, {"root", name_of(space->root())}, {"flat", std::move(ranges)}});
  }
  return dump({{"address_spaces", std::move(list)}});
}

std::string tree_json(const std::vector<const AddressSpace*>& spaces) {
  TreeWriter writer;
  Json list = Json::array();
  for (const AddressSpace* space : spaces) list.push_back(writer.space_json(*space));
  Json targets = writer.targets_json();
  return dump({{"address_spaces", std::move(list)}, {"regions", std::move(targets)}});
}

}  // namespace sc_memory
