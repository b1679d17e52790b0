# Finds libslirp, a network in user space, and defines Slirp::slirp.
find_path(Slirp_INCLUDE_DIR NAMES slirp/libslirp.h)
find_library(Slirp_LIBRARY NAMES slirp)
mark_as_advanced(Slirp_INCLUDE_DIR Slirp_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Slirp REQUIRED_VARS Slirp_LIBRARY Slirp_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "On Debian: apt-get install libslirp-dev")

if(Slirp_FOUND AND NOT TARGET Slirp::slirp)
  add_library(Slirp::slirp UNKNOWN IMPORTED)
  set_target_properties(Slirp::slirp PROPERTIES
    IMPORTED_LOCATION "${Slirp_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${Slirp_INCLUDE_DIR}")
endif()
