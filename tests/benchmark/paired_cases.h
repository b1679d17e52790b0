// The same accesses directly and through the router, as a pair of cases.
#pragma once

#include <string>
#include <vector>

#include "sc_memory/map/host_memory.h"

#include "tests/benchmark/access_pattern.h"
#include "tests/benchmark/interconnect.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

/// What an initiator does with an access: `call(socket, payload)`, the payload ready to be sent. The data lies at the
/// start of a page, as the memories do.
template <typename Call>
Case direct_case(const std::string& name, Interconnect& bench, const Pattern& pattern, unsigned length, Call call) {
  return {name, [&bench, &pattern, length, call](benchmark::State& state) {
            tlm::tlm_generic_payload payload;
            const HostMemory data = HostMemory::anonymous(length);
            std::size_t i = 0;
            for (auto _ : state) {
              const Visit& visit = pattern[i++ & (pattern.size() - 1)];
              prepare(payload, tlm::TLM_READ_COMMAND, visit.offset, data.data(), length);
              call(bench.direct(visit.target), payload);
            }
          }};
}

template <typename Call>
Case routed_case(const std::string& name, Interconnect& bench, const Pattern& pattern, unsigned length, Call call) {
  return {name, [&bench, &pattern, length, call](benchmark::State& state) {
            tlm::tlm_generic_payload payload;
            const HostMemory data = HostMemory::anonymous(length);
            std::size_t i = 0;
            for (auto _ : state) {
              const Visit& visit = pattern[i++ & (pattern.size() - 1)];
              prepare(payload, tlm::TLM_READ_COMMAND, visit.routed, data.data(), length);
              call(bench.routed(), payload);
            }
          }};
}

/// Both, as two cases "NAME direct" and "NAME routed".
template <typename Call>
void add_pair(std::vector<Case>& cases, const std::string& name, Interconnect& bench, const Pattern& pattern,
              unsigned length, Call call) {
  cases.push_back(direct_case(name + " direct", bench, pattern, length, call));
  cases.push_back(routed_case(name + " routed", bench, pattern, length, call));
}

/// How much longer the way through the router takes.
inline double ratio_of(const std::map<std::string, double>& times, const std::string& name) {
  return times.at(name + " routed") / times.at(name + " direct");
}

inline constexpr auto kBlockingTransport = [](InitiatorSocket& socket, tlm::tlm_generic_payload& payload) {
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->b_transport(payload, delay);
  benchmark::DoNotOptimize(delay);
};

}  // namespace sc_memory::bench
