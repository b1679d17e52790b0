// An initiator without software: it makes the accesses of a pattern, at a pace, in one of the styles of TLM-2.0.
//
//     TrafficGenerator dma("dma", std::make_unique<CopyPattern>(Copy{source, destination, 1_MiB}),
//                          TrafficConfig().nonblocking(4).interval({100, SC_NS}));
//     bus.initiator("dma", memory).bind(dma.socket);
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/tlm_quantumkeeper.h>

#include "sc_memory/tlm/dmi_cache.h"
#include "sc_memory/tlm/payload_map.h"

#include "models/traffic/access_pattern.h"
#include "models/traffic/random_numbers.h"
#include "models/traffic/transaction_pool.h"
#include "models/traffic/written_data.h"

namespace sc_memory::models {

/// How accesses are made. The functions that set it return the object, to be strung together.
struct TrafficConfig {
  enum class Style : std::uint8_t {
    blocking,     ///< b_transport, one access at a time; runs ahead of simulated time by up to the global quantum.
    direct,       ///< The same by direct pointers where they are granted, with their latency.
    nonblocking,  ///< The base protocol's four phases, `outstanding` accesses at a time.
  };
  enum class Pacing : std::uint8_t {
    interval,  ///< From one access being due to the next, whether or not it has ended: an open loop.
    pause,     ///< From the end of an access to the next one; each of the outstanding ones by itself: a closed loop.
  };

  Style style = Style::blocking;
  unsigned outstanding = 1;
  /// Of nonblocking: BEGIN_RESP is answered by a call with END_RESP, as targets may wait for one. Without, it is
  /// answered by TLM_COMPLETED, which ends the transaction at once and saves the call (IEEE 1666 15.2.3).
  bool end_response = true;
  Pacing pacing = Pacing::pause;
  sc_core::sc_time pace;     ///< Zero: as fast as accesses are served.
  bool exponential = false;  ///< Times drawn from an exponential distribution with mean `pace`, else all alike.
  sc_core::sc_time start;    ///< Of the first access.
  std::uint64_t count = 0;   ///< Of accesses; 0: as many as the pattern has.
  std::uint64_t seed = 1;    ///< Of paces and of the data that is written.
  /// Compares what is read with what the same initiator wrote. For memory that nobody else writes to.
  bool check = false;

  TrafficConfig& nonblocking(unsigned at_a_time) {
    style = Style::nonblocking;
    outstanding = at_a_time;
    return *this;
  }
  /// Ends accesses by TLM_COMPLETED to BEGIN_RESP, see end_response.
  TrafficConfig& without_end_response() {
    end_response = false;
    return *this;
  }
  TrafficConfig& interval(const sc_core::sc_time& time) {
    pacing = Pacing::interval;
    pace = time;
    return *this;
  }
  TrafficConfig& pause(const sc_core::sc_time& time) {
    pacing = Pacing::pause;
    pace = time;
    return *this;
  }
  TrafficConfig& drawn(std::uint64_t with_seed) {
    exponential = true;
    seed = with_seed;
    return *this;
  }
  TrafficConfig& accesses(std::uint64_t number) {
    count = number;
    return *this;
  }
};

/// What a generator has done so far.
struct TrafficTotals {
  std::uint64_t reads = 0;        ///< Ended well.
  std::uint64_t writes = 0;       ///< Ended well.
  std::uint64_t bytes = 0;        ///< Of both.
  std::uint64_t errors = 0;       ///< Accesses that ended with an error response.
  std::uint64_t wrong_bytes = 0;  ///< Found by TrafficConfig::check.
  sc_core::sc_time latency;       ///< Sum over all accesses, from being due to the end.
  sc_core::sc_time greatest_latency;
  sc_core::sc_time last_end;  ///< Of the last access that ended.

  std::uint64_t accesses() const { return reads + writes + errors; }
  /// Zero without accesses.
  sc_core::sc_time mean_latency() const {
    return accesses() != 0 ? latency / static_cast<double>(accesses()) : sc_core::SC_ZERO_TIME;
  }
};

/// An access that is due before an earlier one let it be made is made late, and its latency counts from when it was
/// due. A pattern that fails (TrafficError) ends the generator's traffic, and only that.
class TrafficGenerator : public sc_core::sc_module, private tlm::tlm_bw_transport_if<> {
 public:
  TrafficGenerator(const sc_core::sc_module_name& name, std::unique_ptr<AccessPattern> pattern,
                   const TrafficConfig& config);

  const TrafficTotals& totals() const { return totals_; }
  /// All accesses were made and have ended, or the pattern failed.
  bool finished() const { return working_ == 0; }
  /// What the pattern could not go on for; empty if nothing.
  const std::string& error() const { return error_; }
  /// Called once, in a process of the generator, when it is finished.
  void on_finished(std::function<void()> call) { on_finished_ = std::move(call); }

  tlm::tlm_initiator_socket<> socket{"socket"};

 private:
  /// An access under way, and the process that sees it through.
  struct Flight {
    Access access;
    sc_core::sc_time due;
    std::vector<unsigned char> data;
    std::optional<WrittenData::Ticket> ticket;
    tlm::tlm_generic_payload* payload = nullptr;
    sc_core::sc_time accepted_at;  ///< The request; sc_max_time() as long as it is not.
    sc_core::sc_time ends_at;      ///< Likewise.
    bool owes_end_response = false;
    sc_core::sc_event heard;
    sc_core::sc_event has_turn;
  };

  void work_blocking(Flight& flight);
  void work_nonblocking(Flight& flight);
  bool take_next(Flight& flight, const sc_core::sc_time& ready);
  sc_core::sc_time draw_pace();
  void prepare(Flight& flight);
  tlm::tlm_response_status transport(Flight& flight, sc_core::sc_time& delay);
  /// Until nobody who came before is still to take an access or to have its request accepted.
  void take_turn(Flight& flight);
  void end_turn();
  void request(Flight& flight);
  static void await(Flight& flight, const sc_core::sc_time& time);
  static void hear(Flight& flight, const tlm::tlm_phase& phase, const sc_core::sc_time& delay);
  void end(Flight& flight, tlm::tlm_response_status response, const sc_core::sc_time& time);
  void worker_done();

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
    memory_.invalidate({first, last});
  }

  std::unique_ptr<AccessPattern> pattern_;
  const TrafficConfig config_;
  DmiCache memory_{socket};
  TransactionPool pool_;
  RandomNumbers paces_;
  RandomNumbers data_;
  WrittenData written_;
  tlm_utils::tlm_quantumkeeper local_;
  std::vector<std::unique_ptr<Flight>> flights_;  ///< As many as accesses at a time.
  PayloadMap<Flight*> sent_;                      ///< Those under way.
  bool issuing_ = false;                          ///< Somebody has the turn.
  std::deque<Flight*> turns_;                     ///< Who has it next. An sc_mutex would wake them all each time.
  sc_core::sc_event ended_;
  unsigned in_flight_ = 0;
  std::uint64_t taken_ = 0;
  sc_core::sc_time next_due_;
  bool exhausted_ = false;
  unsigned working_ = 0;
  TrafficTotals totals_;
  std::string error_;
  std::function<void()> on_finished_;
};

}  // namespace sc_memory::models
