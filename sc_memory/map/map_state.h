// What all maps of a process have in common: the address spaces, the listeners, and the transaction that is open. Not
// for users: they have MapTransaction, AddressSpace and MemoryListener.
#pragma once

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

#include "sc_memory/map/memory_listener.h"

namespace sc_memory {

/// Keeps the first of several exceptions, so that whatever else is to be done still is.
class FirstError {
 public:
  void note(const std::exception_ptr& error) {
    if (!error_) error_ = error;
  }
  template <typename Action>
  void catch_from(Action&& action) {
    try {
      action();
    } catch (...) {
      note(std::current_exception());
    }
  }
  const std::exception_ptr& get() const { return error_; }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::exception_ptr error_;
};

struct RegionPlace;

/// The whole address space as a list, made early: it is needed when there is no memory to make it.
const std::vector<AddressRange>& everything();

class MapState {
 public:
  static MapState& instance();

  void begin();
  /// The same for destructors. A device's exception during the delivery of coalesced writes has nobody to go to.
  void begin_quietly() noexcept;
  /// Ends one level. At the outermost one new views are made for all touched spaces (if that throws, nothing was
  /// published and the changes stay pending), published, and told to the listeners. Returns the first exception of a
  /// listener.
  [[nodiscard]] std::exception_ptr commit();
  /// For destructors: where no new view can be made, the space shows nothing rather than what is gone.
  void commit_or_empty() noexcept;
  bool transaction_open() const { return depth_ > 0; }
  /// A region is being destroyed. While a transaction is open, or a hook runs, its end is too late to take the region
  /// out of the published views, so this does it now; other pending changes stay hidden.
  void withdraw(const MemoryRegion& region) noexcept;
  /// True if the region was destroyed since the announcement that is going on began: there is nothing left to be told.
  bool is_gone(const MemoryRegion* region) const {
    return !gone_.empty() && std::find(gone_.begin(), gone_.end(), region) != gone_.end();
  }

  /// Whatever shows of `part`, relative to `region`, is rendered anew by the next commit: in the spaces of the roots
  /// that are reached through its parents and aliases, as they are now.
  void touch(const MemoryRegion& region, const AddressRange& part) noexcept;
  void touch(AddressSpace& space, const AddressRange& window) noexcept;
  /// The windows, in order of spaces and then addresses, outside of which no published view shows anything of `part`.
  std::vector<RegionPlace> published_places(const MemoryRegion& region, const AddressRange& part);

  void add_space(AddressSpace& space);
  void remove_space(AddressSpace& space) noexcept;
  const std::vector<AddressSpace*>& spaces() const { return spaces_; }

  void add_listener(MemoryListener& listener);
  void remove_listener(MemoryListener& listener) noexcept;
  /// Takes off whoever listens to this space only.
  void drop_listeners_of(const AddressSpace& space) noexcept;
  /// By ascending priority.
  const std::vector<MemoryListener*>& listeners() const { return listeners_; }
  std::vector<MemoryListener*> listeners_of(const AddressSpace& space) const;
  bool is_registered(const MemoryListener& listener) const;
  /// Grows with every listener that goes.
  std::uint64_t listeners_removed() const { return listeners_removed_; }

  /// Bits that every RAM region's log mask has while the global log is on.
  std::uint8_t global_log_mask() const { return global_log_mask_; }
  void set_global_log_mask(std::uint8_t mask) { global_log_mask_ = mask; }

 private:
  MapState() = default;
  void prepare();
  /// The view that a space before this one already has for the same root, or null.
  static std::shared_ptr<const FlatView> shared_view(const AddressSpace& space);
  void publish_prepared(FirstError& error);

  int depth_ = 0;
  int withdrawing_ = 0;
  bool committing_ = false;
  bool published_ = false;
  std::uint8_t global_log_mask_ = 0;
  std::uint64_t touch_mark_ = 0;
  std::uint64_t prepared_mark_ = 0;
  std::uint64_t spaces_made_ = 0;
  std::vector<AddressSpace*> spaces_;
  std::vector<AddressSpace*> touched_;  ///< By age.
  std::vector<MemoryListener*> listeners_;
  std::uint64_t listeners_removed_ = 0;
  std::vector<const MemoryRegion*> gone_;
};

/// Calls hooks of listeners one after the other; keeps the first exception, so that all of them hear. A listener that
/// another one took off meanwhile is left out.
class Announcement {
 public:
  explicit Announcement(std::vector<MemoryListener*> ascending)
      : listeners_(std::move(ascending)), removed_before_(MapState::instance().listeners_removed()) {}

  template <typename Hook>
  void ascending(Hook&& hook) {
    for (auto listener = listeners_.begin(); listener != listeners_.end(); ++listener) call(**listener, hook);
  }
  template <typename Hook>
  void descending(Hook&& hook) {
    for (auto listener = listeners_.rbegin(); listener != listeners_.rend(); ++listener) call(**listener, hook);
  }

  /// The same for what is said of one region: not when it was destroyed meanwhile, by a hook before.
  template <typename Hook>
  void ascending_of(const MemoryRegion* region, Hook&& hook) {
    ascending([&](MemoryListener& listener) {
      if (!MapState::instance().is_gone(region)) hook(listener);
    });
  }
  template <typename Hook>
  void descending_of(const MemoryRegion* region, Hook&& hook) {
    descending([&](MemoryListener& listener) {
      if (!MapState::instance().is_gone(region)) hook(listener);
    });
  }

  bool anybody() const { return !listeners_.empty(); }
  template <typename Predicate>
  bool any_of(Predicate&& predicate) const {
    return std::any_of(listeners_.begin(), listeners_.end(),
                       [&](const MemoryListener* listener) { return is_there(*listener) && predicate(*listener); });
  }
  std::exception_ptr first_error() const { return first_error_.get(); }

 private:
  template <typename Hook>
  void call(MemoryListener& listener, Hook& hook) {
    if (is_there(listener)) first_error_.catch_from([&] { hook(listener); });
  }
  bool is_there(const MemoryListener& listener) const {
    const MapState& map = MapState::instance();
    return map.listeners_removed() == removed_before_ || map.is_registered(listener);
  }

  std::vector<MemoryListener*> listeners_;
  std::uint64_t removed_before_;
  FirstError first_error_;
};

}  // namespace sc_memory
