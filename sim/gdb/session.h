// A debug session: understands the packets of the remote serial protocol and answers them with what a Target has.
//
// Knows neither sockets nor SystemC. A packet that makes no sense is answered with an error, one that is not known with
// an empty packet, as the protocol wants it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/gdb/hex.h"
#include "sim/gdb/target.h"

namespace sc_memory::sim::gdb {

class Session {
 public:
  /// What is to be done when a packet was handled.
  enum class Next : std::uint8_t {
    stay,    ///< Wait for the next packet.
    resume,  ///< Let the machine go on, and send stop_reply() when it has stopped again.
    detach,  ///< The debugger lets go: the machine goes on without it.
    kill,    ///< The debugger wants the machine ended.
  };
  struct Answer {
    std::optional<std::string> reply;  ///< A payload to send.
    Next next = Next::stay;
    bool without_acknowledgements = false;  ///< From here on, neither side acknowledges packets.
  };

  explicit Session(Target& target) : target_(target) {}

  Answer handle(const std::string& packet);

  /// Notes why the machine has stopped, and says it in a packet. The thread becomes the current one.
  std::string stop_reply(const StopReport& report);

 private:
  Answer handle_query(Cursor packet);
  Answer handle_feature_query(Cursor range) const;
  Answer handle_monitor(Cursor hex);
  Answer handle_v(Cursor packet);
  Answer continue_as_told(Cursor actions);
  Answer resume_all(Action current_thread, Cursor address);
  Answer select_thread(Cursor packet);
  Answer read_general_registers() const;
  Answer write_general_registers(Cursor packet);
  Answer read_register(Cursor packet) const;
  Answer write_register(Cursor packet);
  Answer read_memory(Cursor packet);
  Answer write_memory(Cursor packet, bool binary);
  Answer change_point(Cursor packet, bool set);
  std::string stop_text() const;

  /// The thread that "p1", "1", "0" (any) or "-1" (all) means, counted from 0. Nothing if there is none.
  struct ThreadId {
    bool all = false;
    unsigned thread = 0;
  };
  std::optional<ThreadId> thread_id(Cursor& packet) const;

  Target& target_;
  unsigned thread_ = 0;         ///< whose registers and memory are meant
  unsigned resume_thread_ = 0;  ///< which one `c` and `s` mean
  StopReport stop_;
};

}  // namespace sc_memory::sim::gdb
