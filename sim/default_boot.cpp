// The tour that vpsim takes through U-Boot when nobody sits at its console.
#include "sim/default_boot.h"

namespace sc_memory::sim {

const char kDefaultScript[] = R"(
# U-Boot counts down before it starts the default boot command; a key stops it.
@expect "Hit any key to stop autoboot"
@key " "
version
bdinfo

# Memory: a pattern over 16 MiB, copied and compared.
mw.q 84000000 a5c35a3c0ff00f1e 200000
cp.q 84000000 86000000 200000
cmp.q 84000000 86000000 200000
crc32 86000000 1000000

# The second flash bank: every command takes the direct pointers into the bank back, and reading it as memory brings them again.
md.l 22000000 4
flinfo
erase 22000000 2203ffff
mw.l 84000000 600dcafe 100
cp.b 84000000 22000000 400
cmp.b 84000000 22000000 400
md.l 22000000 8
erase 22000000 2203ffff
md.l 22000000 4
poweroff
)";

}  // namespace sc_memory::sim
