# Debian packages, by `cpack -G DEB` in a build directory: libsc-memory-dev to build platforms with, and vpsim to run. They are
# made of static libraries, so that vpsim needs no package of ours.
set(CPACK_PACKAGE_NAME sc-memory)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "sc_memory maintainers <maintainers@sc-memory.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL development simulator)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libsc-memory-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libsystemc-dev (>= 2.3.4), libfmt-dev, libsqlite3-dev, libfdt-dev, libelf-dev, libslirp-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "memory map of regions as a TLM-2.0 interconnect, for SystemC platforms
 Libraries and headers: the map, the router, the analysis of traffic, models of
 RISC-V harts and devices, and a machine made of them.")

set(CPACK_DEBIAN_SIMULATOR_PACKAGE_NAME vpsim)
set(CPACK_DEBIAN_SIMULATOR_PACKAGE_SECTION electronics)
set(CPACK_DEBIAN_SIMULATOR_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_SIMULATOR_PACKAGE_DEPENDS "opensbi, u-boot-qemu")
set(CPACK_COMPONENT_SIMULATOR_DESCRIPTION "RISC-V machine as a SystemC virtual platform
 Runs unmodified firmware and operating systems on a memory map that can change
 while it runs, and reports who accessed what, when, and how long it took.")
include(CPack)
