// Patterns: which accesses come, and which patterns are refused.
#include "models/traffic/patterns.h"

#include <gmock/gmock.h>
#include <set>

#include "models/traffic/traffic_error.h"

namespace sc_memory::models::test {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::vector<Address> addresses(AccessPattern& pattern, int count) {
  std::vector<Address> result;
  for (int i = 0; i < count; ++i) result.push_back(pattern.next().value().address);
  return result;
}

double share_of_writes(AccessPattern& pattern) {
  int writes = 0;
  for (int i = 0; i < 10000; ++i) writes += pattern.next().value().command == tlm::TLM_WRITE_COMMAND ? 1 : 0;
  return writes / 10000.0;
}

TEST(StreamPattern, GoesRoundTheWindow) {
  StreamPattern pattern({{0x100, 0x12f}, 16, 0, 1});
  EXPECT_THAT(addresses(pattern, 5), ElementsAre(0x100, 0x110, 0x120, 0x100, 0x110));
}

TEST(StreamPattern, LeavesOutARestThatIsTooShort) {
  StreamPattern pattern({{0x100, 0x12e}, 16, 0, 1});
  EXPECT_THAT(addresses(pattern, 3), ElementsAre(0x100, 0x110, 0x100));
}

TEST(StreamPattern, ReachesTheTopOfTheAddressSpace) {
  StreamPattern pattern({{UINT64_MAX - 31, UINT64_MAX}, 16, 0, 1});
  EXPECT_THAT(addresses(pattern, 3), ElementsAre(UINT64_MAX - 31, UINT64_MAX - 15, UINT64_MAX - 31));
}

TEST(StridePattern, Strides) {
  StridePattern pattern({{0, 0xfff}, 4, 0, 1}, 0x600);
  EXPECT_THAT(addresses(pattern, 4), ElementsAre(0, 0x600, 0xc00, 0));
}

TEST(RandomPattern, StaysInTheWindowAndReachesAllOfIt) {
  RandomPattern pattern({{0x1000, 0x103f}, 8, 0, 7});
  const auto all = addresses(pattern, 1000);
  const std::set<Address> different(all.begin(), all.end());
  EXPECT_THAT(different, ElementsAre(0x1000, 0x1008, 0x1010, 0x1018, 0x1020, 0x1028, 0x1030, 0x1038));
}

TEST(RandomPattern, IsTheSameForASeed) {
  RandomPattern one({AddressRange::whole(), 1, 0.5, 7});
  RandomPattern same({AddressRange::whole(), 1, 0.5, 7});
  RandomPattern other({AddressRange::whole(), 1, 0.5, 8});
  const auto all = addresses(one, 100);
  EXPECT_EQ(all, addresses(same, 100));
  EXPECT_NE(all, addresses(other, 100));
}

TEST(Patterns, WriteAsOftenAsTold) {
  StreamPattern reads({{0, 0xff}, 4, 0, 1});
  StreamPattern writes({{0, 0xff}, 4, 1, 1});
  RandomPattern some({{0, 0xff}, 4, 0.3, 1});
  EXPECT_EQ(share_of_writes(reads), 0);
  EXPECT_EQ(share_of_writes(writes), 1);
  EXPECT_NEAR(share_of_writes(some), 0.3, 0.03);
}

TEST(CopyPattern, ReadsABatchAndWritesIt) {
  CopyPattern pattern({0x100, 0x900, 40, 16, 2});
  std::vector<std::uint8_t> memory(0x1000);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::uint8_t>(i * 7);
  std::vector<std::string> seen;
  while (const auto access = pattern.next()) {
    const bool write = access->command == tlm::TLM_WRITE_COMMAND;
    if (write)
      EXPECT_TRUE(pattern.give(*access, memory.data() + access->address));
    else
      pattern.take(*access, memory.data() + access->address);
    char text[64];
    std::snprintf(text, sizeof text, "%s%s %llx+%u", access->after_all ? "then " : "", write ? "W" : "R",
                  static_cast<unsigned long long>(access->address), access->length);
    seen.emplace_back(text);
  }
  EXPECT_THAT(seen,
              ElementsAre("then R 100+16", "R 110+16", "then W 900+16", "W 910+16", "then R 120+8", "then W 920+8"));
  EXPECT_TRUE(std::equal(&memory[0x100], &memory[0x100 + 40], &memory[0x900]));
}

TEST(CopyPattern, Repeats) {
  CopyPattern pattern({0x100, 0x900, 16, 16, 4, true});
  EXPECT_THAT(addresses(pattern, 5), ElementsAre(0x100, 0x900, 0x100, 0x900, 0x100));
}

TEST(Patterns, SayWhatMakesNoSense) {
  const auto refused = [](const char* words) { return ThrowsMessage<TrafficError>(HasSubstr(words)); };
  EXPECT_THAT([] { StreamPattern pattern({{0, 0xff}, 0, 0, 1}); }, refused("at least 1"));
  EXPECT_THAT([] { StreamPattern pattern({{0, 7}, 16, 0, 1}); }, refused("16 bytes in a window of 8"));
  EXPECT_THAT([] { RandomPattern pattern({{0, 0xff}, 4, 1.5, 1}); }, refused("from 0 to 1"));
  EXPECT_THAT([] { StridePattern pattern({{0, 0xff}, 4, 0, 1}, 0); }, refused("a stride of 0"));
  EXPECT_THAT([] { CopyPattern pattern({0, 0x100, 0}); }, refused("above 0"));
  EXPECT_THAT([] { CopyPattern pattern({0, UINT64_MAX - 3, 5}); }, refused("0xfffffffffffffffc"));
}

}  // namespace
}  // namespace sc_memory::models::test
