// Sampling: to know enough of the traffic, and pay for a part of it.
//
//     WindowSampler sampler{bus, ProbeScope().region(ram), {{100, SC_US}, {10, SC_MS}}};
//     ...
//     const Estimate bytes = sampler.bytes();      // of all the time, with its interval
//
// A WindowSampler looks for a window of each period and gives direct access back for the rest of it, so that nearly all
// of the simulation runs at full speed. A TransactionSampler passes on one of N transactions, for subscribers that
// cannot keep up.
#pragma once

#include <memory>
#include <random>

#include "sc_memory/analysis/estimate.h"
#include "sc_memory/analysis/probe.h"

namespace sc_memory {

/// Looks at what its scope says for `window` in each `period`, at a place in it that is drawn anew each time, so that
/// traffic with a rhythm of its own is met at all its beats. From construction to destruction; there is an event
/// pending for as long, so that a simulation does not end for want of events.
///
/// An initiator that runs ahead of simulated time (tlm_quantumkeeper) hears of a window only when its process runs
/// again: windows should be several times the quantum.
class WindowSampler {
 public:
  struct Plan {
    sc_core::sc_time window;  ///< More than nothing, and at most
    sc_core::sc_time period;  ///< this.
    std::uint64_t seed = 1;   ///< Of the places.
  };

  /// A plan that makes no sense is reported as an error (kProbeMessage), and nothing is looked at.
  WindowSampler(Router& router, const ProbeScope& scope, const Plan& plan);
  WindowSampler(const WindowSampler&) = delete;
  WindowSampler& operator=(const WindowSampler&) = delete;
  ~WindowSampler();

  /// Since construction up to now: how many transactions there were, and how many bytes were moved by those that ended
  /// well. Of those not seen, because they went through pointers, too: each would have been one.
  Estimate transactions() const;
  Estimate bytes() const;
  /// Whether a window is open, in which pointers are held back.
  bool looking() const;
  /// For subscribers who want what is seen in the windows.
  Probe& probe();

 private:
  class Windows;

  std::shared_ptr<Windows> windows_;  ///< Shared with the process that opens and closes them.
};

/// Passes on one of each `n` transactions, drawn at random among them.
class TransactionSampler final : public tlm::tlm_analysis_if<TransactionRecord> {
 public:
  /// `n` is at least 1, which it is taken for if it is 0.
  explicit TransactionSampler(std::uint64_t n, std::uint64_t seed = 1);

  void write(const TransactionRecord& record) override;

  /// Exact.
  std::uint64_t transactions() const { return count_; }
  /// Of transactions that ended well.
  Estimate bytes() const { return bytes_.total_of(static_cast<double>(count_)); }
  /// In seconds, summed over all transactions.
  Estimate latency() const { return latency_.total_of(static_cast<double>(count_)); }

  tlm::tlm_analysis_port<TransactionRecord> transactions_passed;

 private:
  std::uint64_t n_;
  std::mt19937_64 random_;
  std::uint64_t count_ = 0;
  std::uint64_t chosen_ = 0;  ///< Which one of the present n is passed on.
  Sample bytes_;
  Sample latency_;
};

}  // namespace sc_memory
