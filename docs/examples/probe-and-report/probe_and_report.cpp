// Who accessed what, how often, and how long did it take? A probe with statistics on a platform of two initiators, a
// table on the console, and a page to open in a browser.
//
//     probe-and-report [report.html]
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sc_memory/analysis/analysis.h>
#include <sc_memory/sc_memory.h>
#include <string>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

using namespace sc_memory;
using namespace sc_memory::literals;

/// Reads or writes words, one after the other.
struct Worker : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Worker> socket{"socket"};

  SC_HAS_PROCESS(Worker);
  Worker(sc_core::sc_module_name name, tlm::tlm_command command, Address first, unsigned count)
      : sc_module(name), command_(command), first_(first), count_(count) {
    SC_THREAD(run);
  }

 private:
  void run() {
    for (unsigned i = 0; i < count_; ++i) {
      std::uint32_t word = i;
      tlm::tlm_generic_payload payload;
      payload.set_command(command_);
      payload.set_address(first_ + 4 * i);
      payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&word));
      payload.set_data_length(sizeof word);
      payload.set_streaming_width(sizeof word);
      sc_core::sc_time delay;
      socket->b_transport(payload, delay);
      wait(delay + sc_core::sc_time(5, sc_core::SC_NS));
    }
  }

  tlm::tlm_command command_;
  Address first_;
  unsigned count_;
};

struct Platform : sc_core::sc_module {
  Container system{"system"};
  RamRegion sram{"sram", 64_KiB};
  RamRegion dram{"dram", 64_MiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  Worker reader{"reader", tlm::TLM_READ_COMMAND, 0x8000'0000, 300};
  Worker writer{"writer", tlm::TLM_WRITE_COMMAND, 0x8000'0000, 200};
  Worker lost{"lost", tlm::TLM_READ_COMMAND, 0x7000'0000, 10};  // nothing is there

  explicit Platform(sc_core::sc_module_name name) : sc_module(name) {
    system.add(0x0000'0000, sram);
    system.add(0x8000'0000, dram);
    bus.initiator("reader", memory).bind(reader.socket);
    bus.initiator("writer", memory).bind(writer.socket);
    bus.initiator("lost", memory).bind(lost.socket);
    // One access at a time, each of which takes 40 ns: so one waits for the other.
    bus.timing(dram).latency(sc_core::sc_time(40, sc_core::SC_NS)).arbitration(Arbitration::round_robin);
  }
};

int sc_main(int argc, char* argv[]) {
  const std::string path = argc > 1 ? argv[1] : "report.html";
  Platform platform("platform");
  Probe probe(platform.bus);  // all that goes through the router
  Contention contention(platform.bus);
  TrafficDigest digest;
  digest.listen_to(probe);
  sc_core::sc_start();

  std::cout << statistics_text(digest, &contention);
  RunFacts facts;
  facts.title = "probe-and-report";
  std::ofstream(path) << report_page({digest, facts, {&platform.memory}, &contention});
  std::cout << "the page is in " << path << "\n";

  // What was seen is what was done.
  const TrafficStatistics& statistics = digest.statistics();
  const auto reads = statistics.of_initiator(TrafficName::of("reader"));
  const auto writes = statistics.of_initiator(TrafficName::of("writer"));
  const auto errors = statistics.of_region(TrafficName::of(nullptr));  // holes
  const bool counted = reads.reads == 300 && reads.bytes_read == 1200 && writes.writes == 200 && errors.errors == 10;
  const bool waited =
      contention.total() > sc_core::SC_ZERO_TIME && reads.read_latency.mean() > sc_core::sc_time(40, sc_core::SC_NS);
  std::string first_line;
  std::getline(std::ifstream(path), first_line);
  const bool written = first_line.find("<!doctype html>") == 0 || first_line.find("<!DOCTYPE html>") == 0;
  if (!counted) std::cout << "wrong: the statistics are not those of 300 reads, 200 writes and 10 errors\n";
  if (!waited) std::cout << "wrong: nobody waited for anybody\n";
  if (!written) std::cout << "wrong: there is no page\n";
  return counted && waited && written ? 0 : 1;
}
