// A reference count that sets one bit in every log mask.
#include "sc_memory/map/global_dirty_log.h"

#include "sc_memory/map/dirty_log.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_state.h"
#include "sc_memory/map/map_transaction.h"

namespace sc_memory {

namespace {

constexpr std::uint8_t kMigrationBit = 1U << static_cast<unsigned>(DirtyClient::migration);
int users = 0;

void rerender_all() {
  MapTransaction change;
  MapState& map = MapState::instance();
  for (AddressSpace* space : map.spaces()) map.touch(*space, AddressRange::whole());
  change.commit();
}

}  // namespace

GlobalDirtyLog::GlobalDirtyLog() {
  try {
    start();
  } catch (...) {
    stop_quietly();
    throw;
  }
}

GlobalDirtyLog::~GlobalDirtyLog() { stop_quietly(); }

void GlobalDirtyLog::stop_quietly() noexcept {
  try {
    stop();
  } catch (...) {
    // A listener's exception, which a destructor can hand to nobody.
  }
}

void GlobalDirtyLog::start() {
  if (users++ > 0) return;
  MapState& map = MapState::instance();
  map.set_global_log_mask(kMigrationBit);
  Announcement announcement(map.listeners());
  announcement.ascending([](MemoryListener& listener) { listener.log_global_start(); });
  FirstError error;
  error.note(announcement.first_error());
  error.catch_from(rerender_all);
  error.rethrow();
}

void GlobalDirtyLog::stop() {
  if (users == 0) throw MapError("the global dirty log is stopped more often than it was started");
  if (--users > 0) return;
  MapState& map = MapState::instance();
  map.set_global_log_mask(0);
  FirstError error;
  error.catch_from(rerender_all);
  Announcement announcement(map.listeners());
  announcement.descending([](MemoryListener& listener) { listener.log_global_stop(); });
  error.note(announcement.first_error());
  error.rethrow();
}

bool GlobalDirtyLog::is_on() { return users > 0; }

}  // namespace sc_memory
