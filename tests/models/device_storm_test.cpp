// Guests that write nonsense to every register of every device, and to their queues: nothing but errors that the guest
// sees comes of it.
#include "tests/models/device_storm.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/support/seed.h"

namespace sc_memory::models {
namespace {

TEST(DeviceStorm, DevicesSurviveAnyGuest) {
  std::mt19937_64 random(sc_memory::testing::seed());
  const int steps = sc_memory::testing::steps(100'000);
  test::DeviceStorm storm("storm");
  constexpr std::size_t kBytesPerRound = 4096;
  std::vector<std::uint8_t> noise(kBytesPerRound);
  for (int done = 0; done < steps;) {
    for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random() >> 56);
    fuzz::ByteSource bytes(noise.data(), noise.size());
    for (; !bytes.empty() && done < steps; ++done) storm.act(bytes);
    ASSERT_TRUE(storm.survives()) << "after " << done << " steps";
  }
  EXPECT_GT(storm.chains_used_by_slots(), static_cast<std::uint64_t>(steps) / 1000);
  EXPECT_GT(storm.chains_used_by_pci_disk(), static_cast<std::uint64_t>(steps) / 1000);
}

}  // namespace
}  // namespace sc_memory::models
