// Long random sequences of every change that can be made to a map. After each operation the published view is compared
// with a rendering from scratch and with an oracle that knows nothing of the renderer, and every listener's own picture
// of the map with the view; memory, dirty pages, event triggers and coalesced ranges are compared with simple models.
//
// SC_MEMORY_SEED repeats a run, SC_MEMORY_STEPS makes it longer or shorter. A failure is printed as the shortest
// sequence that was found to fail the same way.
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>

#include "tests/map/random_world.h"

namespace sc_memory::testing {
namespace {

/// A world is begun anew now and then: failures in a short sequence are quickly made shorter.
constexpr std::size_t kSequenceLength = 400;

using Sequence = std::vector<RandomOperation>;

struct Outcome {
  std::string failure;
  std::size_t steps = 0;  ///< Including the failing one.
};

Outcome run(const Sequence& sequence) {
  RandomWorld world;
  Outcome outcome;
  for (const RandomOperation& operation : sequence) {
    ++outcome.steps;
    outcome.failure = world.step(operation);
    if (!outcome.failure.empty()) break;
  }
  return outcome;
}

/// Leaves out ever smaller parts as long as what remains still fails. Returns whether anything could be left out.
bool leave_out_parts(Sequence& sequence) {
  const std::size_t before = sequence.size();
  for (std::size_t part = (before + 1) / 2; part > 0; part /= 2) {
    for (std::size_t first = 0; first + part <= sequence.size();) {
      Sequence shorter = sequence;
      const auto from = shorter.begin() + static_cast<std::ptrdiff_t>(first);
      shorter.erase(from, from + static_cast<std::ptrdiff_t>(part));
      const Outcome outcome = run(shorter);
      if (outcome.failure.empty()) {
        first += part;
      } else {
        shorter.resize(outcome.steps);
        sequence = shorter;
      }
    }
  }
  return sequence.size() < before;
}

Sequence shrink(Sequence sequence) {
  sequence.resize(run(sequence).steps);
  while (leave_out_parts(sequence)) {
  }
  return sequence;
}

std::string describe_sequence(const Sequence& sequence) {
  RandomWorld world;
  std::string text;
  for (const RandomOperation& operation : sequence) {
    const std::string failure = world.step(operation);
    text += fmt::format("  {}\n", world.last_operation());
    if (!failure.empty()) text += fmt::format("  => {}\n", failure);
  }
  return text;
}

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

TEST(MapRandom, EverySequenceOfChangesShowsWhatTheModelSays) {
  const std::uint64_t seed = number_from_environment("SC_MEMORY_SEED", std::random_device()());
  const std::uint64_t steps = number_from_environment("SC_MEMORY_STEPS", 300'000);
  fmt::print("SC_MEMORY_SEED={} SC_MEMORY_STEPS={}\n", seed, steps);
  std::mt19937_64 random(seed);
  for (std::uint64_t done = 0; done < steps; done += kSequenceLength) {
    Sequence sequence(kSequenceLength);
    for (RandomOperation& operation : sequence) operation = random_operation(random);
    const Outcome outcome = run(sequence);
    if (!outcome.failure.empty())
      FAIL() << outcome.failure << "\nafter these operations (seed " << seed << "):\n"
             << describe_sequence(shrink(sequence));
  }
}

}  // namespace
}  // namespace sc_memory::testing
