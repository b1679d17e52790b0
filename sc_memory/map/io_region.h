// Regions whose accesses reach a handler: plain I/O, and ROM devices, which are memory with a handler behind it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sc_memory/map/io_handler.h"
#include "sc_memory/map/region_kinds.h"

namespace sc_memory {

/// What a guest write can signal instead of calling a device. access/event_notifier.h has the kinds.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual void notify() = 0;
};

/// A guest write that signals a notifier instead of reaching the device.
struct EventTrigger {
  Address offset = 0;  ///< Relative to the region; the write's address must be exactly this.
  unsigned size = 0;   ///< The write's length: 1, 2, 4, 8, or 0 for any.
  bool match_data = false;
  std::uint64_t data = 0;  ///< Compared as the number that the device would see.
  Notifier* notifier = nullptr;

  friend bool operator==(const EventTrigger& a, const EventTrigger& b) {
    return a.offset == b.offset && a.size == b.size && a.match_data == b.match_data &&
           (!a.match_data || a.data == b.data) && a.notifier == b.notifier;
  }
};

/// The handler of a region and what may stand before it: event triggers, and ranges whose writes are queued.
/// Offsets and ranges are relative to the region.
class HandlerPath {
 public:
  /// Throws MapError when there is no handler: a region that claims addresses and serves none is a ReservedRegion.
  HandlerPath(ParentRegion& region, std::unique_ptr<IoHandler> handler);
  HandlerPath(const HandlerPath&) = delete;
  HandlerPath& operator=(const HandlerPath&) = delete;
  ~HandlerPath();

  IoHandler& handler() const { return *handler_; }

  /// One access, as IoHandler has them, by way of flushing, triggers and the queue.
  AccessResult read(Address offset, std::uint8_t* data, std::size_t length, const Attributes& attributes) {
    if (watched_) before_access();
    return handler_->read(offset, data, length, attributes);
  }
  AccessResult write(Address offset, const std::uint8_t* data, std::size_t length, const Attributes& attributes) {
    return watched_ ? watched_write(offset, data, length, attributes)
                    : handler_->write(offset, data, length, attributes);
  }

  /// Writes to the range are queued and delivered later, in order: see coalesced_writes.h for when.
  void add_coalescing(const AddressRange& range);
  /// Drops what is queued for the region. Its destruction begins so: whoever destroys a device says that nobody waits.
  void drop_coalesced() noexcept;
  /// Delivers what is queued, then stops queueing.
  void clear_coalescing();
  const std::vector<AddressRange>& coalesced_ranges() const { return coalesced_; }

  /// Whether an access to the region first delivers all queued writes, of whatever region. On while there are coalesced
  /// ranges.
  bool flushes_coalesced() const { return flush_coalesced_ || !coalesced_.empty(); }
  void set_flush_coalesced(bool flush);

  /// Throws MapError if the trigger lies outside the region, has no notifier, an impossible size, or is there already.
  void add_event_trigger(const EventTrigger& trigger);
  /// Throws MapError if there is no such trigger.
  void remove_event_trigger(const EventTrigger& trigger);
  const std::vector<EventTrigger>& event_triggers() const { return triggers_; }

  /// True if an access may end anywhere else than straight at the handler.
  bool is_watched() const { return watched_; }

 private:
  void before_access();
  AccessResult watched_write(Address offset, const std::uint8_t* data, std::size_t length,
                             const Attributes& attributes);
  const EventTrigger* matching_trigger(Address offset, const std::uint8_t* data, std::size_t length) const;
  bool is_coalesced(Address offset, std::size_t length) const;
  /// Makes a change of `part`, which `swap` does and undoes, visible to listeners.
  template <typename Swap>
  void change_watches(const AddressRange& part, Swap&& swap);
  void update_watched() { watched_ = flushes_coalesced() || !triggers_.empty(); }

  ParentRegion& region_;
  std::unique_ptr<IoHandler> handler_;
  bool watched_ = false;
  bool flush_coalesced_ = false;
  std::vector<AddressRange> coalesced_;
  std::vector<EventTrigger> triggers_;
};

/// A device's registers: every access reaches the handler.
class IoRegion : public ParentRegion {
 public:
  IoRegion(std::string name, std::uint64_t size, std::unique_ptr<IoHandler> handler);
  ~IoRegion() override { detach(); }

  void set_size(std::uint64_t size) { change_size(size); }

  HandlerPath& path() { return path_; }
  const HandlerPath& path() const { return path_; }

 protected:
  void detach() noexcept override;
  IoRegion(std::string name, std::uint64_t size, std::unique_ptr<IoHandler> handler, Service service);

 private:
  HandlerPath path_;
};

/// Memory with a handler, as a flash chip is: readable, reads go straight to the memory and writes to the handler; not
/// readable, both go to the handler. Switching is a change of the map: direct pointers come and go with it.
class RomDeviceRegion final : public MemoryBackedRegion {
 public:
  RomDeviceRegion(std::string name, std::uint64_t size, std::unique_ptr<IoHandler> handler);
  RomDeviceRegion(std::string name, HostMemory memory, std::unique_ptr<IoHandler> handler);
  ~RomDeviceRegion() override { detach(); }

  bool readable() const { return service().direct_reads; }
  void set_readable(bool readable);

  HandlerPath& path() { return path_; }
  const HandlerPath& path() const { return path_; }

 private:
  void detach() noexcept override;

  HandlerPath path_;
};

/// The handler path of a region that has one, else null.
HandlerPath* handler_path(MemoryRegion& region);

}  // namespace sc_memory
