// Logging the writes to all RAM at once, as a migration or a snapshot needs.
#pragma once

namespace sc_memory {

/// While any of these is alive, all RAM of all spaces is logged for DirtyClient::migration. In the simulation's thread
/// only.
class GlobalDirtyLog {
 public:
  /// Throws what start() throws; the log is then off again.
  GlobalDirtyLog();
  GlobalDirtyLog(const GlobalDirtyLog&) = delete;
  GlobalDirtyLog& operator=(const GlobalDirtyLog&) = delete;
  ~GlobalDirtyLog();

  /// The seed's pair of functions, reference counted. stop() throws MapError without a matching start(). A listener's
  /// exception is passed on when everybody heard; the log is then on, or off, all the same.
  static void start();
  static void stop();
  static bool is_on();

 private:
  static void stop_quietly() noexcept;
};

}  // namespace sc_memory
