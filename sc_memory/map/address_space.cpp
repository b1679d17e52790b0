// Publishing views, telling listeners, and cutting transfers into what one section serves.
#include "sc_memory/map/address_space.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <iterator>
#include <utility>

#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/map_transaction.h"
#include "sc_memory/map/piece_access.h"
#include "sc_memory/map/reader_epochs.h"
#include "sc_memory/map/render.h"
#include "sc_memory/map/view_difference.h"

namespace sc_memory {

namespace {

/// Made early: it is needed when there is no memory to make it.
const std::shared_ptr<const FlatView>& empty_view() {
  static const auto* const view = new std::shared_ptr<const FlatView>(std::make_shared<const FlatView>());
  return *view;
}

}  // namespace

AddressSpace::AddressSpace(std::string name, MemoryRegion& root)
    : name_(std::move(name)),
      root_(&root),
      view_(empty_view()),
      mapping_budget_(std::make_shared<MappingBudget>(*this)) {
  (void)everything();
  published_.store(view_.get());
  root.rooted_spaces_.reserve(root.rooted_spaces_.size() + 1);
  MapTransaction change;
  MapState::instance().add_space(*this);
  root.rooted_spaces_.push_back(this);
  try {
    change.commit();
  } catch (...) {
    leave();
    throw;
  }
}

AddressSpace::~AddressSpace() {
  mapping_budget_->forget_space();
  for (Watchpoint* watchpoint : watchpoints_) watchpoint->space_ = nullptr;
  leave();
}

void AddressSpace::leave() noexcept {
  MapState& map = MapState::instance();
  if (root_ != nullptr) {
    auto& spaces = root_->rooted_spaces_;
    spaces.erase(std::remove(spaces.begin(), spaces.end(), this), spaces.end());
    root_ = nullptr;
  }
  // Listeners find nothing any more when they look at the space, as after any change.
  const std::shared_ptr<const FlatView> before = std::exchange(view_, empty_view());
  published_.store(view_.get());
  ++generation_;
  try {
    // There is nobody to hand a listener's exception to.
    Announcement announcement(map.listeners_of(*this));
    ViewDifference difference(*this, before, view_, everything());
    difference.watches = watches_.all_removed();
    difference.announce(announcement);
  } catch (...) {
    // No memory for saying it.
  }
  ReaderEpochs::instance().retire(before);
  map.drop_listeners_of(*this);
  map.remove_space(*this);
}

void AddressSpace::prepare(std::shared_ptr<const FlatView> shared) {
  next_ = shared != nullptr ? std::move(shared) : render_pending();
  difference_ = std::make_unique<ViewDifference>(*this, view_, next_, pending_.merged());
  difference_->watches = watches_.change_to(*next_, difference_->areas());
  // The old view stays: as the generation does not change, there may be pointers into it.
  if (difference_->empty()) next_ = view_;
  // Publishing must not need memory any more.
  audience_ = MapState::instance().listeners_of(*this);
}

std::shared_ptr<const FlatView> AddressSpace::render_pending() {
  const std::uint8_t log_mask = MapState::instance().global_log_mask();
  FlatView next = view();
  for (const AddressRange& window : pending_.merged()) next = next.with(window, render_window(root_, window, log_mask));
  return std::make_shared<const FlatView>(std::move(next));
}

std::exception_ptr AddressSpace::publish() {
  pending_.clear();
  const std::unique_ptr<ViewDifference> difference = std::move(difference_);
  const std::shared_ptr<const FlatView> next = std::move(next_);
  if (difference->empty()) return nullptr;
  return replace_view(next, *difference, std::move(audience_));
}

std::exception_ptr AddressSpace::replace_view(std::shared_ptr<const FlatView> next, ViewDifference& difference,
                                              std::vector<MemoryListener*> audience) {
  const std::shared_ptr<const FlatView> before = std::exchange(view_, std::move(next));
  watches_.apply(difference.watches);
  published_.store(view_.get());
  ReaderEpochs::instance().retire(before);
  ++generation_;
  Announcement announcement(std::move(audience));
  difference.announce(announcement);
  return announcement.first_error();
}

void AddressSpace::withdraw(const MemoryRegion& region, const std::vector<AddressRange>& windows) noexcept {
  try {
    FlatView rest = view();
    std::vector<AddressRange> holes;
    for (const AddressRange& window : windows) {
      auto range = view().from(window.first);
      for (; range != FlatView::Iterator{} && range->range.first <= window.last; ++range) {
        const bool is_new = holes.empty() || holes.back().last < range->range.first;
        if (range->region == &region && is_new) holes.push_back(range->range);
      }
    }
    if (holes.empty()) return;
    for (const AddressRange& hole : holes) rest = rest.with(hole, {});
    auto next = std::make_shared<const FlatView>(std::move(rest));
    ViewDifference difference(*this, view_, next, holes);
    difference.watches = watches_.change_without(region, holes);
    // The tree may still call for the region, and what was prepared knows nothing of this.
    for (const AddressRange& hole : holes) MapState::instance().touch(*this, hole);
    // A destructor has nobody to hand a listener's exception to.
    (void)replace_view(std::move(next), difference, MapState::instance().listeners_of(*this));
  } catch (...) {
    publish_nothing();
  }
}

void AddressSpace::publish_nothing() noexcept {
  const std::shared_ptr<const FlatView> before = std::exchange(view_, empty_view());
  published_.store(view_.get());
  watches_.clear();
  MapState::instance().touch(*this, AddressRange::whole());
  ++generation_;
  FirstError ignored;  // A destructor has nobody to hand it to.
  const std::vector<MemoryListener*>& listeners = MapState::instance().listeners();
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (listeners[i]->filter() == nullptr || listeners[i]->filter() == this)
      ignored.catch_from([&] { tell_all_removed(*listeners[i], *before); });
  }
  ReaderEpochs::instance().retire(before);
}

