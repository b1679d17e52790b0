# Installs the package to a fresh prefix, and uses it as a user would: the consumer with and without SystemC, by CMake and by
# pkg-config, and every example of docs/examples.
# Variables: BUILD_DIR (of the project), WORK_DIR (emptied first), GENERATOR, COMPILER, FLAGS, BUILD_TYPE, SHARED (libraries),
#            PKG_CONFIG (the program)
cmake_minimum_required(VERSION 3.21)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
set(prefix "${WORK_DIR}/prefix")
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${prefix}" --component development)
run("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${prefix}" --component libraries)
foreach(library sc_memory_core sc_memory sc_memory_models sc_memory_platforms)
  file(GLOB_RECURSE found RELATIVE "${prefix}" "${prefix}/lib/*lib${library}.*")
  list(TRANSFORM found REPLACE ".*/" "")
  list(SORT found)
  if(SHARED)
    set(expected "lib${library}.so;lib${library}.so.0.1;lib${library}.so.0.1.0")
  else()
    set(expected "lib${library}.a")
  endif()
  if(NOT found STREQUAL expected)
    message(FATAL_ERROR "installed of ${library}: '${found}', expected '${expected}'")
  endif()
endforeach()

function(build_and_run name source_dir)
  set(binary_dir "${WORK_DIR}/${name}")
  run("${CMAKE_COMMAND}" -S "${source_dir}" -B "${binary_dir}" -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
    "-DCMAKE_PREFIX_PATH=${prefix}" ${ARGN})
  run("${CMAKE_COMMAND}" --build "${binary_dir}")
  run("${binary_dir}/${name}")
endfunction()

build_and_run(map "${CMAKE_CURRENT_LIST_DIR}" -DCONSUMER_WITH_SYSTEMC=OFF -DCMAKE_DISABLE_FIND_PACKAGE_SystemC=ON)
build_and_run(soc "${CMAKE_CURRENT_LIST_DIR}" -DCONSUMER_WITH_SYSTEMC=ON)

# Without CMake: what pkg-config says is all that the compiler is told. SystemC has no file of its own, but its directory.
function(build_by_pkg_config name source)
  set(ENV{PKG_CONFIG_PATH} "${prefix}/lib/pkgconfig")
  execute_process(COMMAND "${PKG_CONFIG}" --cflags --libs ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE flags ERROR_VARIABLE error)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "pkg-config ${ARGN}: ${error}")
  endif()
  separate_arguments(flags UNIX_COMMAND "${FLAGS} ${flags}")
  set(program "${WORK_DIR}/${name}-by-pkg-config")
  run("${COMPILER}" -std=c++17 "${source}" -o "${program}" ${flags} "-Wl,-rpath,${prefix}/lib")
  run("${program}")
endfunction()
build_by_pkg_config(map "${CMAKE_CURRENT_LIST_DIR}/map.cpp" sc_memory-core)
build_by_pkg_config(soc "${CMAKE_CURRENT_LIST_DIR}/soc.cpp" sc_memory)
build_by_pkg_config(traffic "${CMAKE_CURRENT_LIST_DIR}/../../docs/examples/traffic-arbitration/traffic_arbitration.cpp"
  sc_memory-platforms)

set(PREFIX "${prefix}")
include("${CMAKE_CURRENT_LIST_DIR}/examples.cmake")
