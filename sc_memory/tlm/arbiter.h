// Who is served next when several initiators want the same region.
#pragma once

#include <cstddef>
#include <vector>

namespace sc_memory {

/// How a region chooses among the initiators that wait for it. A choice is made when the region becomes free; what has
/// begun is never interrupted. Initiators are told apart by the router's port they use.
enum class Arbitration : unsigned char {
  none,            ///< Everybody is served at once: accesses overlap, and only latency and bandwidth cost time.
  fixed_priority,  ///< The highest InitiatorPort::priority; among equals who came first.
  round_robin,     ///< One access each, in turn.
  weighted,  ///< In turn, each as many accesses in a row as InitiatorPort::weight says, if it has so many waiting.
};

/// What a port is to an arbiter.
struct Contender {
  std::size_t index = 0;  ///< Among the ports of its router; the order of turns.
  int priority = 0;
  unsigned weight = 1;  ///< At least 1.
};

/// Who was served last, and how many more accesses of his turn he has left.
struct Turn {
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  std::size_t last = kNobody;
  unsigned left = 0;

  friend bool operator==(const Turn& a, const Turn& b) { return a.last == b.last && a.left == b.left; }
};

/// Chooses among `waiting`, which is not empty and in the order of arrival; returns the position in it and moves `turn`
/// on. With Arbitration::none who came first is first.
std::size_t choose(Arbitration arbitration, const std::vector<const Contender*>& waiting, Turn& turn);

}  // namespace sc_memory
