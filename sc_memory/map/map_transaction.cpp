// The scope guard over MapState's nesting.
#include "sc_memory/map/map_transaction.h"

#include "sc_memory/map/map_error.h"
#include "sc_memory/map/map_state.h"

namespace sc_memory {

namespace {

void commit_and_rethrow() {
  if (const std::exception_ptr error = MapState::instance().commit()) std::rethrow_exception(error);
}

}  // namespace

MapTransaction::MapTransaction() : exceptions_at_start_(std::uncaught_exceptions()) { MapState::instance().begin(); }

MapTransaction::~MapTransaction() noexcept(false) {
  if (!open_) return;
  try {
    commit_and_rethrow();
  } catch (...) {
    if (std::uncaught_exceptions() == exceptions_at_start_) throw;
  }
}

void MapTransaction::commit() {
  if (!open_) throw MapError("a map transaction is committed twice");
  open_ = false;
  commit_and_rethrow();
}

void MapTransaction::begin_explicit() { MapState::instance().begin(); }

void MapTransaction::end_explicit() { commit_and_rethrow(); }

}  // namespace sc_memory
