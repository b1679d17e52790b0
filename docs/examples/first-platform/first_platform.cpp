// A whole platform: a processor with DMI, memory, a boot ROM that can be switched off, and two devices.
#include <cstdint>
#include <iostream>
#include <sc_memory/sc_memory.h>
#include <stdexcept>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

using namespace sc_memory;
using namespace sc_memory::literals;

// A device as a TLM target: it is not written for this library, and knows nothing of it.
struct Uart : sc_core::sc_module {
  tlm_utils::simple_target_socket<Uart> socket{"socket"};

  explicit Uart(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(this, &Uart::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    if (payload.is_write()) std::cout.put(static_cast<char>(*payload.get_data_ptr()));  // address 0 is the region's
    delay += sc_core::sc_time(100, sc_core::SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

// An instruction set simulator's way to memory: pointers where it may, transactions where it must.
struct Cpu : sc_core::sc_module, tlm::tlm_bw_transport_if<> {
  tlm::tlm_initiator_socket<> socket{"socket"};
  DmiCache memory{socket};

  SC_HAS_PROCESS(Cpu);
  explicit Cpu(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(*this);
    SC_THREAD(run);
  }

  template <typename T>
  T load(Address address) {
    T value{};
    if (memory.load(address, value, local_time) != tlm::TLM_OK_RESPONSE) throw std::runtime_error("load fault");
    return value;
  }
  template <typename T>
  void store(Address address, T value) {
    if (memory.store(address, value, local_time) != tlm::TLM_OK_RESPONSE) throw std::runtime_error("store fault");
  }

  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override { memory.invalidate({first, last}); }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_ACCEPTED;
  }

  void run() {
    const auto booted_from = load<std::uint32_t>(0);  // the boot ROM, over the RAM
    store<std::uint32_t>(0x1000'1000, 0);             // switches it off: the pointer into it is gone when this returns
    store<std::uint32_t>(0, 0x600d);
    const auto now_there = load<std::uint32_t>(0);  // the RAM below
    for (const char letter : {'o', 'k', '\n'}) store<char>(0x1000'0000, letter);
    wait(local_time);
    good = booted_from == 0xb007 && now_there == 0x600d;
  }

  sc_core::sc_time local_time;
  bool good = false;
};

struct Platform : sc_core::sc_module {
  Container system{"system"};
  RamRegion ram{"ram", 64_MiB};
  RomRegion boot{"boot", 64_KiB};
  TargetRegion uart{"uart", 0x100};
  IoRegion control{"control", 4, io_ops().write32([this](Address, std::uint32_t on) { boot.set_enabled(on & 1); })};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  Cpu cpu{"cpu"};
  Uart uart0{"uart0"};

  explicit Platform(sc_core::sc_module_name name) : sc_module(name) {
    system.add(0x0000'0000, ram, Priority{0});
    system.add(0x0000'0000, boot, Priority{1});  // over the RAM
    system.add(0x1000'0000, uart);
    system.add(0x1000'1000, control);
    uart.bind(uart0.socket);
    bus.initiator("cpu", memory).bind(cpu.socket);
  }
};

int sc_main(int, char*[]) {
  Platform platform("platform");
  Attributes loader;
  loader.debug = true;  // may write ROM
  const std::uint32_t first_word = 0xb007;
  platform.memory.write(0, &first_word, sizeof first_word, loader);
  sc_core::sc_start();
  std::cout << (platform.cpu.good ? "the boot ROM was read, then the RAM below it" : "something else was read") << "\n";
  return platform.cpu.good ? 0 : 1;
}
