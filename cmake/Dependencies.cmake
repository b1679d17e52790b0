# Every library this project uses, named here and nowhere else. All come from Debian packages (cmake/debian-packages.sh).
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)        # text: messages, the printed tree and views
find_package(nlohmann_json REQUIRED)  # JSON; headers only, seen by no user of the libraries
find_package(SystemC 2.3.4 REQUIRED)
find_package(SQLite3 REQUIRED)    # recordings of traffic

if(SC_MEMORY_BUILD_SIMULATOR OR SC_MEMORY_BUILD_TESTS)
  find_package(LibFdt REQUIRED)   # device trees
  find_package(LibElf REQUIRED)   # firmware images
  find_package(Slirp REQUIRED)    # a network for the guest, in user space
  find_package(CLI11 REQUIRED)    # vpsim's command line
endif()
if(SC_MEMORY_BUILD_TESTS)
  find_package(GTest REQUIRED)
  if(SC_MEMORY_BUILD_BENCHMARKS)
    find_package(benchmark REQUIRED)
  endif()
endif()
