// What a guest write can signal (map/io_region.h: EventTrigger): a callback, or a host eventfd that other threads and
// processes can wait for. tlm/event_notifier_sc.h has the one for an sc_event.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "sc_memory/map/io_region.h"

namespace sc_memory {

/// Calls a function, in the simulation's thread and from inside the guest's write.
class CallbackNotifier final : public Notifier {
 public:
  explicit CallbackNotifier(std::function<void()> callback) : callback_(std::move(callback)) {}
  void notify() override { callback_(); }

 private:
  std::function<void()> callback_;
};

/// Adds one to the counter of a host eventfd (eventfd(2)), which wakes whoever polls or reads it. All functions may be
/// called from any thread.
class EventFdNotifier final : public Notifier {
 public:
  /// A new eventfd. Throws MapError when the host has none to give.
  EventFdNotifier();
  /// One that somebody else made; the descriptor is duplicated. Throws MapError if it cannot be used.
  explicit EventFdNotifier(int fd);
  EventFdNotifier(const EventFdNotifier&) = delete;
  EventFdNotifier& operator=(const EventFdNotifier&) = delete;
  ~EventFdNotifier() override;

  /// To poll, or to hand to another process.
  int fd() const { return fd_; }

  /// A counter that is at its maximum stays there: its reader is signalled already.
  void notify() override;
  /// Takes what has been counted since the last call without waiting: 0 if nothing.
  std::uint64_t take();
  bool test_and_clear() { return take() != 0; }

 private:
  int fd_;
};

}  // namespace sc_memory
