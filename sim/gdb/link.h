// The line to the debugger: a TCP port on the loopback interface, served by a thread of its own.
//
// The thread only accepts, reads and unframes; it never calls into the simulation, which fetches what came from here
// when it wants to. One debugger at a time: the next one waits until the first has gone.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "sim/gdb/packet.h"

namespace sc_memory::sim::gdb {

/// All functions may be called from any thread.
class Link {
 public:
  struct Event {
    enum class Kind : std::uint8_t { connected, packet, interrupt, closed };
    Kind kind = Kind::closed;
    std::string payload;  ///< Of a packet.
  };

  /// Listens on 127.0.0.1 only. Port 0 lets the host choose. Throws std::system_error when the port cannot be had.
  explicit Link(std::uint16_t port);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  std::uint16_t port() const { return port_; }

  /// What came and was not fetched yet.
  bool has_news() const { return news_; }
  /// The next event; waits for one if there is none, at most for `limit`.
  std::optional<Event> next(std::chrono::milliseconds limit);

  /// Sends a packet; what cannot be sent is lost, and the link closes by itself.
  void send(const std::string& payload);
  /// Neither side acknowledges packets from here on, until the next debugger connects.
  void stop_acknowledging();

 private:
  void serve();
  bool wait_readable(int descriptor) const;
  void read_client(int client);
  void take(const Message& message);
  void push(Event event);
  void send_bytes(const std::string& bytes);
  void close_client();

  int listener_ = -1;
  int stop_pipe_[2] = {-1, -1};
  std::uint16_t port_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;
  std::atomic<bool> news_{false};
  int client_ = -1;
  bool acknowledge_ = true;
  std::string last_sent_;
  std::thread thread_;
};

}  // namespace sc_memory::sim::gdb
