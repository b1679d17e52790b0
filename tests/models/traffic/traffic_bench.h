// Generators on one memory, with checkers of the base protocol between.
#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "sc_memory/map/region_kinds.h"
#include "sc_memory/tlm/protocol_checker.h"
#include "sc_memory/tlm/router.h"

#include "models/traffic/patterns.h"
#include "models/traffic/traffic_generator.h"

namespace sc_memory::models::test {

inline sc_core::sc_time ns(double n) { return {n, sc_core::SC_NS}; }

/// 64 KiB of RAM at 0x1'0000, and what a test adds.
struct TrafficBench : sc_core::sc_module {
  TrafficBench() : sc_module(sc_core::sc_module_name("bench")) { system.add(0x1'0000, ram); }

  TrafficGenerator& add(const std::string& name, std::unique_ptr<AccessPattern> pattern, const TrafficConfig& config) {
    generators.push_back(std::make_unique<TrafficGenerator>(name.c_str(), std::move(pattern), config));
    checkers.push_back(std::make_unique<ProtocolChecker<>>((name + "_checker").c_str()));
    generators.back()->socket.bind(checkers.back()->target);
    bus.initiator(name, space).bind(checkers.back()->initiator);
    return *generators.back();
  }
  /// Until nothing happens any more.
  void run() { sc_core::sc_start(); }
  std::uint64_t complaints() const {
    std::uint64_t sum = 0;
    for (const auto& checker : checkers) sum += checker->count() + checker->in_flight();
    return sum;
  }
  RegionTiming& timing() { return bus.timing(ram); }

  Container system{"system"};
  RamRegion ram{"ram", 0x1'0000};
  AddressSpace space{"memory", system};
  Router bus{"bus"};
  std::vector<std::unique_ptr<TrafficGenerator>> generators;
  std::vector<std::unique_ptr<ProtocolChecker<>>> checkers;
};

inline WindowTraffic in_ram(unsigned length, double write_share = 0, std::uint64_t seed = 1) {
  return {{0x1'0000, 0x1'ffff}, length, write_share, seed};
}

inline std::string style_name(const ::testing::TestParamInfo<TrafficConfig::Style>& info) {
  static const char* const kNames[] = {"blocking", "direct", "nonblocking"};
  return kNames[static_cast<std::size_t>(info.param)];
}

}  // namespace sc_memory::models::test
