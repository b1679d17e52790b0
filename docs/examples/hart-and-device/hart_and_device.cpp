// A RISC-V hart runs a program that drives a device of one's own: registers, access to memory, and an interrupt.
//
// The device sums up words: the program tells it where they are and how many, sleeps until the interrupt, and fetches
// the sum.
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iostream>
#include <models/riscv/hart.h>
#include <sc_memory/sc_memory.h>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

using namespace sc_memory;
using namespace sc_memory::literals;
using models::riscv::Hart;
using models::riscv::HartConfig;
using models::riscv::Interrupt;

constexpr Address kDevice = 0x1000'0000;
constexpr Address kRam = 0x4000'0000;
constexpr Address kWords = kRam + 0x1000;
constexpr Address kAnswer = kRam + 0x2000;

/// The program, as an assembler would make it (riscv64-unknown-elf-gcc -march=rv64i_zicsr). It starts at kRam.
constexpr std::array<std::uint32_t, 16> kProgram = {
    0x10000537,  //         lui   a0, 0x10000      # a0: the device
    0x000012b7,  //         li    t0, 0x800
    0x8002829b,  //
    0x30429073,  //         csrw  mie, t0          # the external interrupt wakes the hart; no trap is taken
    0x400012b7,  //         lui   t0, 0x40001
    0x00552023,  //         sw    t0, 0(a0)        # FIRST: where the words are
    0x06400293,  //         li    t0, 100
    0x00552223,  //         sw    t0, 4(a0)        # COUNT: starts
    0x10500073,  // again:  wfi
    0x00852283,  //         lw    t0, 8(a0)        # DONE
    0xfe028ce3,  //         beqz  t0, again
    0x00c52303,  //         lw    t1, 12(a0)       # SUM: lowers the interrupt
    0x400023b7,  //         lui   t2, 0x40002
    0x0063b023,  //         sd    t1, 0(t2)        # the answer, for whoever looks into the memory
    0x00052823,  //         sw    zero, 16(a0)     # OFF
    0x0000006f,  // stay:   j     stay
};

/// The device: a target for its registers, an initiator for its way to memory. It is not written for this library.
struct Summer : sc_core::sc_module {
  enum Register : std::uint64_t { first = 0, count = 4, done = 8, sum = 12, off = 16 };

  tlm_utils::simple_target_socket<Summer> registers{"registers"};
  tlm_utils::simple_initiator_socket<Summer> memory{"memory"};
  std::function<void(bool level)> interrupt;

  SC_HAS_PROCESS(Summer);
  explicit Summer(sc_core::sc_module_name name) : sc_module(name) {
    registers.register_b_transport(this, &Summer::b_transport);
    SC_THREAD(work);
  }

 private:
  /// Words alone, at addresses relative to the device.
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    delay += sc_core::sc_time(20, sc_core::SC_NS);
    if (payload.get_data_length() != 4) {
      payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
      return;
    }
    std::uint32_t value = 0;
    if (payload.is_write()) {
      std::memcpy(&value, payload.get_data_ptr(), 4);
      write(payload.get_address(), value);
    } else {
      value = read(payload.get_address());
      std::memcpy(payload.get_data_ptr(), &value, 4);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  void write(std::uint64_t address, std::uint32_t value) {
    if (address == first) first_ = value;
    if (address == count) {
      count_ = value;
      start_.notify(sc_core::SC_ZERO_TIME);
    }
    if (address == off) sc_core::sc_stop();
  }
  std::uint32_t read(std::uint64_t address) {
    if (address == done) return done_ ? 1 : 0;
    if (address != sum) return 0;
    interrupt(false);
    return sum_;
  }

  void work() {
    for (;;) {
      wait(start_);
      done_ = false;
      sum_ = 0;
      for (std::uint32_t i = 0; i < count_; ++i) {
        std::uint32_t word = 0;
        tlm::tlm_generic_payload payload;
        payload.set_command(tlm::TLM_READ_COMMAND);
        payload.set_address(first_ + 4 * i);
        payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&word));
        payload.set_data_length(4);
        payload.set_streaming_width(4);
        sc_core::sc_time delay(10, sc_core::SC_NS);
        memory->b_transport(payload, delay);
        wait(delay);
        sum_ += word;
      }
      done_ = true;
      interrupt(true);
    }
  }

  std::uint64_t first_ = 0;
  std::uint32_t count_ = 0;
  std::uint32_t sum_ = 0;
  bool done_ = false;
  sc_core::sc_event start_;
};

struct Platform : sc_core::sc_module {
  Container system{"system"};
  RamRegion ram{"ram", 1_MiB};
  TargetRegion summer_registers{"summer", 4_KiB};
  AddressSpace memory{"memory", system};
  Router bus{"bus"};
  Hart hart{"hart", config()};
  Summer summer{"summer"};

  explicit Platform(sc_core::sc_module_name name) : sc_module(name) {
    system.add(kDevice, summer_registers);
    system.add(kRam, ram);
    summer_registers.bind(summer.registers);
    bus.initiator("hart", memory).bind(hart.socket);
    bus.initiator("summer", memory).bind(summer.memory);
    summer.interrupt = [this](bool level) { hart.set_interrupt(Interrupt::m_external, level); };
  }

  static HartConfig config() {
    HartConfig config;
    config.reset_pc = kRam;
    return config;
  }
};

int sc_main(int, char*[]) {
  Platform platform("platform");
  std::array<std::uint32_t, 100> words{};
  std::uint32_t expected = 0;
  for (std::uint32_t i = 0; i < words.size(); ++i) expected += words[i] = i * i;
  platform.memory.write(kRam, kProgram.data(), sizeof kProgram);
  platform.memory.write(kWords, words.data(), sizeof words);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_SEC));  // it stops long before

  std::uint64_t answer = 0;
  platform.memory.read(kAnswer, &answer, sizeof answer);
  const auto counters = platform.hart.counters();
  std::cout << "the program found the sum of 100 squares to be " << answer << ", after " << sc_core::sc_time_stamp()
            << " and " << counters.instructions << " instructions\n";
  if (answer != expected) std::cout << "wrong: it is " << expected << "\n";
  if (counters.exceptions != 0) std::cout << "wrong: the program has faulted\n";
  return answer == expected && counters.exceptions == 0 ? 0 : 1;
}
