# Finds libelf, the ELF library of elfutils, and defines LibElf::elf.
find_path(LibElf_INCLUDE_DIR NAMES gelf.h)
find_library(LibElf_LIBRARY NAMES elf)
mark_as_advanced(LibElf_INCLUDE_DIR LibElf_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibElf REQUIRED_VARS LibElf_LIBRARY LibElf_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "On Debian: apt-get install libelf-dev")

if(LibElf_FOUND AND NOT TARGET LibElf::elf)
  add_library(LibElf::elf UNKNOWN IMPORTED)
  set_target_properties(LibElf::elf PROPERTIES
    IMPORTED_LOCATION "${LibElf_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${LibElf_INCLUDE_DIR}")
endif()
