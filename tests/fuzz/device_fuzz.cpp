// A guest made of random bytes at every device model: registers, configuration space, queues. Nothing crashes, nothing
// outside guest memory is touched, and every device still answers afterwards.
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/simulate.h"
#include "tests/models/device_storm.h"

namespace {

sc_memory::models::test::DeviceStorm& storm() {
  static auto* const instance = [] {
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    auto* made = new sc_memory::models::test::DeviceStorm("storm");
    sc_memory::fuzz::simulate(sc_core::SC_ZERO_TIME);
    return made;
  }();
  return *instance;
}

}  // namespace

// SystemC's library wants one; the fuzzer has its own main.
int sc_main(int, char**) { return 0; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sc_memory::fuzz::ByteSource bytes(data, size);
  while (!bytes.empty()) {
    storm().act(bytes);
    sc_memory::fuzz::announce_main_stack();
  }
  if (!storm().survives()) {
    std::fputs("a device does not answer any more\n", stderr);
    std::abort();
  }
  return 0;
}
