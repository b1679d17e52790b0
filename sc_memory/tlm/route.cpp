// Following translations until something serves.
#include "sc_memory/tlm/route.h"

#include <algorithm>

#include "sc_memory/map/iommu_region.h"

namespace sc_memory {

namespace {

/// How far around an address something stays the same.
struct Reach {
  std::uint64_t below = UINT64_MAX;
  std::uint64_t above = UINT64_MAX;

  void limit(Address address, const AddressRange& range) {
    below = std::min(below, address - range.first);
    above = std::min(above, range.last - address);
  }
};

}  // namespace

Route route_of(AddressSpace& space, Address address, Direction direction, const Attributes& attributes,
               std::vector<RouteHop>* hops) {
  Route route{&space, nullptr, address, {address, address}};
  Reach reach;
  reach.limit(address, AddressRange::whole());
  for (unsigned translations = 0;; ++translations) {
    route.range = route.space->view().find(route.address);
    reach.limit(route.address,
                route.range != nullptr ? route.range->range : route.space->view().hole_around(route.address));
    if (route.range == nullptr || route.range->service != Service::iommu) break;
    const Address offset = route.range->offset_of(route.address);
    const auto& region = static_cast<const IommuRegion&>(*route.range->region);
    const Translation translation = region.translate(offset, direction, attributes);
    reach.limit(offset, translation.from);
    route.reads = route.reads && translation.reads;
    route.writes = route.writes && translation.writes && !route.range->readonly;
    route.translated = true;
    route.range = nullptr;
    route.space = translations < IommuRegion::kMaxTranslations ? translation.space : nullptr;
    if (route.space == nullptr) break;
    route.address = translation.to + (offset - translation.from.first);
    if (hops != nullptr) hops->push_back({route.space, route.address});
  }
  route.around = {address - reach.below, address + reach.above};
  return route;
}

}  // namespace sc_memory
