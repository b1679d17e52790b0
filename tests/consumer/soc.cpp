// Uses the whole library: an initiator reaches RAM and a bound TLM target through the router.
#include <cstdint>
#include <cstdio>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sc_memory/sc_memory.h"

namespace {

using namespace sc_memory;
using namespace sc_memory::literals;

struct Led : sc_core::sc_module {
  explicit Led(sc_core::sc_module_name name) : sc_module(name) { socket.register_b_transport(this, &Led::b_transport); }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    last = *payload.get_data_ptr();
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  tlm_utils::simple_target_socket<Led> socket{"socket"};
  int last = 0;
};

struct Cpu : sc_core::sc_module {
  SC_HAS_PROCESS(Cpu);
  explicit Cpu(sc_core::sc_module_name name) : sc_module(name) { SC_THREAD(run); }

  void run() { good = write(0x8000'0010, 0x11) && write(0x1000'0000, 0x22) && !write(0x5000'0000, 0x33); }

  bool write(Address address, std::uint8_t byte) {
    tlm::tlm_generic_payload payload;
    sc_core::sc_time delay;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(&byte);
    payload.set_data_length(1);
    payload.set_streaming_width(1);
    socket->b_transport(payload, delay);
    return payload.is_response_ok();
  }

  tlm_utils::simple_initiator_socket<Cpu> socket{"socket"};
  bool good = false;
};

struct Soc : sc_core::sc_module {
  Container system{"system"};
  RamRegion ram{"ram", 1_MiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  TargetRegion led_region{"led", 0x100};
  Led led{"led"};
  Cpu cpu{"cpu"};

  explicit Soc(sc_core::sc_module_name name) : sc_module(name) {
    system.add(0x8000'0000, ram);
    system.add(0x1000'0000, led_region);
    led_region.bind(led.socket);
    bus.initiator("cpu", memory).bind(cpu.socket);
  }
};

}  // namespace

int sc_main(int, char*[]) {
  Soc soc("soc");
  sc_core::sc_start();
  const bool good = soc.cpu.good && soc.ram.memory().data[0x10] == 0x11 && soc.led.last == 0x22;
  std::puts(good ? "soc: ok" : "soc: wrong");
  return good ? 0 : 1;
}
