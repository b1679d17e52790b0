# Builds every directory of docs/examples against an installed package, each as a project of its own, and runs it there:
# the program itself says, by its exit code, whether it saw what it shows.
# Variables: PREFIX (of the installation), WORK_DIR (what is built goes below it), GENERATOR, COMPILER, FLAGS, BUILD_TYPE
cmake_minimum_required(VERSION 3.21)

function(run_in directory)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${directory}" RESULT_VARIABLE result OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
endfunction()

get_filename_component(examples "${CMAKE_CURRENT_LIST_DIR}/../../docs/examples" ABSOLUTE)
file(GLOB projects RELATIVE "${examples}" "${examples}/*/CMakeLists.txt")
if(NOT projects)
  message(FATAL_ERROR "there is nothing in ${examples}")
endif()
foreach(project ${projects})
  get_filename_component(name "${project}" DIRECTORY)
  if(NOT EXISTS "${examples}/${name}/README.md")
    message(FATAL_ERROR "docs/examples/${name} has no README.md")
  endif()
  set(binary_dir "${WORK_DIR}/examples/${name}")
  file(MAKE_DIRECTORY "${binary_dir}")
  run_in("${binary_dir}" "${CMAKE_COMMAND}" -S "${examples}/${name}" -B . -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
    "-DCMAKE_PREFIX_PATH=${PREFIX}")
  run_in("${binary_dir}" "${CMAKE_COMMAND}" --build .)
  run_in("${binary_dir}" "${binary_dir}/${name}")
  message(STATUS "docs/examples/${name}: built and run")
endforeach()
