// Several changes of the map as one: nothing of them is visible until the last transaction that is open ends.
#pragma once

namespace sc_memory {

/// A scope guard. Transactions nest; the outermost one's end makes all changes visible at once, before it returns.
///
///     MapTransaction change;
///     bar.set_enabled(false);
///     bar.set_address(0x4000'0000);
///     bar.set_enabled(true);          // listeners hear of one move
///
/// In the simulation's thread only. Transactions are ended in the reverse order of their beginning, and none may be
/// open across a wait(): other processes would see an old map.
class MapTransaction {
 public:
  MapTransaction();
  MapTransaction(const MapTransaction&) = delete;
  MapTransaction& operator=(const MapTransaction&) = delete;
  /// Commits unless commit() was called. Throws what commit() throws, but not while another exception is on its way.
  ~MapTransaction() noexcept(false);

  /// Ends the transaction now. If the new views cannot be made (no memory), they stay as they were, the changes of the
  /// tree are kept for the next commit, and the exception says so. Throws MapError if it has ended already.
  void commit();

  /// The seed's pair of functions, for code that cannot use a scope. end_explicit throws MapError without a matching
  /// begin.
  static void begin_explicit();
  static void end_explicit();

 private:
  bool open_ = true;
  int exceptions_at_start_;
};

}  // namespace sc_memory
