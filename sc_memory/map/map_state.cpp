// The one place where changes become visible: new views for all touched spaces first, then publication, then the
// listeners.
#include "sc_memory/map/map_state.h"

#include <algorithm>
#include <utility>

#include "sc_memory/map/address_space.h"
#include "sc_memory/map/coalesced_writes.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

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
    for (AddressSpace* space : spaces_) {
      if (space->touched_) space->publish_nothing();
    }
  }
}

void MapState::prepare() {
  prepared_mark_ = touch_mark_;
  for (AddressSpace* space : spaces_) {
    if (space->touched_) space->prepare(shared_view(*space));
  }
}

std::shared_ptr<const FlatView> MapState::shared_view(const AddressSpace& space) const {
  for (const AddressSpace* other : spaces_) {
    if (other == &space) break;
    if (other->root_ == space.root_) return other->touched_ ? other->next_view() : other->view_pointer();
  }
  return nullptr;
}

AddressSpace* MapState::next_prepared() const {
  const auto found =
      std::find_if(spaces_.begin(), spaces_.end(), [](const AddressSpace* space) { return space->has_next_view(); });
  return found == spaces_.end() ? nullptr : *found;
}

void MapState::publish_prepared(FirstError& error) {
  while (AddressSpace* space = next_prepared()) {
    published_ = true;
    error.note(space->publish());
    gone_.clear();
    // A listener changed the map: what is still waiting shows what may be gone.
    if (touch_mark_ != prepared_mark_) prepare();
  }
}

void MapState::withdraw(const MemoryRegion& region) noexcept {
  if (!transaction_open() && !committing_) return;
  ++withdrawing_;
  // By index: a listener may make or destroy spaces meanwhile.
  for (std::size_t i = 0; i < spaces_.size(); ++i) spaces_[i]->withdraw(region);
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

void MapState::touch(MemoryRegion& region) noexcept {
  ++touch_mark_;
  touch_above(region);
}

void MapState::touch_above(MemoryRegion& region) noexcept {
  if (std::exchange(region.touch_mark_, touch_mark_) == touch_mark_) return;
  for (AddressSpace* space : region.rooted_spaces_) space->touched_ = true;
  if (region.parent_ != nullptr) touch_above(*region.parent_);
  for (AliasRegion* alias : region.aliases_) touch_above(*alias);
}

void MapState::touch_all() noexcept {
  ++touch_mark_;
  for (AddressSpace* space : spaces_) space->touched_ = true;
}

void MapState::add_space(AddressSpace& space) {
  spaces_.push_back(&space);
  ++touch_mark_;
}

void MapState::remove_space(AddressSpace& space) noexcept {
  spaces_.erase(std::remove(spaces_.begin(), spaces_.end(), &space), spaces_.end());
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
}

void MapState::drop_listeners_of(const AddressSpace& space) noexcept {
  const auto kept = std::remove_if(listeners_.begin(), listeners_.end(), [&](MemoryListener* listener) {
    if (listener->filter_ != &space) return false;
    listener->registered_ = false;
    listener->filter_ = nullptr;
    return true;
  });
  listeners_.erase(kept, listeners_.end());
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
