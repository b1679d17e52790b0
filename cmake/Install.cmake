# The package: both libraries, their headers, and what find_package(sc_memory CONFIG) needs.
#
# The libraries are exported apart from each other, so that sc_memory::core can be used where SystemC is not installed.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/sc_memory")

install(TARGETS sc_memory_core EXPORT sc_memory_core_targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(TARGETS sc_memory EXPORT sc_memory_sc_memory_targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sc_memory" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
  FILES_MATCHING PATTERN "*.h")
foreach(_library core sc_memory)
  install(EXPORT sc_memory_${_library}_targets NAMESPACE sc_memory:: DESTINATION "${_package_dir}"
    COMPONENT development)
endforeach()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/sc_memoryConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/sc_memoryConfig.cmake" INSTALL_DESTINATION "${_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/sc_memoryConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/sc_memoryConfig.cmake"
  "${PROJECT_BINARY_DIR}/sc_memoryConfigVersion.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindSystemC.cmake"
  DESTINATION "${_package_dir}" COMPONENT development)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)
