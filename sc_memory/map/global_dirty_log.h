// Logging the writes to all RAM at once, as a migration or a snapshot needs.
#pragma once

namespace sc_memory {

/// While any of these is alive, all RAM of all spaces is logged for DirtyClient::migration. In the simulation's thread
/// only.
class GlobalDirtyLog {
 public:
  GlobalDirtyLog() { start(); }
  GlobalDirtyLog(const GlobalDirtyLog&) = delete;
  GlobalDirtyLog& operator=(const GlobalDirtyLog&) = delete;
  ~GlobalDirtyLog() { stop(); }

  /// The seed's pair of functions, reference counted. stop() throws MapError without a matching start().
  static void start();
  static void stop();
  static bool is_on();
};

}  // namespace sc_memory