void AddressSpace::tell_all_removed(MemoryListener& listener, const FlatView& before) {
  listener.begin(*this);
  for (const FlatRange& range : before.ranges()) listener.region_del(make_section(*this, range));
  listener.view_changed({*this, before, view(), everything()});
  listener.commit(*this);
}

std::exception_ptr AddressSpace::tell_as_added(std::vector<MemoryListener*> listeners) {
  Announcement announcement(std::move(listeners));
  ViewDifference difference(*this, empty_view(), view_, everything());
  difference.watches = watches_.all_added();
  difference.announce(announcement);
  return announcement.first_error();
}

std::exception_ptr AddressSpace::tell_as_removed(std::vector<MemoryListener*> listeners) {
  Announcement announcement(std::move(listeners));
  ViewDifference difference(*this, view_, empty_view(), everything());
  difference.watches = watches_.all_removed();
  difference.announce(announcement);
  return announcement.first_error();
}

Section AddressSpace::find(Address address, std::uint64_t size) const {
  const auto wanted = AddressRange::sized(address, size);
  const FlatRange* range = wanted ? view().first_from(address) : nullptr;
  const auto part = range != nullptr ? range->range.intersection(*wanted) : std::nullopt;
  if (!part) return {};
  return {const_cast<AddressSpace*>(this), range->region, *part, range->offset_of(part->first), range->readonly};
}

void AddressSpace::sync_dirty_log() {
  Announcement announcement(MapState::instance().listeners_of(*this));
  const auto pinned = view_pointer();
  for (const FlatRange& range : pinned->ranges()) {
    if (range.log_mask == 0) continue;
    announcement.ascending([&](MemoryListener& listener) { listener.log_sync(make_section(*this, range)); });
  }
  if (announcement.first_error()) std::rethrow_exception(announcement.first_error());
}

namespace {

/// Calls serve(range, address, done, count) for every piece of a transfer, and combines the results. What runs over the
/// top of the address space is a hole.
template <typename Serve>
AccessResult for_each_piece(const AddressSpace& space, Address address, std::size_t length, Serve&& serve) {
  AccessResult result = AccessResult::ok;
  for (std::size_t done = 0; done < length;) {
    const bool over_the_top = done > 0 && address == 0;
    // Looked up anew for each piece: serving one may change the map.
    const Piece piece = over_the_top ? Piece{nullptr, length - done} : piece_at(space, address, length - done);
    result = worst(result, over_the_top ? AccessResult::unmapped : AccessResult::ok);
    result = worst(result, serve(piece.range, address, done, piece.length));
    done += piece.length;
    address = over_the_top ? 0 : address + piece.length;
  }
  return result;
}

}  // namespace

AccessResult AddressSpace::read(Address address, void* data, std::size_t length, const Attributes& attributes) {
  auto* const bytes = static_cast<std::uint8_t*>(data);
  return for_each_piece(*this, address, length,
                        [&](const FlatRange* range, Address at, std::size_t done, std::size_t count) {
                          return read_piece(*this, range, at, bytes + done, count, Cut::as_device_takes, attributes);
                        });
}

