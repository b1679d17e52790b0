# The package: libraries, their headers, what find_package(sc_memory CONFIG) and pkg-config need, and vpsim.
#
# Each library is a component of its own, exported apart from the others, so that sc_memory::core can be used where SystemC
# is not installed. Headers of the models and platforms lie below include/sc_memory/, so that nothing in a shared include
# directory has a name that somebody else might use; their targets add that directory, and their include lines are those of
# this tree.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/sc_memory")
set(_libraries core sc_memory)
if(SC_MEMORY_BUILD_SIMULATOR OR SC_MEMORY_BUILD_TESTS)
  list(APPEND _libraries models platforms)
endif()

foreach(_library ${_libraries})
  set(_target sc_memory_${_library})
  if(_library STREQUAL "sc_memory")
    set(_target sc_memory)
  endif()
  set_target_properties(${_target} PROPERTIES
    EXPORT_NAME ${_library} VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  install(TARGETS ${_target} EXPORT sc_memory_${_library}_targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT libraries NAMELINK_COMPONENT development)
  install(EXPORT sc_memory_${_library}_targets NAMESPACE sc_memory:: DESTINATION "${_package_dir}" COMPONENT development)
endforeach()

install(DIRECTORY "${PROJECT_SOURCE_DIR}/sc_memory" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
  FILES_MATCHING PATTERN "*.h")
if("models" IN_LIST _libraries)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/models" "${PROJECT_SOURCE_DIR}/platforms"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/sc_memory" COMPONENT development FILES_MATCHING PATTERN "*.h")
endif()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/sc_memoryConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/sc_memoryConfig.cmake" INSTALL_DESTINATION "${_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/sc_memoryConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/sc_memoryConfig.cmake"
  "${PROJECT_BINARY_DIR}/sc_memoryConfigVersion.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindLibElf.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindLibFdt.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindSlirp.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindSystemC.cmake"
  DESTINATION "${_package_dir}" COMPONENT development)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)

# sc_memory_pkg_config(NAME LIBRARY DESCRIPTION USES LIBS CFLAGS PRIVATE_USES PRIVATE_LIBS) - for builds that do not use CMake.
# What a user of the headers links too, and what only the library does: whoever links the static one needs both, so that an
# installation of static libraries asks for all of it without being told `--static`.
function(sc_memory_pkg_config name library description uses libs cflags private_uses private_libs)
  if(NOT BUILD_SHARED_LIBS)
    set(uses "${uses} ${private_uses}")
    set(libs "${libs} ${private_libs}")
    set(private_uses "")
    set(private_libs "")
  endif()
  # Whatever the prefix will be: `cmake --install` takes another one, and a package too.
  file(RELATIVE_PATH to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
  string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
  set(file "${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/library.pc.in" "${file}" @ONLY)
  install(FILES "${file}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT development)
endfunction()
sc_memory_pkg_config(sc_memory-core sc_memory_core "A living memory map, without SystemC" "" "-pthread" "" "fmt" "")
sc_memory_pkg_config(sc_memory sc_memory "A memory map of regions as a TLM-2.0 interconnect"
  "sc_memory-core" "-lsystemc" "-DSC_INCLUDE_DYNAMIC_PROCESSES" "fmt sqlite3" "")
if("models" IN_LIST _libraries)
  sc_memory_pkg_config(sc_memory-models sc_memory_models "Models for platforms on sc_memory"
    "sc_memory" "" "-I\${includedir}/sc_memory" "libelf sqlite3 fmt" "-lfdt -lslirp")
  sc_memory_pkg_config(sc_memory-platforms sc_memory_platforms "Machines assembled from sc_memory's models"
    "sc_memory-models" "" "" "fmt" "")
endif()

# sc_memory_install_simulator() - vpsim with its manual page and what bash completes. Once its targets are known.
function(sc_memory_install_simulator)
  install(TARGETS vpsim RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT simulator)
  if(BUILD_SHARED_LIBS)
    file(RELATIVE_PATH libraries "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
    set_target_properties(vpsim PROPERTIES INSTALL_RPATH "\$ORIGIN/${libraries}")
  endif()
  install(FILES "$<TARGET_FILE_DIR:vpsim>/vpsim.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT simulator)
  install(FILES "$<TARGET_FILE_DIR:vpsim>/vpsim.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
    RENAME vpsim COMPONENT simulator)
endfunction()
