# Run at build time: writes a header with the commit that the sources are of, unless it says so already.
#
#   cmake -DSOURCE_DIR=... -DOUTPUT=commit.h -P WriteCommit.cmake
#
# In a checkout git knows, and "+" behind it says that something was changed since; a source archive that `git archive` made
# has it in cmake/archived-commit.txt.
file(STRINGS "${SOURCE_DIR}/cmake/archived-commit.txt" commit LIMIT_COUNT 1)
if(commit MATCHES "Format")
  set(commit "unknown")
  find_program(GIT git)
  if(GIT AND EXISTS "${SOURCE_DIR}/.git")
    # Whoever owns the checkout: it is only read.
    execute_process(COMMAND "${GIT}" -c "safe.directory=*" -C "${SOURCE_DIR}" describe --always --dirty=+ --match=nothing
      --abbrev=12 OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed)
      set(commit "${described}")
    endif()
  endif()
endif()
set(header "// Made by the build.\n#pragma once\n\nconstexpr char kCommit[] = \"${commit}\";\n")
set(before "")
if(EXISTS "${OUTPUT}")
  file(READ "${OUTPUT}" before)
endif()
if(NOT before STREQUAL header)
  file(WRITE "${OUTPUT}" "${header}")
endif()
