// The table of names.
#include "sc_memory/analysis/traffic_name.h"

#include <deque>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "sc_memory/map/memory_region.h"
#include "sc_memory/tlm/initiator_port.h"

namespace sc_memory {

namespace {

/// Of the whole program: records outlive routers.
class Names {
 public:
  static Names& instance() {
    static Names* const names = new Names;  // Never destroyed: static objects may still hold records.
    return *names;
  }

  std::uint32_t index_of(const std::string& text) {
    const auto found = indices_.find(text);
    if (found != indices_.end()) return found->second;
    texts_.push_back(text);
    const auto index = static_cast<std::uint32_t>(texts_.size() - 1);
    indices_.emplace(texts_.back(), index);
    return index;
  }

  std::uint32_t index_of(const MemoryRegion& region) {
    const auto known = regions_.find(&region);
    if (known != regions_.end() && !known->second.lifetime.expired()) return known->second.index;
    return regions_[&region] = {region.lifetime(), claim(region)}, regions_[&region].index;
  }

  const std::string& text(std::uint32_t index) const { return texts_[index]; }

 private:
  struct Known {
    std::weak_ptr<const void> lifetime;
    std::uint32_t index;
  };

  /// The first of "name", "name#2"... that no other living region has.
  std::uint32_t claim(const MemoryRegion& region) {
    std::string text = region.name();
    for (unsigned number = 2;; ++number) {
      const std::uint32_t index = index_of(text);
      std::weak_ptr<const void>& owner = owners_[index];
      if (owner.expired()) {
        owner = region.lifetime();
        return index;
      }
      text = region.name() + "#" + std::to_string(number);
    }
  }

  std::deque<std::string> texts_{"(none)", "(unmapped)"};
  std::unordered_map<std::string_view, std::uint32_t> indices_{{texts_[0], 0}, {texts_[1], 1}};
  std::unordered_map<const MemoryRegion*, Known> regions_;
  std::unordered_map<std::uint32_t, std::weak_ptr<const void>> owners_;
};

}  // namespace

TrafficName TrafficName::of(const InitiatorPort& port) { return TrafficName(Names::instance().index_of(port.name())); }

TrafficName TrafficName::of(const MemoryRegion* region) {
  return TrafficName(region != nullptr ? Names::instance().index_of(*region) : 1);
}

TrafficName TrafficName::of(const std::string& text) { return TrafficName(Names::instance().index_of(text)); }

const std::string& TrafficName::text() const { return Names::instance().text(index_); }

}  // namespace sc_memory
