# The test of the installed package. The consumer itself is a project of its own and no part of this build.
set(_flags "${CMAKE_CXX_FLAGS}")
if(SC_MEMORY_SANITIZE)
  string(APPEND _flags " -fsanitize=${SC_MEMORY_SANITIZE}")
endif()
find_package(PkgConfig REQUIRED)
add_test(NAME consumer.installed_package
  COMMAND "${CMAKE_COMMAND}"
    "-DBUILD_DIR=${PROJECT_BINARY_DIR}" "-DWORK_DIR=${CMAKE_CURRENT_BINARY_DIR}/consumer" "-DGENERATOR=${CMAKE_GENERATOR}"
    "-DCOMPILER=${CMAKE_CXX_COMPILER}" "-DFLAGS=${_flags}" "-DBUILD_TYPE=Debug" "-DSHARED=${BUILD_SHARED_LIBS}" "-DPKG_CONFIG=${PKG_CONFIG_EXECUTABLE}"
    -P "${CMAKE_CURRENT_LIST_DIR}/run.cmake")
set_tests_properties(consumer.installed_package PROPERTIES TIMEOUT 300)
