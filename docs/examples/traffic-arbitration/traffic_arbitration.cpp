// Who waits for whom? Three traffic generators share a memory that serves one access at a time; once by fixed priority,
// once in turn, and once as if it could serve all at once. No software and no model of a processor: the shipped
// initiators make the traffic.
#include <cstdint>
#include <iostream>
#include <memory>
#include <models/traffic/patterns.h>
#include <models/traffic/traffic_generator.h>
#include <sc_memory/analysis/analysis.h>
#include <sc_memory/sc_memory.h>

#include <systemc>

using namespace sc_memory;
using namespace sc_memory::literals;
using models::RandomPattern;
using models::StreamPattern;
using models::TrafficConfig;
using models::TrafficGenerator;

sc_core::sc_time ns(double count) { return {count, sc_core::SC_NS}; }

struct Platform : sc_core::sc_module {
  static constexpr AddressRange kSram{0, 64_KiB - 1};

  Container system{"system"};
  RamRegion sram{"sram", 64_KiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  Contention contention{bus};
  // Reads single words anywhere, one every 100 ns: it wants each of them soon.
  TrafficGenerator display{"display", std::make_unique<RandomPattern>(models::WindowTraffic{kSram, 4}),
                           TrafficConfig().nonblocking(4).interval(ns(100)).accesses(1000)};
  // Read and write bursts of 64 bytes without a pause: they take all that they can get.
  TrafficGenerator dma{"dma", std::make_unique<StreamPattern>(models::WindowTraffic{kSram, 64, 0.5}),
                       TrafficConfig().nonblocking(4).accesses(2000)};
  TrafficGenerator gpu{"gpu", std::make_unique<StreamPattern>(models::WindowTraffic{kSram, 64, 0.5}),
                       TrafficConfig().nonblocking(4).accesses(2000)};

  Platform(sc_core::sc_module_name name, Arbitration arbitration) : sc_module(name) {
    system.add(0, sram);
    bus.initiator("display", memory).priority(1).bind(display.socket);  // the others have priority 0
    bus.initiator("dma", memory).bind(dma.socket);
    bus.initiator("gpu", memory).bind(gpu.socket);
    // 10 ns an access and 20 ns more for 64 bytes.
    bus.timing(sram).latency(ns(10)).bandwidth(3.2e9).arbitration(arbitration);
  }

  sc_core::sc_time display_latency() const { return display.totals().mean_latency(); }
  void tell(const char* how) const {
    std::cout << how << ": a read of the display takes " << time_text(display_latency()) << " on an average, "
              << time_text(display.totals().greatest_latency) << " at most\n";
    for (const Contention::Row& row : contention.rows()) {
      if (row.waiter == TrafficName::of("display"))
        std::cout << "    it waited " << row.waits << " times behind " << row.behind.text() << ", for "
                  << time_text(row.time) << " in all\n";
    }
  }
  bool complete() const {
    std::uint64_t accesses = 0;
    std::uint64_t errors = 0;
    for (const TrafficGenerator* generator : {&display, &dma, &gpu}) {
      accesses += generator->totals().accesses();
      errors += generator->totals().errors;
    }
    return accesses == 5000 && errors == 0;
  }
};

int sc_main(int, char*[]) {
  Platform by_priority("by_priority", Arbitration::fixed_priority);
  Platform in_turn("in_turn", Arbitration::round_robin);
  Platform all_at_once("all_at_once", Arbitration::none);
  sc_core::sc_start();
  by_priority.tell("by priority");
  in_turn.tell("in turn");
  all_at_once.tell("all at once");

  const bool complete = by_priority.complete() && in_turn.complete() && all_at_once.complete();
  const bool priority_helps = by_priority.display_latency() < in_turn.display_latency();
  const bool sharing_costs = all_at_once.display_latency() < by_priority.display_latency() &&
                             all_at_once.contention.total() == sc_core::SC_ZERO_TIME;
  // What has begun is not interrupted: even the first in rank waits for one burst. In turn it may be two.
  const bool bounded = by_priority.display.totals().greatest_latency < in_turn.display.totals().greatest_latency;
  if (!complete) std::cout << "wrong: not all accesses were made and ended well\n";
  if (!priority_helps) std::cout << "wrong: priority does not help the display\n";
  if (!sharing_costs) std::cout << "wrong: sharing the memory costs nothing\n";
  if (!bounded) std::cout << "wrong: the display waits as long as it does in turn\n";
  return complete && priority_helps && sharing_costs && bounded ? 0 : 1;
}
