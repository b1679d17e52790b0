// Windows that open and close, and draws.
#include "sc_memory/analysis/sampling.h"

#include <algorithm>
#include <fmt/format.h>

namespace sc_memory {

using sc_core::sc_time;

namespace {

/// Of TLM_IGNORE_COMMAND too, whose extensions say what becomes of the data.
double bytes_of(const TransactionRecord& record) {
  return record.response == tlm::TLM_OK_RESPONSE ? static_cast<double>(record.length - record.disabled) : 0;
}

}  // namespace

class WindowSampler::Windows final : public tlm::tlm_analysis_if<TransactionRecord> {
 public:
  Windows(Router& router, const ProbeScope& scope, const Plan& plan)
      : plan_(plan),
        random_(plan.seed),
        begin_(sc_core::sc_time_stamp()),
        period_begin_(begin_),
        probe_(router, scope) {
    probe_.detach();
    probe_.transactions.bind(*this);
  }

  /// Runs at each border of a window; returns when the next one is due.
  sc_time step() {
    const sc_time now = sc_core::sc_time_stamp();
    if (probe_.attached()) {
      probe_.detach();
      transactions_.add(static_cast<double>(seen_));
      bytes_.add(seen_bytes_);
      period_begin_ += plan_.period;
      return period_begin_ + drawn_offset() - now;
    }
    if (now < first_) return first_ - now;
    seen_ = 0;
    seen_bytes_ = 0;
    probe_.attach();
    return plan_.window;
  }
  void draw_first() { first_ = begin_ + drawn_offset(); }

  void write(const TransactionRecord& record) override {
    ++seen_;
    seen_bytes_ += bytes_of(record);
  }

  /// How many windows the time since the beginning is long.
  double population() const { return (sc_core::sc_time_stamp() - begin_) / plan_.window; }
  const Sample& transactions() const { return transactions_; }
  const Sample& bytes() const { return bytes_; }
  Probe& probe() { return probe_; }

  bool stopped = false;

 private:
  sc_time drawn_offset() {
    const std::uint64_t room = (plan_.period - plan_.window).value();
    return sc_time::from_value(std::uniform_int_distribution<std::uint64_t>(0, room)(random_));
  }

  Plan plan_;
  std::mt19937_64 random_;
  sc_time begin_;
  sc_time period_begin_;
  sc_time first_;
  Probe probe_;
  std::uint64_t seen_ = 0;
  double seen_bytes_ = 0;
  Sample transactions_;
  Sample bytes_;
};

WindowSampler::WindowSampler(Router& router, const ProbeScope& scope, const Plan& plan)
    : windows_(std::make_shared<Windows>(router, scope, plan)) {
  if (plan.window == sc_core::SC_ZERO_TIME || plan.window > plan.period) {
    SC_REPORT_ERROR(kProbeMessage, fmt::format("a window of {} in each {}: it must be longer than nothing, and not "
                                               "longer than the period",
                                               plan.window.to_string(), plan.period.to_string())
                                       .c_str());
    return;
  }
  windows_->draw_first();
  sc_core::sc_spawn_options options;
  options.spawn_method();
  sc_core::sc_spawn(
      [windows = windows_] {
        if (!windows->stopped) sc_core::next_trigger(std::max(windows->step(), sc_core::sc_get_time_resolution()));
      },
      sc_core::sc_gen_unique_name("window_sampler"), &options);
}

WindowSampler::~WindowSampler() {
  windows_->stopped = true;
  windows_->probe().detach();
}

Estimate WindowSampler::transactions() const { return windows_->transactions().total_of(windows_->population()); }

Estimate WindowSampler::bytes() const { return windows_->bytes().total_of(windows_->population()); }

bool WindowSampler::looking() const { return windows_->probe().attached(); }

Probe& WindowSampler::probe() { return windows_->probe(); }

TransactionSampler::TransactionSampler(std::uint64_t n, std::uint64_t seed)
    : n_(std::max<std::uint64_t>(1, n)), random_(seed) {}

void TransactionSampler::write(const TransactionRecord& record) {
  const std::uint64_t position = count_++ % n_;
  if (position == 0) chosen_ = std::uniform_int_distribution<std::uint64_t>(0, n_ - 1)(random_);
  if (position != chosen_) return;
  bytes_.add(bytes_of(record));
  latency_.add(record.latency().to_seconds());
  transactions_passed.write(record);
}

}  // namespace sc_memory
