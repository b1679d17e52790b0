// Framing and unframing.
#include "sim/gdb/packet.h"

#include "sim/gdb/hex.h"

namespace sc_memory::sim::gdb {
namespace {

constexpr char kStart = '$';
constexpr char kEnd = '#';
constexpr char kEscape = '}';
constexpr char kRunLength = '*';
constexpr char kEscapeFlip = 0x20;
constexpr std::uint8_t kInterrupt = 0x03;

bool must_be_escaped(char byte) { return byte == kStart || byte == kEnd || byte == kEscape || byte == kRunLength; }

}  // namespace

std::string frame(std::string_view payload) {
  std::string line(1, kStart);
  std::uint8_t sum = 0;
  const auto put = [&](char byte) {
    line += byte;
    sum = static_cast<std::uint8_t>(sum + static_cast<std::uint8_t>(byte));
  };
  for (const char byte : payload) {
    if (must_be_escaped(byte)) put(kEscape);
    put(must_be_escaped(byte) ? static_cast<char>(byte ^ kEscapeFlip) : byte);
  }
  line += kEnd;
  return line + to_hex(&sum, 1);
}

std::optional<Message> PacketReader::take_between(std::uint8_t byte) {
  switch (byte) {
    case kStart:
      state_ = State::payload;
      payload_.clear();
      too_long_ = false;
      sum_ = 0;
      return std::nullopt;
    case '+':
      return Message{Message::Kind::acknowledged, {}};
    case '-':
      return Message{Message::Kind::refused, {}};
    case kInterrupt:
      return Message{Message::Kind::interrupt, {}};
    default:
      return std::nullopt;
  }
}

void PacketReader::append(char byte) {
  too_long_ |= payload_.size() == kMaxPayload;
  if (!too_long_) payload_ += byte;
}

Message PacketReader::finish(std::uint8_t last_digit) {
  state_ = State::between;
  const auto high = hex_digit(first_digit_);
  const auto low = hex_digit(last_digit);
  const bool sound = high && low && (*high << 4 | *low) == sum_ && !too_long_;
  return {sound ? Message::Kind::packet : Message::Kind::damaged, sound ? payload_ : std::string()};
}

std::optional<Message> PacketReader::take(std::uint8_t byte) {
  switch (state_) {
    case State::between:
      return take_between(byte);
    case State::first_digit:
      first_digit_ = byte;
      state_ = State::second_digit;
      return std::nullopt;
    case State::second_digit:
      return finish(byte);
    default:
      break;
  }
  if (byte == kStart) return take_between(byte);  // the packet before was cut off
  if (byte == kEnd) {
    state_ = State::first_digit;
    return std::nullopt;
  }
  sum_ = static_cast<std::uint8_t>(sum_ + byte);
  if (state_ == State::escaped) {
    append(static_cast<char>(byte ^ kEscapeFlip));
    state_ = State::payload;
  } else if (byte == kEscape) {
    state_ = State::escaped;
  } else {
    append(static_cast<char>(byte));
  }
  return std::nullopt;
}

}  // namespace sc_memory::sim::gdb
