// The lowest free number is what open(2) gives: in ascending order each closed descriptor gets its own.
#include "sim/standard_descriptors.h"

#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

namespace sc_memory::sim {

void open_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
}

}  // namespace sc_memory::sim
