// The one place where changes become visible: new views for all touched spaces first, then publication, then the
// listeners.
#include "sc_memory/map/map_state.h"

#include <algorithm>
#include <utility>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/coalesced_writes.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/region_places.h"

namespace sc_memory {

const std::vector<AddressRange>& everything() {
  static const auto* const ranges = new std::vector<AddressRange>{AddressRange::whole()};
  return *ranges;
}

MapState& MapState::instance() {
  // Never destroyed: regions with static storage may outlive any other static object.
  static MapState* const state = new MapState;
  return *state;
}

void MapState::begin() {
  if (depth_ == 0) CoalescedWrites::instance().flush();
  ++depth_;
}

void MapState::begin_quietly() noexcept {
  try {
    begin();
  } catch (...) {
    ++depth_;
  }
}

std::exception_ptr MapState::commit() {
  if (depth_ == 0) throw MapError("a map transaction is committed that was never begun");
  if (--depth_ > 0 || committing_) return nullptr;
  committing_ = true;
  published_ = false;
  FirstError error;
  try {
    prepare();
    publish_prepared(error);
  } catch (...) {
    committing_ = false;
    // Once something was published the original change stands, and this is about changes that listeners made.
    if (!published_) throw;
    error.note(std::current_exception());
  }
  committing_ = false;
  return error.get();
}

void MapState::commit_or_empty() noexcept {
  try {
    // A destructor has nobody to hand a listener's exception to.
    (void)commit();
  } catch (...) {
    // By index: a listener may make or destroy spaces meanwhile.
    for (std::size_t i = 0; i < spaces_.size(); ++i) {
      if (spaces_[i]->is_touched()) spaces_[i]->publish_nothing();
    }
  }
}

void MapState::prepare() {
  prepared_mark_ = touch_mark_;
  for (AddressSpace* space : touched_) space->prepare(shared_view(*space));
}

std::shared_ptr<const FlatView> MapState::shared_view(const AddressSpace& space) {
  if (space.root_ == nullptr) return nullptr;
  // The oldest space of a root, which comes first in every pass.
  const AddressSpace& first = *space.root_->rooted_spaces_.front();
  if (&first == &space) return nullptr;
  return first.is_touched() ? first.next_view() : first.view_pointer();
}

void MapState::publish_prepared(FirstError& error) {
  while (!touched_.empty()) {
    // A listener changed the map: what is still waiting shows what may be gone.
    if (touch_mark_ != prepared_mark_) prepare();
    published_ = true;
    AddressSpace& space = *touched_.front();
    touched_.erase(touched_.begin());
    error.note(space.publish());
    gone_.clear();
  }
}

void MapState::withdraw(const MemoryRegion& region) noexcept {
  if (!transaction_open() && !committing_) return;
  ++withdrawing_;
  try {
    const std::vector<RegionPlace> places = published_places(region, AddressRange::whole());
    for (auto place = places.begin(); place != places.end();) {
      AddressSpace* const space = place->space;
      std::vector<AddressRange> windows;
      for (; place != places.end() && place->space == space; ++place) windows.push_back(place->window);
      // A listener may destroy spaces meanwhile.
      if (std::find(spaces_.begin(), spaces_.end(), space) != spaces_.end()) space->withdraw(region, windows);
    }
  } catch (...) {
    for (std::size_t i = 0; i < spaces_.size(); ++i) spaces_[i]->withdraw(region, everything());
  }
  if (--withdrawing_ == 0 && !committing_) {
    gone_.clear();
    return;
  }
  try {
    gone_.push_back(&region);
  } catch (...) {
    // Then the announcement that is going on still speaks of it.
  }
}

void MapState::touch(const MemoryRegion& region, const AddressRange& part) noexcept {
  RegionClimb::for_each_place(region, part,
                              [this](AddressSpace& space, const AddressRange& window) { touch(space, window); });
}

void MapState::touch(AddressSpace& space, const AddressRange& window) noexcept {
  ++touch_mark_;
  if (!space.is_touched()) {
    // There is room for all spaces.
    const auto older = [](const AddressSpace* a, const AddressSpace* b) { return a->age_ < b->age_; };
    touched_.insert(std::upper_bound(touched_.begin(), touched_.end(), &space, older), &space);
  }
  space.pending_.add(window);
}

std::vector<RegionPlace> MapState::published_places(const MemoryRegion& region, const AddressRange& part) {
  std::vector<RegionPlace> places;
  RegionClimb::for_each_place(region, part, [&](AddressSpace& space, const AddressRange& window) {
    places.push_back({&space, window});
  });
  // Where a view is not yet what the tree calls for, it may show what the tree no longer does.
  for (AddressSpace* space : touched_) {
    for (const AddressRange& window : space->pending_.merged()) places.push_back({space, window});
  }
  merge_places(places);
  return places;
}

void MapState::add_space(AddressSpace& space) {
  touched_.reserve(spaces_.size() + 1);
  spaces_.push_back(&space);
  space.age_ = ++spaces_made_;
  touch(space, AddressRange::whole());
}

void MapState::remove_space(AddressSpace& space) noexcept {
  spaces_.erase(std::remove(spaces_.begin(), spaces_.end(), &space), spaces_.end());
  touched_.erase(std::remove(touched_.begin(), touched_.end(), &space), touched_.end());
}

void MapState::add_listener(MemoryListener& listener) {
  const auto position = std::find_if(listeners_.begin(), listeners_.end(), [&](const MemoryListener* other) {
    return other->priority() > listener.priority();
  });
  listeners_.insert(position, &listener);
  // What is prepared does not know the newcomer, who has just been told of the state before.
  ++touch_mark_;
}

void MapState::remove_listener(MemoryListener& listener) noexcept {
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), &listener), listeners_.end());
  ++listeners_removed_;
}

void MapState::drop_listeners_of(const AddressSpace& space) noexcept {
  const auto kept = std::remove_if(listeners_.begin(), listeners_.end(), [&](MemoryListener* listener) {
    if (listener->filter_ != &space) return false;
    listener->registered_ = false;
    listener->filter_ = nullptr;
    return true;
  });
  listeners_.erase(kept, listeners_.end());
  ++listeners_removed_;
}

std::vector<MemoryListener*> MapState::listeners_of(const AddressSpace& space) const {
  std::vector<MemoryListener*> found;
  for (MemoryListener* listener : listeners_) {
    if (listener->filter() == nullptr || listener->filter() == &space) found.push_back(listener);
  }
  return found;
}

bool MapState::is_registered(const MemoryListener& listener) const {
  return std::find(listeners_.begin(), listeners_.end(), &listener) != listeners_.end();
}

}  // namespace sc_memory
