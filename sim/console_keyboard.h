// What the user types, or what comes through a pipe: read by a thread of its own, so that the simulation never waits
// for a key except where it wants to.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace sc_memory::sim {

/// Finds the commands among the keys: Ctrl-A x ends the simulation, Ctrl-A h prints help, Ctrl-A a and Ctrl-A Ctrl-A
/// send Ctrl-A; any other key after Ctrl-A is dropped with it.
class EscapeDecoder {
 public:
  enum class Kind { nothing, byte, end, help };

  /// Takes the next key. `byte` as result means that the key `key` itself goes to the guest, which for both forms of
  /// sending Ctrl-A is changed to that.
  Kind decode(uint8_t& key);

 private:
  bool escaped_ = false;
};

/// Reads a descriptor from construction to destruction or the end of the file. All functions may be called from any
/// thread.
class Keyboard {
 public:
  /// `with_escapes` is for terminals; other input reaches the guest byte by byte. The descriptor stays open, and must
  /// until the destructor has returned. Throws std::system_error when the host refuses a pipe or a thread.
  Keyboard(int descriptor, bool with_escapes);
  ~Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

  /// The next byte for the guest, or nothing while there is none.
  std::optional<uint8_t> next_byte();
  /// Sleeps until a key, a command or the end of the input comes, at most for `limit`. Returns at once where
  /// next_byte() has one.
  void wait(std::chrono::nanoseconds limit);

  /// Ctrl-A x was typed.
  bool end_requested() const { return end_requested_; }
  /// Whether Ctrl-A h was typed since this was last asked.
  bool take_help_request() { return help_requested_.exchange(false); }
  /// Nothing will come any more, and all that came was taken. End of file is no error: the guest just hears nothing
  /// more.
  bool at_end() const;

 private:
  void read_all();
  bool wait_for_input();
  void take(uint8_t key);

  const int descriptor_;
  const bool with_escapes_;
  int stop_pipe_[2];
  EscapeDecoder decoder_;  // the reading thread's own

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<uint8_t> bytes_;
  bool closed_ = false;
  bool stopping_ = false;
  bool news_ = false;  // something came since wait() was last left
  std::atomic<bool> end_requested_{false};
  std::atomic<bool> help_requested_{false};
  std::thread reader_;
};

}  // namespace sc_memory::sim
