// Several harts on one memory, with quanta of any length: atomics, locks, messages, interrupts from one to another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "tests/sim/vpsim_process.h"
#include "tests/support/seed.h"

namespace sc_memory::sim::test {
namespace {

class VpsimHarts : public ::testing::TestWithParam<unsigned> {};

TEST_P(VpsimHarts, ShareMemoryRightWhateverTheQuantum) {
  const std::string harts = std::to_string(GetParam());
  const std::string program = std::string(GUEST_PROGRAMS "/harts_") + harts + ".elf";
  std::mt19937_64 random(sc_memory::testing::seed());
  // One instruction, the usual, and three between a few instructions and some thousand.
  std::vector<std::string> quanta = {"10ns", "10us"};
  for (const unsigned longest : {200U, 2000U, 20000U}) quanta.push_back(std::to_string(10 + random() % longest) + "ns");
  for (const std::string& quantum : quanta) {
    SCOPED_TRACE(quantum);
    const VpsimResult result =
        run_vpsim({"run", "--bios", program, "--cpus", harts, "--quantum", quantum, "--max-time", "10s"});
    EXPECT_EQ(result.exit_code, 0) << last_line(result.errors);
  }
}

INSTANTIATE_TEST_SUITE_P(, VpsimHarts, ::testing::Range(1U, 9U));

}  // namespace
}  // namespace sc_memory::sim::test
