// Framing: what is a packet, what is damaged, and that no stream of bytes disturbs the reader for long.
#include "sim/gdb/packet.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "tests/support/seed.h"

namespace sc_memory::sim::gdb {
namespace {

std::vector<Message> read_all(PacketReader& reader, std::string_view bytes) {
  std::vector<Message> messages;
  for (const char byte : bytes) {
    if (const auto message = reader.take(static_cast<std::uint8_t>(byte))) messages.push_back(*message);
  }
  return messages;
}
std::vector<Message> read_all(std::string_view bytes) {
  PacketReader reader;
  return read_all(reader, bytes);
}

TEST(GdbPacket, FramesCarryTheSumOfTheirBytes) {
  EXPECT_EQ(frame(""), "$#00");
  EXPECT_EQ(frame("OK"), "$OK#9a");
  EXPECT_EQ(frame("g"), "$g#67");
}

TEST(GdbPacket, SpecialBytesAreEscaped) {
  EXPECT_EQ(frame("#"), "$}\x03#80");
  const std::string special = "a$b#c}d*e";
  const std::string line = frame(special);
  EXPECT_EQ(line.find_first_of("$#", 1), line.size() - 3) << line;
  const auto messages = read_all(line);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].payload, special);
}

TEST(GdbPacket, MessagesComeInTheirOrder) {
  const auto messages = read_all("+$m80,4#35\x03-junk$?#3f");
  ASSERT_EQ(messages.size(), 5U);
  EXPECT_EQ(messages[0].kind, Message::Kind::acknowledged);
  EXPECT_EQ(messages[1].payload, "m80,4");
  EXPECT_EQ(messages[2].kind, Message::Kind::interrupt);
  EXPECT_EQ(messages[3].kind, Message::Kind::refused);
  EXPECT_EQ(messages[4].payload, "?");
}

TEST(GdbPacket, AWrongSumIsDamage) {
  for (const char* line : {"$g#68", "$g#6x", "$g#zz", "$#01"}) {
    const auto messages = read_all(line);
    ASSERT_EQ(messages.size(), 1U) << line;
    EXPECT_EQ(messages[0].kind, Message::Kind::damaged) << line;
  }
}

TEST(GdbPacket, ACutOffPacketGivesWayToTheNext) {
  const auto messages = read_all("$m8000$g#67");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].payload, "g");
}

TEST(GdbPacket, WhatIsTooLongIsDamageAndTakesNoMemory) {
  PacketReader reader;
  const auto exact = read_all(reader, frame(std::string(kMaxPayload, 'a')));
  ASSERT_EQ(exact.size(), 1U);
  EXPECT_EQ(exact[0].kind, Message::Kind::packet);
  const auto longer = read_all(reader, frame(std::string(kMaxPayload + 1, 'a')));
  ASSERT_EQ(longer.size(), 1U);
  EXPECT_EQ(longer[0].kind, Message::Kind::damaged);
}

TEST(GdbPacket, RandomPayloadsSurviveAfterRandomJunk) {
  std::mt19937_64 random(sc_memory::testing::seed());
  PacketReader reader;
  for (int round = 0; round < 2000; ++round) {
    std::string junk(random() % 40, ' ');
    for (char& byte : junk) byte = static_cast<char>(random());
    read_all(reader, junk);
    read_all(reader, "#00");  // ends whatever the junk has begun
    read_all(reader, "#00");
    std::string payload(random() % 100, ' ');
    for (char& byte : payload) byte = static_cast<char>(random());
    const auto messages = read_all(reader, frame(payload));
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].kind, Message::Kind::packet);
    EXPECT_EQ(messages[0].payload, payload);
  }
}

}  // namespace
}  // namespace sc_memory::sim::gdb
