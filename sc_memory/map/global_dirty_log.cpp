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
  MapState::instance().touch_all();
  change.commit();
}

}  // namespace

void GlobalDirtyLog::start() {
  if (users++ > 0) return;
  MapState& map = MapState::instance();
  map.set_global_log_mask(kMigrationBit);
  Announcement announcement(map.listeners());
  announcement.ascending([](MemoryListener& listener) { listener.log_global_start(); });
  rerender_all();
  if (announcement.first_error()) std::rethrow_exception(announcement.first_error());
}

void GlobalDirtyLog::stop() {
  if (users == 0) throw MapError("the global dirty log is stopped more often than it was started");
  if (--users > 0) return;
  MapState& map = MapState::instance();
  map.set_global_log_mask(0);
  rerender_all();
  Announcement announcement(map.listeners());
  announcement.descending([](MemoryListener& listener) { listener.log_global_stop(); });
  if (announcement.first_error()) std::rethrow_exception(announcement.first_error());
}

bool GlobalDirtyLog::is_on() { return users > 0; }

}  // namespace sc_memory
