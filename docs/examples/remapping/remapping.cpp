// A window that shows one of four banks of memory, chosen by a register, while an initiator holds direct pointers:
// those into the window are taken back before the write of the register returns, and no others.
#include <cstdint>
#include <iostream>
#include <sc_memory/sc_memory.h>
#include <vector>

#include <systemc>
#include <tlm>

using namespace sc_memory;
using namespace sc_memory::literals;

constexpr Address kWindow = 0x4000'0000;
constexpr Address kBankRegister = 0x5000'0000;
constexpr Address kRam = 0x8000'0000;

/// Loads and stores by pointer where it may, and writes down what is taken back.
struct Cpu : sc_core::sc_module, tlm::tlm_bw_transport_if<> {
  tlm::tlm_initiator_socket<> socket{"socket"};
  DmiCache memory{socket};
  std::vector<AddressRange> taken_back;

  SC_HAS_PROCESS(Cpu);
  explicit Cpu(sc_core::sc_module_name name) : sc_module(name) {
    socket.bind(*this);
    SC_THREAD(run);
  }

  std::uint32_t load(Address address) {
    std::uint32_t value = 0;
    check(memory.load(address, value, local_time) == tlm::TLM_OK_RESPONSE, "a load is served");
    return value;
  }
  void store(Address address, std::uint32_t value) {
    check(memory.store(address, value, local_time) == tlm::TLM_OK_RESPONSE, "a store is served");
  }
  bool has_pointer(Address address) { return memory.find(address, Direction::read).data != nullptr; }

  void run() {
    for (std::uint32_t bank = 0; bank < 4; ++bank) {
      taken_back.clear();
      store(kBankRegister, bank);
      // Nothing that is stale is left when the store returns.
      check(!has_pointer(kWindow), "the pointer into the window is gone");
      if (bank != 0) {
        check(taken_back.size() == 1 && taken_back[0] == AddressRange{kWindow, kWindow + 64_KiB - 1},
              "the window is taken back, in one piece");
        check(has_pointer(kRam), "the pointer into the RAM stays");
      }
      const std::uint32_t shown = load(kWindow);
      std::cout << "bank " << bank << ": the window shows 0x" << std::hex << shown << std::dec << ", "
                << (has_pointer(kWindow) ? "by pointer from now on" : "without a pointer") << "\n";
      check(shown == 0xb0 + bank, "the window shows the bank");
      check(has_pointer(kWindow), "the first load has brought a pointer");
      load(kRam);
    }
  }

  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
    taken_back.push_back({first, last});
    memory.invalidate({first, last});
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_ACCEPTED;
  }

  void check(bool good, const char* what) {
    if (!good) std::cout << "wrong: it is not so that " << what << "\n";
    all_good = all_good && good;
  }

  sc_core::sc_time local_time;
  bool all_good = true;
};

struct Platform : sc_core::sc_module {
  Container system{"system"};
  RamRegion ram{"ram", 1_MiB};
  RamRegion banks{"banks", 256_KiB};
  AliasRegion window{"window", banks, 0, 64_KiB};
  IoRegion bank_register{"bank-register", 4, io_ops().write32([this](Address, std::uint32_t bank) {
                           window.set_alias_offset((bank & 3) * 64_KiB);  // the map changes here
                         })};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  Cpu cpu{"cpu"};

  explicit Platform(sc_core::sc_module_name name) : sc_module(name) {
    system.add(kWindow, window);
    system.add(kBankRegister, bank_register);
    system.add(kRam, ram);
    bus.initiator("cpu", memory).bind(cpu.socket);
    for (unsigned bank = 0; bank < 4; ++bank)
      banks.memory().data[bank * 64_KiB] = static_cast<std::uint8_t>(0xb0 + bank);
  }
};

int sc_main(int, char*[]) {
  Platform platform("platform");
  sc_core::sc_start();
  return platform.cpu.all_good ? 0 : 1;
}
