# What makes a build from nothing quick (docs/performance.md has the figures): headers of the standard library, SystemC and
# GoogleTest are compiled once for each group of targets that are compiled alike, and sources of a target several at a time.
#
# Sources include what they use all the same, and none relies on another: clang-tidy reads each by itself, in a build
# directory where this is off.
option(SC_MEMORY_QUICK_BUILD "Compile common headers once, and several sources of a target together" ON)

set(SC_MEMORY_CORE_HEADERS
  <algorithm> <array> <atomic> <cstdint> <cstring> <functional> <map> <memory> <optional> <random> <set> <stdexcept> <string>
  <string_view> <unordered_map> <utility> <vector> <fmt/format.h>)
set(SC_MEMORY_SYSTEMC_HEADERS ${SC_MEMORY_CORE_HEADERS} <deque> <fstream> <systemc> <tlm>)
set(SC_MEMORY_TEST_HEADERS <gtest/gtest.h> <gmock/gmock.h>)

# sc_memory_precompile(TARGET HEADER...) - TARGET compiles the headers, for itself and for those that share them.
function(sc_memory_precompile target)
  if(SC_MEMORY_QUICK_BUILD)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# sc_memory_share_precompiled(TARGET OWNER) - TARGET, compiled with the same options, uses what OWNER compiled.
function(sc_memory_share_precompiled target owner)
  if(SC_MEMORY_QUICK_BUILD)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# sc_memory_compile_together(TARGET) - several of TARGET's sources a time. Two that have a private name in common cannot be
# together: sc_memory_compile_apart(TARGET SOURCE...) names the one that is compiled by itself.
function(sc_memory_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${SC_MEMORY_QUICK_BUILD} UNITY_BUILD_BATCH_SIZE 8)
endfunction()
function(sc_memory_compile_apart target)
  set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# sc_memory_optimise(TARGET LEVEL SOURCE...) - those sources of TARGET are compiled with another optimisation than the others,
# and so by themselves and without the headers that those share.
function(sc_memory_optimise target level)
  set_source_files_properties(${ARGN} TARGET_DIRECTORY ${target} PROPERTIES
    COMPILE_OPTIONS ${level} SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
