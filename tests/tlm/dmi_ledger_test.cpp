// The ledger of DMI answers, against a model that has one entry a byte.
#include "sc_memory/tlm/dmi_ledger.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>
#include <random>

#include "sc_memory/map/region_kinds.h"

#include "tests/support/seed.h"

namespace sc_memory {
namespace {

TEST(DmiLedger, TakesBackAPartAndKeepsTheRest) {
  DmiLedger ledger;
  ledger.record({0x100, 0x1ff}, {});
  const auto taken = ledger.take_back({0x140, 0x17f});
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].range, (AddressRange{0x140, 0x17f}));
  const auto held = ledger.held();
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0].range, (AddressRange{0x100, 0x13f}));
  EXPECT_EQ(held[1].range, (AddressRange{0x180, 0x1ff}));
  EXPECT_TRUE(ledger.take_back({0x140, 0x17f}).empty());
}

TEST(DmiLedger, HoldsTheWholeSpace) {
  DmiLedger ledger;
  ledger.record(AddressRange::whole(), {});
  EXPECT_EQ(ledger.take_back({UINT64_MAX, UINT64_MAX}).size(), 1u);
  EXPECT_EQ(ledger.take_back({0, 0}).size(), 1u);
  ASSERT_EQ(ledger.held().size(), 1u);
  EXPECT_EQ(ledger.held()[0].range, (AddressRange{1, UINT64_MAX - 1}));
}

TEST(DmiLedger, NeighboursThatAreAlikeAreOne) {
  RamRegion ram("ram", 16);
  DmiAnswer grant;
  grant.region = &ram;
  grant.granted = true;
  DmiAnswer elsewhere = grant;
  elsewhere.base = 0x1000;
  DmiLedger ledger;
  ledger.record({0x200, 0x2ff}, grant);
  ledger.record({0x000, 0x0ff}, grant);
  ledger.record({0x100, 0x1ff}, grant);
  ASSERT_EQ(ledger.held().size(), 1u);
  EXPECT_EQ(ledger.held()[0].range, (AddressRange{0x000, 0x2ff}));
  ledger.record({0x300, 0x3ff}, elsewhere);
  EXPECT_EQ(ledger.held().size(), 2u);
  ledger.record({0x180, 0x18f}, grant);
  EXPECT_EQ(ledger.held().size(), 2u);
}

TEST(DmiLedger, RefusalsWithoutEndTakeNoMemoryWithoutEnd) {
  RamRegion ram("ram", 16);
  DmiAnswer refusal;
  refusal.region = &ram;
  DmiAnswer grant = refusal;
  grant.granted = true;
  constexpr Address kCount = 20 * DmiLedger::kMostAnswers;
  constexpr Address kGranted = 8 * (kCount / 2) + 4;
  DmiLedger ledger;
  ledger.record({kGranted, kGranted}, grant);
  for (Address i = 0; i < kCount; ++i) {
    ledger.record({8 * i, 8 * i + 3}, refusal);
    if (i % 1000 == 0) {
      ASSERT_LE(ledger.held().size(), DmiLedger::kMostAnswers);
    }
  }
  EXPECT_LE(ledger.held().size(), DmiLedger::kMostAnswers);
  for (Address i = 0; i < kCount; ++i) {
    const auto held = ledger.held({8 * i, 8 * i + 3});
    ASSERT_TRUE(held.size() == 1 && held[0].range.size() == 4 && !held[0].answer.granted) << i;
  }
  const auto held = ledger.held({kGranted, kGranted});
  ASSERT_EQ(held.size(), 1u);
  EXPECT_TRUE(held[0].answer.granted);
}

TEST(DmiLedger, MatchesAByteModel) {
  std::mt19937_64 random(testing::seed());
  constexpr std::size_t kBytes = 64;
  RamRegion first("first", 16);
  RamRegion second("second", 16);
  const std::array<MemoryRegion*, 3> regions{&first, &second, nullptr};
  struct Byte {
    MemoryRegion* region;
    bool granted;
  };
  std::array<std::optional<Byte>, kBytes> model;
  DmiLedger ledger;
  // The model lies at the top of the space, where additions would wrap.
  const Address base = UINT64_MAX - (kBytes - 1);
  for (int step = 0; step < 5000; ++step) {
    const std::size_t a = random() % kBytes;
    const std::size_t b = a + random() % (kBytes - a);
    const AddressRange range{base + a, base + b};
    if (random() % 2 != 0) {
      const Byte byte{regions[random() % 3], random() % 2 != 0};
      DmiAnswer answer;
      answer.region = byte.region;
      answer.granted = byte.granted;
      ledger.record(range, answer);
      for (std::size_t i = a; i <= b; ++i) {
        if (byte.granted || !model[i] || !model[i]->granted) model[i] = byte;
      }
    } else {
      std::size_t bytes = 0;
      for (const auto& taken : ledger.take_back(range)) {
        ASSERT_TRUE(range.contains(taken.range));
        for (Address at = taken.range.first - base; at <= taken.range.last - base; ++at, ++bytes) {
          ASSERT_TRUE(model[at]);
          ASSERT_EQ(model[at]->region, taken.answer.region);
          ASSERT_EQ(model[at]->granted, taken.answer.granted);
        }
      }
      for (std::size_t i = a; i <= b; ++i) {
        bytes -= model[i] ? 1 : 0;
        model[i].reset();
      }
      ASSERT_EQ(bytes, 0u) << "step " << step;
    }
    std::array<bool, kBytes> held{};
    for (const auto& piece : ledger.held()) {
      for (Address at = piece.range.first - base; at <= piece.range.last - base; ++at) {
        ASSERT_FALSE(held[at]);
        held[at] = true;
        ASSERT_TRUE(model[at] && model[at]->region == piece.answer.region &&
                    model[at]->granted == piece.answer.granted);
      }
    }
    for (std::size_t i = 0; i < kBytes; ++i) ASSERT_EQ(held[i], model[i].has_value());
  }
}

}  // namespace
}  // namespace sc_memory
