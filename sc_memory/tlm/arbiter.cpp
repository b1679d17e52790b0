// The policies, as one comparison each.
#include "sc_memory/tlm/arbiter.h"

#include <algorithm>

namespace sc_memory {

namespace {

std::size_t highest_priority(const std::vector<const Contender*>& waiting) {
  const auto best = std::max_element(waiting.begin(), waiting.end(),
                                     [](const Contender* a, const Contender* b) { return a->priority < b->priority; });
  return static_cast<std::size_t>(best - waiting.begin());
}

/// The first one after `last` in the circle of indices; `last` itself is the farthest away.
std::size_t next_in_turn(const std::vector<const Contender*>& waiting, std::size_t last) {
  const auto distance = [last](const Contender* contender) {
    return contender->index > last || last == Turn::kNobody ? contender->index - last - 1
                                                            : contender->index + (Turn::kNobody / 2 - last);
  };
  const auto best = std::min_element(waiting.begin(), waiting.end(),
                                     [&](const Contender* a, const Contender* b) { return distance(a) < distance(b); });
  return static_cast<std::size_t>(best - waiting.begin());
}

std::size_t weighted(const std::vector<const Contender*>& waiting, Turn& turn) {
  const auto same = std::find_if(waiting.begin(), waiting.end(),
                                 [&](const Contender* contender) { return contender->index == turn.last; });
  if (turn.left > 0 && same != waiting.end()) {
    --turn.left;
    return static_cast<std::size_t>(same - waiting.begin());
  }
  const std::size_t chosen = next_in_turn(waiting, turn.last);
  turn.left = waiting[chosen]->weight - 1;
  return chosen;
}

}  // namespace

std::size_t choose(Arbitration arbitration, const std::vector<const Contender*>& waiting, Turn& turn) {
  std::size_t chosen = 0;
  if (arbitration == Arbitration::fixed_priority) chosen = highest_priority(waiting);
  if (arbitration == Arbitration::round_robin) chosen = next_in_turn(waiting, turn.last);
  if (arbitration == Arbitration::weighted) chosen = weighted(waiting, turn);
  turn.last = waiting[chosen]->index;
  return chosen;
}

}  // namespace sc_memory
