# Finds libfdt, the device-tree library of dtc, and defines LibFdt::fdt.
find_path(LibFdt_INCLUDE_DIR NAMES libfdt.h)
find_library(LibFdt_LIBRARY NAMES fdt)
mark_as_advanced(LibFdt_INCLUDE_DIR LibFdt_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibFdt REQUIRED_VARS LibFdt_LIBRARY LibFdt_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "On Debian: apt-get install libfdt-dev")

if(LibFdt_FOUND AND NOT TARGET LibFdt::fdt)
  add_library(LibFdt::fdt UNKNOWN IMPORTED)
  set_target_properties(LibFdt::fdt PROPERTIES
    IMPORTED_LOCATION "${LibFdt_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${LibFdt_INCLUDE_DIR}")
endif()
