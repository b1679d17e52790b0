// Bringing places in order.
#include "sc_memory/map/region_places.h"

#include <algorithm>

#include "sc_memory/map/address_space.h"

namespace sc_memory {

void merge_places(std::vector<RegionPlace>& places) {
  std::sort(places.begin(), places.end(), [](const RegionPlace& a, const RegionPlace& b) {
    return a.space != b.space ? a.space->age() < b.space->age() : a.window.first < b.window.first;
  });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    AddressRange& window = places[kept].window;
    if (places[i].space == places[kept].space && window.overlaps(places[i].window))
      window.last = std::max(window.last, places[i].window.last);
    else
      places[++kept] = places[i];
  }
  if (!places.empty()) places.resize(kept + 1);
}

}  // namespace sc_memory
