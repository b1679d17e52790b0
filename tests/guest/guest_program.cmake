# Builds programs that run on the machine without firmware.
find_program(RISCV_GCC riscv64-unknown-elf-gcc REQUIRED)

# sc_memory_guest_program(NAME <program> SOURCE <file> [DEPENDS <included files>] [OPTIONS <compiler options>])
# builds NAME.elf in the current binary directory; a target that lists that file among its sources makes it.
function(sc_memory_guest_program name)
  cmake_parse_arguments(GUEST "" "SOURCE" "DEPENDS;OPTIONS" ${ARGN})
  set(script "${PROJECT_SOURCE_DIR}/tests/guest/program.ld")
  add_custom_command(OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}.elf"
    COMMAND "${RISCV_GCC}" -march=rv64gc -mabi=lp64d -mcmodel=medany -g -ffreestanding -nostdlib -static
      -Wl,--no-relax,--nmagic,--build-id=none,--no-warn-rwx-segments -T "${script}" ${GUEST_OPTIONS}
      -o "${CMAKE_CURRENT_BINARY_DIR}/${name}.elf" "${CMAKE_CURRENT_SOURCE_DIR}/${GUEST_SOURCE}"
    DEPENDS "${GUEST_SOURCE}" "${script}" ${GUEST_DEPENDS} VERBATIM)
endfunction()
