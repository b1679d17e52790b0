# The language level, the warnings and the sanitizers that everything in this project is compiled with.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# The project's own targets link this privately, so that a user's project never inherits our warnings.
add_library(sc_memory_build_options INTERFACE)
target_compile_options(sc_memory_build_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wimplicit-fallthrough
  -Wnull-dereference -Werror)
# SystemC 2.3 needs SC_HAS_PROCESS, which 3.0 calls deprecated.
target_compile_definitions(sc_memory_build_options INTERFACE SC_ALLOW_DEPRECATED_IEEE_API)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these from inside inlined standard-library code; clang-tidy and the sanitizers look for the real ones.
  target_compile_options(sc_memory_build_options INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized)
endif()

if(BUILD_SHARED_LIBS)
  # Programs too, so that they can use the headers that the libraries compiled.
  add_compile_options(-fPIC)
endif()

if(SC_MEMORY_SANITIZE)
  add_compile_options(-fsanitize=${SC_MEMORY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SC_MEMORY_SANITIZE})
endif()
