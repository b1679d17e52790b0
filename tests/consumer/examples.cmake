# Builds every directory of docs/examples against an installed package, each as a project of its own, and runs it there:
# the program itself says, by its exit code, whether it saw what it shows.
# Variables: PREFIX (of the installation), EXAMPLES (the directory, unless it is the checkout's), WORK_DIR (what is built goes below it), GENERATOR, COMPILER, FLAGS, BUILD_TYPE
cmake_minimum_required(VERSION 3.21)

function(run_in directory)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${directory}" RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
endfunction()

if(NOT EXAMPLES)
  get_filename_component(EXAMPLES "${CMAKE_CURRENT_LIST_DIR}/../../docs/examples" ABSOLUTE)
endif()
file(GLOB projects RELATIVE "${EXAMPLES}" "${EXAMPLES}/*/CMakeLists.txt")
if(NOT projects)
  message(FATAL_ERROR "there is nothing in ${EXAMPLES}")
endif()
foreach(project ${projects})
  get_filename_component(name "${project}" DIRECTORY)
  if(NOT EXISTS "${EXAMPLES}/${name}/README.md")
    message(FATAL_ERROR "docs/examples/${name} has no README.md")
  endif()
  set(binary_dir "${WORK_DIR}/examples/${name}")
  file(MAKE_DIRECTORY "${binary_dir}")
  run_in("${binary_dir}" "${CMAKE_COMMAND}" -S "${EXAMPLES}/${name}" -B . -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
    "-DCMAKE_PREFIX_PATH=${PREFIX}")
  run_in("${binary_dir}" "${CMAKE_COMMAND}" --build .)
  run_in("${binary_dir}" "${binary_dir}/${name}")
  message(STATUS "docs/examples/${name}: built and run")
endforeach()
