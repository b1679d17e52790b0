// The framing of GDB's remote serial protocol: `$payload#checksum`, acknowledgements, and the interrupt byte.
//
// See "Remote Protocol Overview" in the GDB manual. Payloads are bytes in strings; here they are unescaped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sc_memory::sim::gdb {

/// The longest payload that is taken or sent.
inline constexpr std::size_t kMaxPayload = 0x4000;

/// The payload as it goes over the line: escaped, with its checksum.
std::string frame(std::string_view payload);

/// What the other side has sent.
struct Message {
  enum class Kind : std::uint8_t {
    packet,
    acknowledged,  ///< '+': the last packet arrived
    refused,       ///< '-': it is to be sent again
    interrupt,     ///< Ctrl-C, outside of packets
    damaged,       ///< a packet with a wrong checksum, or longer than kMaxPayload
  };
  Kind kind = Kind::packet;
  std::string payload;  ///< Of a packet.
};

/// Finds messages in a stream of bytes; whatever is none is skipped.
class PacketReader {
 public:
  /// Takes the next byte. Returns the message that it ends, if it does.
  std::optional<Message> take(std::uint8_t byte);

 private:
  enum class State : std::uint8_t { between, payload, escaped, first_digit, second_digit };

  std::optional<Message> take_between(std::uint8_t byte);
  void append(char byte);
  Message finish(std::uint8_t last_digit);

  State state_ = State::between;
  std::string payload_;
  bool too_long_ = false;
  std::uint8_t sum_ = 0;
  std::uint8_t first_digit_ = 0;
};

}  // namespace sc_memory::sim::gdb
