// Milestones: each is seen once, behind the one before, and costs what it cost at that byte.
#include "sim/milestones.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sc_memory::sim {
namespace {

using ::testing::HasSubstr;

class MilestonesTest : public testing::Test {
 protected:
  void print(std::string_view text) {
    for (const char c : text) {
      ++now_.instructions;
      milestones_.output(static_cast<std::uint8_t>(c));
    }
  }

  Milestones::Cost now_;
  Milestones milestones_{{{"start", "hello"}, {"prompt", "# "}}, [this] { return now_; }};
};

TEST_F(MilestonesTest, AreReachedWithTheLastByteOfTheirText) {
  print("hel hello");
  ASSERT_EQ(milestones_.reached().size(), 1U);
  EXPECT_EQ(milestones_.reached()[0].instructions, 9U);
  print(", ready\n# ls\n# ");
  ASSERT_EQ(milestones_.reached().size(), 2U);
  EXPECT_EQ(milestones_.reached()[1].instructions, 19U) << "the first prompt, not the second";
}

TEST_F(MilestonesTest, ComeOneBehindTheOther) {
  print("# hello");
  EXPECT_EQ(milestones_.reached().size(), 1U) << "a prompt before the start is none";
  print("# ");
  EXPECT_EQ(milestones_.reached().size(), 2U);
}

TEST_F(MilestonesTest, ATextThatBeginsTwice) {
  print("hehello");
  EXPECT_EQ(milestones_.reached().size(), 1U);
}

TEST_F(MilestonesTest, TheTableHasALineForEach) {
  now_.simulated = sc_core::sc_time(1.5, sc_core::SC_SEC);
  now_.host = std::chrono::milliseconds(250);
  now_.instructions = 99'999'995;
  print("hello");
  const std::string table = milestones_.text();
  EXPECT_THAT(
      table, HasSubstr("start                           100000000       1.500000      0.250                  400.0\n"));
  EXPECT_THAT(table, HasSubstr("prompt                   never reached\n"));
}

TEST(Milestones, NoneMakeNoTable) {
  Milestones none({}, [] { return Milestones::Cost{}; });
  none.output('x');
  EXPECT_EQ(none.text(), "");
}

}  // namespace
}  // namespace sc_memory::sim
