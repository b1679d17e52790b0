// Asking the translator, and telling who relied on its answers.
#include "sc_memory/map/iommu_region.h"

#include <algorithm>
#include <fmt/format.h>

#include "sc_memory/map/map_error.h"
#include "sc_memory/map/section_walk.h"

namespace sc_memory {

namespace {

/// The part of a translation that concerns `part`, which overlaps it.
Translation clipped(const Translation& translation, const AddressRange& part) {
  Translation inside = translation;
  inside.from = *translation.from.intersection(part);
  inside.to = translation.to + (inside.from.first - translation.from.first);
  return inside;
}

}  // namespace

IommuRegion::IommuRegion(std::string name, std::uint64_t size, Translator& translator)
    : ParentRegion(RegionKind::iommu, std::move(name), size, {Service::iommu, nullptr, false, false, 0}),
      translator_(translator) {
  if (translator.index_count() == 0)
    throw MapError(fmt::format("'{}' has a translator without any index space", this->name()));
}

Translation IommuRegion::translate(Address offset, Direction direction, const Attributes& attributes) const {
  return translate_in(offset, direction, translator_.index_of(attributes), attributes);
}

Translation IommuRegion::translate_in(Address offset, Direction direction, unsigned index,
                                      const Attributes& attributes) const {
  const Translation translation = translator_.translate(offset, direction, index, attributes);
  const AddressRange& from = translation.from;
  const bool makes_sense = from.first <= from.last && from.contains(offset) &&
                           (translation.space == nullptr || from.last - from.first <= UINT64_MAX - translation.to);
  return makes_sense ? translation : Translation::fault(offset, 1);
}

void IommuRegion::check_index(unsigned index) const {
  if (index >= index_count())
    throw MapError(
        fmt::format("{} has {} index spaces, and so none of number {}", describe(*this), index_count(), index));
}

const IommuRegion::Registration* IommuRegion::find_registration(const TranslationListener& listener) const {
  const auto found = std::find_if(listeners_.begin(), listeners_.end(),
                                  [&](const Registration& other) { return other.listener == &listener; });
  return found == listeners_.end() ? nullptr : &*found;
}

void IommuRegion::add_listener(TranslationListener& listener, const AddressRange& part, unsigned index) {
  check_index(index);
  if (find_registration(listener) != nullptr)
    throw MapError(fmt::format("a translation listener is added to {} that is there already", describe(*this)));
  listeners_.push_back({&listener, part, index});
}

void IommuRegion::remove_listener(TranslationListener& listener) {
  const Registration* registration = find_registration(listener);
  if (registration == nullptr)
    throw MapError(fmt::format("a translation listener is removed from {} that is not there", describe(*this)));
  listeners_.erase(listeners_.begin() + (registration - listeners_.data()));
}

void IommuRegion::replay(TranslationListener& listener, const Attributes& attributes) {
  const Registration* found = find_registration(listener);
  if (found == nullptr)
    throw MapError(fmt::format("a translation listener wants a replay from {} that is not there", describe(*this)));
  const Registration registration = *found;
  const auto part = extent() ? extent()->intersection(registration.part) : std::nullopt;
  if (!part) return;
  for (Address offset = part->first;;) {
    const Translation translation = translate_in(offset, Direction::read, registration.index, attributes);
    if (translation.space != nullptr) listener.mapped(*this, registration.index, clipped(translation, *part));
    if (translation.from.last >= part->last) return;
    offset = translation.from.last + 1;
  }
}

template <typename Tell>
void IommuRegion::tell(const AddressRange& range, unsigned index, Tell&& tell) {
  check_index(index);
  const std::vector<Registration> registrations = listeners_;
  for (const Registration& registration : registrations) {
    const auto part = range.intersection(registration.part);
    if (part && registration.index == index && find_registration(*registration.listener) != nullptr)
      tell(*registration.listener, *part);
  }
  tell_sections_of(*this, range, [](MemoryListener& listener, const Section& section) {
    listener.direct_access_changed(section, DirectAccessChange::translation);
  });
}

void IommuRegion::notify_mapped(const Translation& translation, unsigned index) {
  tell(translation.from, index, [&](TranslationListener& listener, const AddressRange& part) {
    listener.mapped(*this, index, clipped(translation, part));
  });
}

void IommuRegion::notify_unmapped(const AddressRange& range, unsigned index) {
  tell(range, index,
       [&](TranslationListener& listener, const AddressRange& part) { listener.unmapped(*this, index, part); });
}

}  // namespace sc_memory
