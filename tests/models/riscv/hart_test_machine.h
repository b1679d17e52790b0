// A hart with a test memory: what most tests of the hart run their programs on.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <systemc>
#include <tlm>

#include "models/riscv/hart.h"
#include "models/riscv/hart_csr_numbers.h"
#include "tests/models/riscv/hart_assembler.h"
#include "tests/models/riscv/hart_test_memory.h"

namespace sc_memory::models::riscv::test {

class Machine {
 public:
  static constexpr uint64_t code = TestMemory::base;              // where programs go
  static constexpr uint64_t handler = TestMemory::base + 0x4000;  // where mtvec points to after load()
  static constexpr uint64_t data = TestMemory::base + 0x10000;
  static constexpr uint64_t finisher = 0x100000;  // any store here ends run()
  static constexpr uint64_t probe = 0x200000;     // a device page: stores are noted, loads give what was set

  explicit Machine(HartConfig config = make_config(), uint64_t memory_size = 0x100000)
      : memory("memory", memory_size), hart("hart", config) {
    hart.socket.bind(memory.socket);
    memory.add_device(finisher, finisher + 0xfff, [this](tlm::tlm_generic_payload&, sc_core::sc_time&) {
      finished_ = true;
      sc_core::sc_pause();
      return tlm::TLM_OK_RESPONSE;
    });
    memory.add_device(probe, probe + 0xfff, [this](tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
      if (payload.is_write()) {
        uint64_t value = 0;
        std::memcpy(&value, payload.get_data_ptr(), payload.get_data_length());
        probed.push_back(
            {payload.get_address() - probe, value, payload.get_data_length(), sc_core::sc_time_stamp() + delay});
        if (on_probe) on_probe(delay);
      } else {
        std::memcpy(payload.get_data_ptr(), &probe_value, payload.get_data_length());
      }
      return tlm::TLM_OK_RESPONSE;
    });
    hart.on_stop([this](const std::string& report) {
      reports.push_back(report);
      sc_core::sc_pause();
    });
    tlm::tlm_global_quantum::instance().set(sc_core::sc_time(10, sc_core::SC_US));
  }

  static HartConfig make_config() {
    HartConfig config;
    config.reset_pc = code;
    return config;
  }

  void load(const Program& program) {
    std::memcpy(memory.at(program.start()), program.bytes().data(), program.bytes().size());
  }

  // Ends a program: a store to the finisher, then an endless loop. Uses t6.
  static void finish(Program& program) { program.li(t6, finisher).put(as::sb(zero, t6, 0)).put(as::jal(zero, 0)); }

  // The usual handler of tests: notes mcause, mtval and mepc in s2, s3 and s4, counts in s5, skips the instruction (of
  // length given by `skip`) and returns. Uses t5.
  void install_handler(unsigned skip = 4) {
    Program program(handler);
    program.put({as::csrr(s2, csr::mcause), as::csrr(s3, csr::mtval), as::csrr(s4, csr::mepc), as::addi(s5, s5, 1),
                 as::addi(t5, s4, skip), as::csrw(csr::mepc, t5), as::mret()});
    load(program);
    hart.set_csr(csr::mtvec, handler);
  }

  // Runs until the finisher is written, the hart stops, or the time is over; whether it was the first.
  bool run(const Program& program, sc_core::sc_time limit = sc_core::sc_time(100, sc_core::SC_MS)) {
    load(program);
    hart.set_pc(program.start());
    return resume(limit);
  }
  bool resume(sc_core::sc_time limit = sc_core::sc_time(100, sc_core::SC_MS)) {
    finished_ = false;
    sc_core::sc_start(limit);
    return finished_;
  }
  // The same with the end put behind the program.
  bool run_and_finish(Program program) {
    finish(program);
    return run(program);
  }

  struct Probed {
    uint64_t offset, value;
    unsigned size;
    sc_core::sc_time time;  // local time of the access
  };

  TestMemory memory;
  Hart hart;
  std::vector<Probed> probed;
  uint64_t probe_value = 0;
  std::function<void(sc_core::sc_time& delay)> on_probe;
  std::vector<std::string> reports;

 private:
  bool finished_ = false;
};

}  // namespace sc_memory::models::riscv::test
