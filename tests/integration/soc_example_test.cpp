// The platform that the design shows, word for word, with a processor and a UART of the plainest sort: it compiles, and
// does what its comments say.
#include <gtest/gtest.h>
#include <sc_memory/sc_memory.h>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

using namespace sc_memory;
using namespace sc_memory::literals;

namespace {

struct Uart : sc_core::sc_module {
  explicit Uart(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(this, &Uart::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    if (payload.is_write()) sent += static_cast<char>(*payload.get_data_ptr());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  tlm_utils::simple_target_socket<Uart> socket{"socket"};
  std::string sent;
};

struct Cpu : sc_core::sc_module {
  SC_HAS_PROCESS(Cpu);
  explicit Cpu(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &Cpu::invalidate);
    SC_THREAD(run);
  }

  template <typename T>
  tlm::tlm_response_status access(tlm::tlm_command command, Address address, T& value) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<std::uint8_t*>(&value));
    payload.set_data_length(sizeof value);
    payload.set_streaming_width(sizeof value);
    sc_core::sc_time delay;
    socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  template <typename T>
  tlm::tlm_response_status store(Address address, T value) {
    return access(tlm::TLM_WRITE_COMMAND, address, value);
  }
  template <typename T>
  T load(Address address) {
    T value{};
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address, value), tlm::TLM_OK_RESPONSE);
    return value;
  }
  bool ask_dmi(Address address, tlm::tlm_dmi& dmi) {
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    return socket->get_direct_mem_ptr(payload, dmi);
  }

  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) { taken_back.push_back({first, last}); }
  void run() {
    if (program) program(*this);
  }

  tlm_utils::simple_initiator_socket<Cpu> socket{"socket"};
  std::function<void(Cpu&)> program;
  std::vector<AddressRange> taken_back;
};

// clang-format off
struct Soc : sc_core::sc_module {
  Container    system{"system"};                          // 2^64 bytes unless told otherwise
  RamRegion    ram{"ram", 256_MiB};
  RomRegion    boot{"boot", 64_KiB};
  AliasRegion  shadow{"boot-shadow", boot, 0, 64_KiB};
  AddressSpace memory{"memory", system};
  Router       bus{"bus"};
  TargetRegion uart{"uart", 0x100};                       // an I/O region that a TLM target serves
  IoRegion     remap{"remap", 4, io_ops().write32([this](Address, uint32_t v) { shadow.set_enabled(v & 1); })};
  Cpu cpu{"cpu"};  Uart uart0{"uart0"};                   // anybody's models

  explicit Soc(sc_core::sc_module_name name) : sc_module(name) {
    system.add(0x0000'0000, shadow, Priority{1});
    system.add(0x1000'0000, uart);
    system.add(0x1000'1000, remap);
    system.add(0x8000'0000, ram);
    uart.bind(uart0.socket);
    bus.initiator("cpu", memory).bind(cpu.socket);        // b_transport, nb_transport, debug, DMI, exact invalidation
  }
};
// clang-format on

/// Runs `program` on the processor, to its end.
void run(Soc& soc, std::function<void(Cpu&)> program) {
  bool ended = false;
  soc.cpu.program = [&](Cpu& cpu) {
    program(cpu);
    ended = true;
  };
  sc_core::sc_start();
  ASSERT_TRUE(ended);
}

TEST(SocExample, EveryPlaceOfTheMapIsReached) {
  Soc soc("soc");
  soc.boot.memory().data[0x10] = 0x5a;
  run(soc, [&](Cpu& cpu) {
    EXPECT_EQ(cpu.load<std::uint8_t>(0x10), 0x5a);
    EXPECT_EQ(cpu.store<std::uint8_t>(0x10, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(cpu.store<std::uint32_t>(0x8000'0000, 0x600d'f00d), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(cpu.load<std::uint32_t>(0x8000'0000), 0x600d'f00du);
    EXPECT_EQ(cpu.store<std::uint8_t>(0x1000'0000, '!'), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(cpu.store<std::uint8_t>(0x4000'0000, 0), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
  EXPECT_EQ(soc.uart0.sent, "!");
}

TEST(SocExample, TheWriteToRemapReturnsAfterEveryPointerIntoTheShadowIsTakenBack) {
  Soc soc("soc");
  run(soc, [&](Cpu& cpu) {
    tlm::tlm_dmi shadow;
    tlm::tlm_dmi ram;
    ASSERT_TRUE(cpu.ask_dmi(0x40, shadow));
    ASSERT_TRUE(cpu.ask_dmi(0x8000'0000, ram));
    ASSERT_EQ(shadow.get_dmi_ptr(), soc.boot.memory().data);
    ASSERT_EQ(shadow.get_end_address(), 64_KiB - 1);

    EXPECT_EQ(cpu.store<std::uint32_t>(0x1000'1000, 0), tlm::TLM_OK_RESPONSE);
    // No time has passed, and no other process has run.
    EXPECT_EQ(cpu.taken_back, (std::vector<AddressRange>{{0, 64_KiB - 1}}));
    std::uint32_t word = 0;
    EXPECT_EQ(cpu.access(tlm::TLM_READ_COMMAND, 0x40, word), tlm::TLM_ADDRESS_ERROR_RESPONSE);

    EXPECT_EQ(cpu.store<std::uint32_t>(0x1000'1000, 1), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(cpu.taken_back.size(), 1u) << "nothing was held of the hole that the shadow filled";
    EXPECT_EQ(cpu.access(tlm::TLM_READ_COMMAND, 0x40, word), tlm::TLM_OK_RESPONSE);
  });
}

}  // namespace
