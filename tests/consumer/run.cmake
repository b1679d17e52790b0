# Installs the package to a fresh prefix, builds the consumer against it twice, with and without SystemC, and runs both;
# then the complete example of docs/integrating.md.
# Variables: BUILD_DIR (of the project), WORK_DIR (emptied first), GENERATOR, COMPILER, FLAGS, BUILD_TYPE
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
build_and_run(first-platform "${CMAKE_CURRENT_LIST_DIR}/../../docs/examples/first-platform")
