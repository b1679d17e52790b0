// Stretches are kept apart by their magnitude: what reaches into some addresses begins close before them then.
#include "sc_memory/tlm/translated_places.h"

#include <algorithm>

namespace sc_memory {

namespace {

/// How many bits `reach` has: it is less than 2 to the power of that.
std::size_t magnitude_of(std::uint64_t reach) {
  std::size_t bits = 0;
  for (; reach != 0; reach >>= 1) ++bits;
  return bits;
}

std::uint64_t longest_reach(std::size_t magnitude) {
  return magnitude == 64 ? UINT64_MAX : (std::uint64_t{1} << magnitude) - 1;
}

std::vector<AddressRange> merged(std::vector<AddressRange> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<AddressRange> result;
  for (const AddressRange& range : ranges) {
    if (!result.empty() && (result.back().last == UINT64_MAX || range.first <= result.back().last + 1))
      result.back().last = std::max(result.back().last, range.last);
    else
      result.push_back(range);
  }
  return result;
}

}  // namespace

void TranslatedPlaces::note(const AddressRange& here, Address distance) {
  const std::uint64_t reach = here.last - here.first;
  const bool is_new = by_magnitude_[magnitude_of(reach)].emplace(here.first + distance, here.first, reach).second;
  if (is_new) ++size_;
}

std::vector<AddressRange> TranslatedPlaces::leading_to(const AddressRange& there) const {
  std::vector<AddressRange> found;
  for (std::size_t magnitude = 0; magnitude < by_magnitude_.size(); ++magnitude) {
    const Places& places = by_magnitude_[magnitude];
    if (places.empty()) continue;
    const Address earliest = there.first - std::min(there.first, longest_reach(magnitude));
    for (auto place = places.lower_bound({earliest, 0, 0}); place != places.end(); ++place) {
      const auto& [first_there, first_here, reach] = *place;
      if (first_there > there.last) break;
      const auto part = AddressRange{first_there, first_there + reach}.intersection(there);
      if (part) found.push_back({part->first - first_there + first_here, part->last - first_there + first_here});
    }
  }
  return merged(std::move(found));
}

void TranslatedPlaces::clear() {
  for (Places& places : by_magnitude_) places.clear();
  size_ = 0;
}

}  // namespace sc_memory
