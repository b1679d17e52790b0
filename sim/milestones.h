// How far a guest has come, told by what it prints, and what it cost to come there.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <systemc>

namespace sc_memory::sim {

/// A text on the console that says where the guest is.
struct Milestone {
  std::string name;  ///< For the user.
  std::string text;  ///< As the guest prints it, to the byte; not empty.
};

/// Watches the console for milestones, each behind the one before. Not thread-safe.
class Milestones {
 public:
  /// What a run has cost since it began.
  struct Cost {
    std::uint64_t instructions = 0;  ///< Of all harts.
    sc_core::sc_time simulated;
    std::chrono::duration<double> host{};
  };

  /// `cost_now` is asked when a milestone is reached.
  Milestones(std::vector<Milestone> milestones, std::function<Cost()> cost_now);

  /// The guest printed `byte`.
  void output(std::uint8_t byte);

  /// In the order of the milestones; shorter than their list while some are still to come.
  const std::vector<Cost>& reached() const { return reached_; }

  /// A table of the milestones, with a line for those never reached; empty when there are none.
  std::string text() const;

 private:
  std::vector<Milestone> milestones_;
  std::function<Cost()> cost_now_;
  std::vector<Cost> reached_;
  std::string recent_;  // the end of the output since the milestone before
};

}  // namespace sc_memory::sim
