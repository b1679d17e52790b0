// Boots Debian's Linux, as `sim/run.sh linux` does.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/vpsim_process.h"

namespace sc_memory::sim::test {

inline const std::string kLookAround = PROJECT_DIR "/sim/linux/look-around.script";

/// From reset to the shell, where `script` types: as it stands, look-around tries the machine and switches it off.
/// `more` are further options of vpsim run.
inline VpsimResult boot_linux(const std::vector<std::string>& more = {}, const std::string& script = kLookAround) {
  std::vector<std::string> arguments = {"run",
                                        "--kernel",
                                        PROJECT_DIR "/build/linux/Image",
                                        "--initrd",
                                        PROJECT_DIR "/build/linux/initramfs.cpio",
                                        "--append",
                                        "earlycon console=ttyS0 panic=-1",
                                        "--script",
                                        script,
                                        "--max-time",
                                        "100s",
                                        "--milestone",
                                        "OpenSBI=OpenSBI v",
                                        "--milestone",
                                        "kernel start=Linux version",
                                        "--milestone",
                                        "shell prompt=linux# ",
                                        "--milestone",
                                        "poweroff=reboot: Power down"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_vpsim(arguments);
}

/// A new image with a file system, as sim/run.sh makes it; a failure fails the test.
inline void make_linux_disk(const std::string& path) {
  const std::string command = "cd '" PROJECT_DIR
                              "' && . cmake/debian-packages.sh && . cmake/debian-trixie.sh && "
                              ". sim/linux/images.sh && make_linux_disk '" +
                              path + "'";
  ASSERT_EQ(std::system(("bash -c \"" + command + "\"").c_str()), 0);
}

}  // namespace sc_memory::sim::test
