// Finding the struct that stands for a C++ object, and the other way round.
#include "sc_memory/compat/objects.h"

#include <deque>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

#include "sc_memory/compat/mappings.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/memory_region.h"

namespace sc_memory::compat {

namespace {

/// Structs by the address of their objects. Those that only refer to an object stay for good: what lies at that address
/// later on is what they refer to then.
template <typename Struct, typename Object>
struct Table {
  std::unordered_map<const Object*, Struct*> structs;
  std::deque<Struct> referring;
};

template <typename Struct, typename Object>
Table<Struct, Object>& table() {
  // Never destroyed: structs with static storage may outlive any other static object.
  static auto* const only = new Table<Struct, Object>;
  return *only;
}

auto& regions() { return table<MemoryRegion, sc_memory::MemoryRegion>(); }
auto& spaces() { return table<AddressSpace, sc_memory::AddressSpace>(); }

/// The struct of the space that is just being made, of which listeners hear before its constructor is done.
AddressSpace* being_made = nullptr;

[[noreturn]] void fail_unusable(const char* function, const char* what, bool is_null) {
  throw MapError(fmt::format("{}: the {} is {}", function, what, is_null ? "a null pointer" : "not initialized"));
}

[[noreturn]] void fail_used(const char* function, const char* what, const std::string& name) {
  throw MapError(fmt::format("{}: the {} is initialized already, as '{}'; destroy it first", function, what, name));
}

}  // namespace

MemoryRegion::MemoryRegion() = default;
MemoryRegion::~MemoryRegion() { Objects::release(*this); }
AddressSpace::AddressSpace() = default;
AddressSpace::~AddressSpace() { Objects::release(*this); }

sc_memory::MemoryRegion& Objects::of(MemoryRegion* mr, const char* function) {
  if (mr == nullptr || mr->region_ == nullptr) fail_unusable(function, "memory region", mr == nullptr);
  return *mr->region_;
}

sc_memory::AddressSpace& Objects::of(AddressSpace* as, const char* function) {
  if (as == nullptr || as->space_ == nullptr) fail_unusable(function, "address space", as == nullptr);
  return *as->space_;
}

MemoryRegion* Objects::struct_of(sc_memory::MemoryRegion* region) {
  if (region == nullptr) return nullptr;
  const auto found = regions().structs.find(region);
  if (found != regions().structs.end()) return found->second;
  MemoryRegion& referring = regions().referring.emplace_back();
  referring.region_ = region;
  regions().structs.emplace(region, &referring);
  return &referring;
}

AddressSpace* Objects::struct_of(sc_memory::AddressSpace* space) {
  if (space == nullptr) return nullptr;
  const auto found = spaces().structs.find(space);
  if (found != spaces().structs.end()) return found->second;
  AddressSpace& made = being_made != nullptr ? *std::exchange(being_made, nullptr) : spaces().referring.emplace_back();
  made.mappings_ = std::make_unique<AddressSpace::Mappings>();
  made.space_ = space;
  spaces().structs.emplace(space, &made);
  return &made;
}

void Objects::check_unused(const MemoryRegion* mr, const char* function) {
  if (mr == nullptr) fail_unusable(function, "memory region", true);
  if (mr->region_ != nullptr) fail_used(function, "memory region", mr->region_->name());
}

void Objects::check_unused(const AddressSpace* as, const char* function) {
  if (as == nullptr) fail_unusable(function, "address space", true);
  if (as->space_ != nullptr) fail_used(function, "address space", as->space_->name());
}

void Objects::own(MemoryRegion& mr, std::unique_ptr<sc_memory::MemoryRegion> region) {
  regions().structs.insert_or_assign(region.get(), &mr);
  mr.region_ = region.get();
  mr.owned_ = std::move(region);
}

void Objects::make_space(AddressSpace& as, sc_memory::MemoryRegion& root) {
  being_made = &as;
  try {
    as.owned_ = std::make_unique<sc_memory::AddressSpace>(root.name(), root);
  } catch (...) {
    being_made = nullptr;
    spaces().structs.erase(std::exchange(as.space_, nullptr));
    as.mappings_.reset();
    throw;
  }
  // Makes the struct known, unless a listener asked for it.
  struct_of(as.owned_.get());
}

void Objects::release(MemoryRegion& mr) noexcept {
  // While the object goes, listeners are told of it by its struct.
  const sc_memory::MemoryRegion* const key = mr.region_;
  const bool owned = mr.owned_ != nullptr;
  mr.owned_.reset();
  mr.region_ = nullptr;
  if (owned) regions().structs.erase(key);
}

void Objects::release(AddressSpace& as) noexcept {
  const sc_memory::AddressSpace* const key = as.space_;
  const bool owned = as.owned_ != nullptr;
  as.owned_.reset();
  as.space_ = nullptr;
  as.mappings_.reset();
  if (owned) spaces().structs.erase(key);
}

MemoryRegionSection to_section(const Section& section) {
  MemoryRegionSection result;
  if (!section) return result;
  result.mr = Objects::struct_of(section.region);
  result.address_space = Objects::struct_of(section.space);
  result.offset_within_region = section.offset;
  result.size = section.range.size();
  result.offset_within_address_space = section.range.first;
  result.readonly = section.readonly;
  return result;
}

}  // namespace sc_memory::compat
