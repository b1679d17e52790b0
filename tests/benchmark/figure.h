// What the benchmark reports: figures, and the groups that measure them.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace sc_memory::bench {

/// One line of the report.
struct Figure {
  std::string name;
  std::string unit;    ///< "ratio", "ns", "MiB" and their like; one word.
  std::string target;  ///< What it is to reach, for the reader; empty if it is only reported.
};

/// How much time and memory a run may take.
struct Effort {
  double seconds_a_repetition;
  int repetitions;
  std::size_t most_regions;  ///< Maps are not made larger than this, whatever a figure's name says.
  double simulated_ms;       ///< Of guest programs.

  static Effort full() { return {0.05, 15, std::size_t{1} << 20, 200}; }
  /// Shows that every measurement works; the values mean nothing.
  static Effort quick() { return {0.0001, 1, 1024, 1}; }
};

/// What a group is told and tells.
class Record {
 public:
  using Wanted = std::function<bool(const std::string& figure)>;
  using Values = std::map<std::string, double>;

  Record(const Effort& effort, Wanted wanted) : effort_(effort), wanted_(std::move(wanted)) {}

  const Effort& effort() const { return effort_; }
  bool wants(const std::string& figure) const { return wanted_(figure); }
  /// `count` regions, or as many as the effort allows.
  std::size_t limited(std::size_t count) const { return std::min(count, effort_.most_regions); }

  void add(const std::string& figure, double value) { values_[figure] = value; }
  const Values& values() const { return values_; }

 private:
  Effort effort_;
  Wanted wanted_;
  Values values_;
};

/// Figures that are measured together, in a process of their own: SystemC elaborates once a process, and no group then
/// finds the memory of another one.
struct Group {
  std::vector<Figure> figures;
  /// Records those of the figures that are wanted.
  std::function<void(Record&)> measure;
};

}  // namespace sc_memory::bench
