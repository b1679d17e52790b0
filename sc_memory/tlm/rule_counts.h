// How often each rule of a checker was broken.
#pragma once

#include <cstdint>
#include <map>
#include <numeric>
#include <string>

namespace sc_memory {

/// `Rule` is an enumeration.
template <typename Rule>
class RuleCounts {
 public:
  void add(Rule rule) { ++counts_[rule]; }

  std::uint64_t of(Rule rule) const {
    const auto found = counts_.find(rule);
    return found == counts_.end() ? 0 : found->second;
  }
  std::uint64_t sum() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
  }

  /// The rules that were broken more than once, each with its count; empty for none. `text_of` names a rule.
  std::string repeated(const char* (*text_of)(Rule)) const {
    std::string text;
    for (const auto& [rule, count] : counts_) {
      if (count < 2) continue;
      if (!text.empty()) text += "; ";
      text += std::to_string(count) + " times: " + text_of(rule);
    }
    return text;
  }

 private:
  std::map<Rule, std::uint64_t> counts_;
};

}  // namespace sc_memory
