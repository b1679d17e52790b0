// Running Google Benchmark from inside a program, and taking medians itself.
#include "tests/benchmark/measure.h"

#include <algorithm>
#include <fmt/format.h>

namespace sc_memory::bench {

namespace {

void initialize_google_benchmark() {
  static const bool done = [] {
    std::string arguments[] = {"sc_memory_bench", "--benchmark_enable_random_interleaving=true"};
    char* argv[] = {arguments[0].data(), arguments[1].data(), nullptr};
    int argc = 2;
    benchmark::Initialize(&argc, argv);
    return true;
  }();
  (void)done;
}

/// Collects the repetitions of each case.
class Collector final : public benchmark::BenchmarkReporter {
 public:
  explicit Collector(const std::vector<Case>& cases) : cases_(cases) {}

  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      const Case& measured = case_named(run.run_name.function_name);
      const double time = measured.clock == Case::Clock::manual ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime();
      times_[measured.name].push_back(time / measured.per_iteration);
    }
  }

  std::map<std::string, double> medians() const {
    std::map<std::string, double> medians;
    for (const auto& [name, times] : times_) medians[name] = median(times);
    return medians;
  }

 private:
  const Case& case_named(const std::string& name) const {
    return *std::find_if(cases_.begin(), cases_.end(), [&](const Case& one) { return one.name == name; });
  }

  const std::vector<Case>& cases_;
  std::map<std::string, std::vector<double>> times_;
};

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::map<std::string, double> measure(const std::vector<Case>& cases, const Effort& effort) {
  initialize_google_benchmark();
  for (const Case& one : cases) {
    auto* const registered = benchmark::RegisterBenchmark(one.name.c_str(), one.body);
    registered->MinTime(effort.seconds_a_repetition)->Repetitions(effort.repetitions)->Unit(benchmark::kNanosecond);
    if (one.clock == Case::Clock::manual) registered->UseManualTime();
  }
  Collector collector(cases);
  benchmark::RunSpecifiedBenchmarks(&collector, "all");
  benchmark::ClearRegisteredBenchmarks();
  const std::map<std::string, double> medians = collector.medians();
  for (const auto& [name, time] : medians) fmt::print(stderr, "   {:<40} {:>14.2f} ns\n", name, time);
  return medians;
}

}  // namespace sc_memory::bench
