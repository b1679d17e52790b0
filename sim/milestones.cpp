// Recognizing milestones and listing their costs.
#include "sim/milestones.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace sc_memory::sim {

namespace {

double mips(std::uint64_t instructions, std::chrono::duration<double> host) {
  return static_cast<double>(instructions) / std::max(host.count(), 1e-9) / 1e6;
}

}  // namespace

Milestones::Milestones(std::vector<Milestone> milestones, std::function<Cost()> cost_now)
    : milestones_(std::move(milestones)), cost_now_(std::move(cost_now)) {}

void Milestones::output(std::uint8_t byte) {
  if (reached_.size() == milestones_.size()) return;
  const std::string& text = milestones_[reached_.size()].text;
  if (recent_.size() == text.size()) recent_.erase(0, 1);
  recent_ += static_cast<char>(byte);
  if (recent_ != text) return;
  recent_.clear();
  reached_.push_back(cost_now_());
}

std::string Milestones::text() const {
  if (milestones_.empty()) return {};
  std::string text = fmt::format("  {:<24} {:>16} {:>14} {:>10} {:>22}\n", "milestone", "instructions", "simulated s",
                                 "host s", "MIPS since the last");
  Cost before;
  for (std::size_t i = 0; i < milestones_.size(); ++i) {
    if (i >= reached_.size()) {
      text += fmt::format("  {:<24} never reached\n", milestones_[i].name);
      continue;
    }
    const Cost& cost = reached_[i];
    text += fmt::format("  {:<24} {:>16} {:>14.6f} {:>10.3f} {:>22.1f}\n", milestones_[i].name, cost.instructions,
                        cost.simulated.to_seconds(), cost.host.count(),
                        mips(cost.instructions - before.instructions, cost.host - before.host));
    before = cost;
  }
  return text;
}

}  // namespace sc_memory::sim
