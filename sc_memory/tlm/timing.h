// What accesses to a region cost in time, and what initiators that share a region cost each other.
//
//     bus.timing(ram)
//         .read_latency({20, SC_NS})
//         .write_latency({10, SC_NS})
//         .bandwidth(1.6e9)                          // bytes a second
//         .arbitration(Arbitration::fixed_priority);
//     bus.initiator("dma", memory).priority(3);
//
// An access takes its latency and the time that its bytes take. In LT the port adds that to the annotated delay before
// the target is called; in AT the request is held for as long. A region with arbitration serves one access at a time:
// in LT what is before an access on the region's time line is added too, in AT requests wait in a queue
// (nonblocking.h). Initiators that use direct pointers are told what a byte takes (IEEE 1666 11.3.5 ac): contention is
// not seen there.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

#include <systemc>
#include <tlm>

#include "sc_memory/map/memory_region.h"
#include "sc_memory/tlm/counted.h"
#include "sc_memory/tlm/time_line.h"

namespace sc_memory {

class InitiatorPort;
struct Flight;
using FlightPointer = CountedPointer<Flight>;

/// AT: whose request a queue gave way to last, and when. Null before the first.
struct LastServed {
  const InitiatorPort* port = nullptr;
  sc_core::sc_time since;
};

/// AT: the requests that wait for memory that serves one access at a time, in the order of arrival.
struct RequestQueue {
  LastServed served;
  std::deque<FlightPointer> waiting;
  bool choice_pending = false;
};

/// One region, as the ports of one router see it. May be changed at any time; what is under way keeps its times.
class RegionTiming {
 public:
  /// `latency_changed` is called when direct pointers into the region carry another latency than before, `waited` when
  /// an access is found to wait for another one in LT.
  explicit RegionTiming(std::function<void()> latency_changed, TimeLine::Waited waited = {})
      : time_line_(std::move(waited)), latency_changed_(std::move(latency_changed)) {}
  RegionTiming(const RegionTiming&) = delete;
  RegionTiming& operator=(const RegionTiming&) = delete;

  /// Of every access, however long. With it, and with bandwidth(), initiators lose direct pointers into the region
  /// that carry another latency now.
  RegionTiming& read_latency(const sc_core::sc_time& latency);
  RegionTiming& write_latency(const sc_core::sc_time& latency);
  RegionTiming& latency(const sc_core::sc_time& both) { return read_latency(both).write_latency(both); }
  /// In bytes a second; 0 is no limit. A value that is no rate (negative, not a number) reports an error.
  RegionTiming& bandwidth(double bytes_per_second);
  RegionTiming& arbitration(Arbitration arbitration);

  const sc_core::sc_time& read_latency() const { return read_latency_; }
  const sc_core::sc_time& write_latency() const { return write_latency_; }
  double bandwidth() const { return bytes_per_second_; }
  Arbitration arbitration() const { return arbitration_; }
  bool one_at_a_time() const { return arbitration_ != Arbitration::none; }

  /// What an access takes once it is served. TLM_IGNORE_COMMAND moves no data and takes nothing.
  sc_core::sc_time service_time(tlm::tlm_command command, std::size_t length) const;

  /// DMI: what a byte takes on an average, if `word` bytes are an access: the width of the initiator's socket.
  sc_core::sc_time direct_latency(tlm::tlm_command command, unsigned word) const;

  /// LT: adds to `delay`, the initiator's offset from the present time, what an access that begins then takes.
  void add_to(sc_core::sc_time& delay, const Contender& who, tlm::tlm_command command, std::size_t length);

  TimeLine& time_line() { return time_line_; }
  RequestQueue& queue() { return queue_; }

 private:
  void change_latency(sc_core::sc_time& latency, const sc_core::sc_time& value);

  sc_core::sc_time read_latency_;
  sc_core::sc_time write_latency_;
  double bytes_per_second_ = 0;
  Arbitration arbitration_ = Arbitration::none;
  TimeLine time_line_;
  RequestQueue queue_;
  std::function<void()> latency_changed_;
};

/// The timings of a router, by region.
class TimingTable {
 public:
  bool empty() const { return timings_.empty(); }
  /// The region's timing, or null. A region's timing goes with the region.
  std::shared_ptr<RegionTiming> find(const MemoryRegion& region);
  /// The same, made by `make` if there is none yet.
  template <typename Make>
  RegionTiming& get(const MemoryRegion& region, Make&& make) {
    if (auto existing = find(region)) return *existing;
    return *(timings_[&region] = {region.lifetime(), make()}).timing;
  }

 private:
  struct Entry {
    std::weak_ptr<const void> lifetime;  ///< Another region may come to lie at the same place in the host's memory.
    std::shared_ptr<RegionTiming> timing;
  };
  std::unordered_map<const MemoryRegion*, Entry> timings_;
};

}  // namespace sc_memory
