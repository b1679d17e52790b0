// Tests of the text of load errors.
#include "models/boot/load_error.h"

#include <gtest/gtest.h>

namespace sc_memory::models {
namespace {

TEST(LoadError, NamesTheFileThenTheProblem) {
  EXPECT_STREQ(LoadError("fw.elf", "is empty").what(), "fw.elf: is empty");
}

TEST(LoadError, StaysOneLineWhateverTheNames) {
  EXPECT_STREQ(LoadError("a\nb", "holds \x1b[2J and\ttabs\x7f").what(), "a?b: holds ?[2J and?tabs?");
  EXPECT_STREQ(LoadError("größe", "…").what(), "größe: …") << "text beyond ASCII is left alone";
}

}  // namespace
}  // namespace sc_memory::models
