// The network in user space, as a guest meets it: the router answers.
#include "models/network/user_network.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "tests/support/seed.h"

namespace sc_memory::models {
namespace {

constexpr MacAddress kGuest{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

/// Who has 10.0.2.2? (RFC 826)
EthernetFrame arp_request() {
  return {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56,  // to all, from the guest
          0x08, 0x06, 0,    1,    8,    0,    6,    4,    0,    1,                 // ARP: Ethernet, IPv4, request
          0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 10,   0,    2,    15,                // sender
          0,    0,    0,    0,    0,    0,    10,   0,    2,    2};                // target
}

class UserNetworkTest : public ::testing::Test {
 protected:
  std::vector<EthernetFrame> received_;
  UserNetwork network_{"network", [this](EthernetFrame frame) { received_.push_back(std::move(frame)); }};
};

TEST_F(UserNetworkTest, TheRouterAnswersAtOnce) {
  network_.send(arp_request());
  ASSERT_EQ(received_.size(), 1U);
  const EthernetFrame& answer = received_[0];
  ASSERT_GE(answer.size(), 42U);
  EXPECT_TRUE(std::equal(kGuest.begin(), kGuest.end(), answer.begin()));
  EXPECT_EQ(answer[21], 2U);  // A reply...
  EXPECT_EQ((std::vector<std::uint8_t>(answer.begin() + 28, answer.begin() + 32)),
            (std::vector<std::uint8_t>{10, 0, 2, 2}));  // ...of the router.
}

TEST_F(UserNetworkTest, GoesOnWithSimulatedTime) {
  network_.send(arp_request());
  sc_core::sc_start(10, sc_core::SC_MS);
  network_.send(arp_request());
  EXPECT_EQ(received_.size(), 2U);
}

TEST_F(UserNetworkTest, FramesOfNoKindAreIgnored) {
  for (std::size_t length = 0; length < 64; ++length) network_.send(EthernetFrame(length, 0xff));
  EXPECT_TRUE(received_.empty());
}

TEST_F(UserNetworkTest, DamagedFramesAreSurvived) {
  std::mt19937_64 random(sc_memory::testing::seed());
  for (int i = sc_memory::testing::steps(5000); i > 0; --i) {
    EthernetFrame frame = arp_request();
    for (std::uint64_t damage = random() % 4; damage > 0; --damage)
      frame[14 + random() % (frame.size() - 14)] = static_cast<std::uint8_t>(random());
    frame.resize(random() % (frame.size() + 1));
    network_.send(frame);
  }
  received_.clear();
  network_.send(arp_request());
  EXPECT_EQ(received_.size(), 1U);
}

}  // namespace
}  // namespace sc_memory::models