AccessResult AddressSpace::write(Address address, const void* data, std::size_t length, const Attributes& attributes) {
  const auto* const bytes = static_cast<const std::uint8_t*>(data);
  return for_each_piece(*this, address, length,
                        [&](const FlatRange* range, Address at, std::size_t done, std::size_t count) {
                          return write_piece(*this, range, at, bytes + done, count, Cut::as_device_takes, attributes);
                        });
}

void AddressSpace::tell_watchpoints(const WatchHit& hit) {
  const AddressRange touched{hit.address, hit.address + (hit.length - 1)};
  // A copy: a callback may remove watchpoints, its own included, and add others.
  for (Watchpoint* watchpoint : std::vector<Watchpoint*>(watchpoints_)) {
    const bool alive = std::find(watchpoints_.begin(), watchpoints_.end(), watchpoint) != watchpoints_.end();
    if (!alive || !watchpoint->watches(hit.direction) || !watchpoint->range_.overlaps(touched)) continue;
    const Watchpoint::Callback callback = watchpoint->callback_;
    callback(hit);
  }
}

void AddressSpace::remove_watchpoint(Watchpoint& watchpoint) noexcept {
  watchpoints_.erase(std::remove(watchpoints_.begin(), watchpoints_.end(), &watchpoint), watchpoints_.end());
}

namespace {

void report(const AccessPolicy& policy, AccessPolicy::Severity severity, const std::string& message) {
  if (policy.report)
    policy.report(severity, message);
  else
    std::cerr << message << '\n';
}

/// Adds `key` unless it is there; true if it was added.
template <typename Key>
bool add_once(std::vector<Key>& keys, Key key) {
  if (std::find(keys.begin(), keys.end(), key) != keys.end()) return false;
  keys.push_back(key);
  return true;
}

}  // namespace

AccessResult AddressSpace::unserved(Address address, const MemoryRegion* region) {
  using Severity = AccessPolicy::Severity;
  if (region != nullptr) {
    const std::string message =
        fmt::format("address space '{}': {:#x} is accessed, which '{}' reserves", name_, address, region->name());
    if (policy_.reservation == AccessPolicy::Reservation::fatal) report(policy_, Severity::fatal, message);
    if (policy_.reservation == AccessPolicy::Reservation::warn_once && add_once(warned_reservations_, region))
      report(policy_, Severity::warning, message);
    return AccessResult::unmapped;
  }
  if (policy_.unmapped == AccessPolicy::Unmapped::ignore) return AccessResult::ok;
  if (policy_.unmapped == AccessPolicy::Unmapped::warn_once &&
      add_once(warned_holes_, view().hole_around(address).first))
    report(policy_, Severity::warning,
           fmt::format("address space '{}': {:#x} is accessed, where nothing is mapped", name_, address));
  return AccessResult::unmapped;
}

MemoryListener::~MemoryListener() {
  if (registered_) MapState::instance().remove_listener(*this);
}

void MemoryListener::start(AddressSpace* filter) {
  if (registered_) throw MapError("a memory listener is registered that already listens; stop_listening() first");
  filter_ = filter;
  MapState& map = MapState::instance();
  map.add_listener(*this);
  registered_ = true;
  FirstError error;
  if (map.global_log_mask() != 0) error.catch_from([&] { log_global_start(); });
  for (AddressSpace* space : std::vector<AddressSpace*>(map.spaces())) {
    if (filter == nullptr || filter == space) error.note(space->tell_as_added({this}));
  }
  error.rethrow();
}

void MemoryListener::listen_to(AddressSpace& space) { start(&space); }

void MemoryListener::listen_to_all() { start(nullptr); }

void MemoryListener::stop_listening() {
  if (!registered_) throw MapError("a memory listener stops that does not listen");
  MapState& map = MapState::instance();
  FirstError error;
  for (AddressSpace* space : std::vector<AddressSpace*>(map.spaces())) {
    if (filter_ == nullptr || filter_ == space) error.note(space->tell_as_removed({this}));
  }
  if (map.global_log_mask() != 0) error.catch_from([&] { log_global_stop(); });
  map.remove_listener(*this);
  registered_ = false;
  filter_ = nullptr;
  error.rethrow();
}

}  // namespace sc_memory
