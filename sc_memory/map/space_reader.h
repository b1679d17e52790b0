// An address space for host threads other than the simulation's: a display that is drawn, a trace that is written, a
// co-simulation.
#pragma once

#include <cstddef>

#include "sc_memory/map/access.h"
#include "sc_memory/map/address_space.h"
#include "sc_memory/map/reader_epochs.h"

namespace sc_memory {

/// One object a thread, used by that thread only. The space outlives it. Looking up and accessing take no lock and
/// never wait for the simulation, which may change the map meanwhile.
///
/// Only memory can be accessed: a device lives in the simulation's thread. Writes are marked in dirty logs; watchpoints
/// are not hit, coalesced writes not flushed. Bytes that guest software writes at the same moment are a race of the
/// guest with the thread, as between two processors of a real machine: both must agree on how they share them.
class SpaceReader {
 public:
  explicit SpaceReader(const AddressSpace& space) : space_(space), slot_(ReaderEpochs::instance().take_slot()) {}
  SpaceReader(const SpaceReader&) = delete;
  SpaceReader& operator=(const SpaceReader&) = delete;
  ~SpaceReader() { ReaderEpochs::give_back(slot_); }

  /// One look at the map. While it exists, its view, the regions in it and their memory stay, and whoever destroys one
  /// of these waits: keep it short. A reader has one look at a time.
  class Look {
   public:
    explicit Look(SpaceReader& reader) : slot_(reader.slot_) {
      ReaderEpochs::instance().enter(slot_);
      view_ = reader.space_.published_view();
    }
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;
    ~Look() { ReaderEpochs::leave(slot_); }

    const FlatView& view() const { return *view_; }

   private:
    ReaderEpochs::Slot& slot_;
    const FlatView* view_;
  };

  /// Transfers bytes that are all memory: cut at section borders, the result the worst of the pieces'. What no memory
  /// serves is unmapped, or refused if a device is there; read-only memory refuses writes. Unread bytes are 0.
  AccessResult read(Address address, void* data, std::size_t length);
  AccessResult write(Address address, const void* data, std::size_t length);

 private:
  const AddressSpace& space_;
  ReaderEpochs::Slot& slot_;
};

}  // namespace sc_memory
