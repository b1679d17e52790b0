// The order in which an initiator visits targets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/benchmark/interconnect.h"
#include "tests/benchmark/leaf_map.h"

namespace sc_memory::bench {

/// One access of a pattern, by both ways.
struct Visit {
  std::uint32_t target;  ///< For Interconnect::direct.
  std::uint32_t offset;  ///< Relative to the target.
  Address routed;        ///< The same byte, in the map.
};

/// Long enough that no branch predictor learns it; a power of two.
using Pattern = std::vector<Visit>;

inline Visit visit_register(std::size_t index) {
  return {static_cast<std::uint32_t>(index), 0, Interconnect::address_of(index)};
}

template <typename Next>
Pattern make_pattern(const Interconnect& bench, Next&& next) {
  Pattern pattern;
  std::size_t length = 8192;
  while (length < bench.count()) length *= 2;
  for (std::size_t i = 0; i < length; ++i) pattern.push_back(next());
  return pattern;
}

inline Pattern same_target(const Interconnect& bench) {
  return make_pattern(bench, [&] { return visit_register(bench.count() / 2); });
}

inline Pattern random_targets(const Interconnect& bench) {
  return make_pattern(bench,
                      [&, scatter = Scatter()]() mutable { return visit_register(scatter.below(bench.count())); });
}

/// As programs do: 7 of 10 accesses go to eight hot targets, 2 to memory, 1 to any target.
inline Pattern mixed_locality(const Interconnect& bench) {
  return make_pattern(bench, [&, scatter = Scatter()]() mutable {
    const std::size_t kind = scatter.below(10);
    if (kind < 7) return visit_register(scatter.below(8) * bench.count() / 8);
    if (kind < 9) {
      const auto offset = static_cast<std::uint32_t>(scatter.below(Interconnect::kMemoryBytes / 4) * 4);
      return Visit{static_cast<std::uint32_t>(bench.count()), offset, Interconnect::kMemory + offset};
    }
    return visit_register(scatter.below(bench.count()));
  });
}

}  // namespace sc_memory::bench
