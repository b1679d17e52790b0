# Headers of the standard library, SystemC and GoogleTest, compiled once for each group of targets that are compiled alike:
# reading them was most of a build's time (docs/performance.md). Sources include what they use all the same, which
# clang-tidy sees to: it reads them without this.
#
# Four groups, each with a library that carries the headers: those of `core` (which must not see SystemC), those of everything
# that has SystemC, and the tests' two, which add GoogleTest to them.
option(SC_MEMORY_PRECOMPILE_HEADERS "Compile common headers once; off to see that each source includes what it uses" ON)

set(SC_MEMORY_CORE_HEADERS
  <algorithm> <array> <atomic> <cstdint> <cstring> <functional> <map> <memory> <optional> <random> <set> <stdexcept> <string>
  <string_view> <unordered_map> <utility> <vector> <fmt/format.h>)
set(SC_MEMORY_SYSTEMC_HEADERS ${SC_MEMORY_CORE_HEADERS} <deque> <fstream> <systemc> <tlm>)
set(SC_MEMORY_TEST_HEADERS <gtest/gtest.h> <gmock/gmock.h>)

# sc_memory_precompile(TARGET HEADER...) - TARGET compiles the headers, for itself and for those that share them
function(sc_memory_precompile target)
  if(SC_MEMORY_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# sc_memory_share_precompiled(TARGET OWNER) - TARGET, compiled with the same options, uses what OWNER compiled
function(sc_memory_share_precompiled target owner)
  if(SC_MEMORY_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()
