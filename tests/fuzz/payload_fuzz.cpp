// Sends payloads made of random bytes at maps made of random bytes, through the router: nothing crashes, the address
// comes back, no transaction is left incomplete, and nothing outside the payload's own buffer is touched.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/sc_memory.h"

#include "tests/fuzz/byte_source.h"

namespace sc_memory::fuzz {
namespace {

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

/// A target that answers, grants and misbehaves as the fuzzer says.
struct AnyTarget : sc_core::sc_module {
  explicit AnyTarget(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_b_transport(this, &AnyTarget::b_transport);
    socket.register_get_direct_mem_ptr(this, &AnyTarget::get_direct_mem_ptr);
    socket.register_transport_dbg(this, &AnyTarget::transport_dbg);
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    if (payload.is_read() && payload.get_data_ptr() != nullptr && payload.get_byte_enable_ptr() == nullptr)
      std::memset(payload.get_data_ptr(), 0x5a, payload.get_data_length());
    payload.set_dmi_allowed(bytes->choice(2) == 0);
    payload.set_response_status(static_cast<tlm::tlm_response_status>(1 - static_cast<int>(bytes->choice(7))));
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(bytes->address());
    dmi.set_end_address(bytes->address());
    dmi.set_dmi_ptr(bytes->choice(3) == 0 ? nullptr : memory);
    if (bytes->choice(2) == 0) dmi.allow_read_write();
    return bytes->choice(3) != 0;
  }
  unsigned transport_dbg(tlm::tlm_generic_payload&) { return bytes->number<std::uint32_t>(); }

  tlm_utils::simple_target_socket<AnyTarget> socket{"socket"};
  ByteSource* bytes = nullptr;
  std::uint8_t memory[64] = {};
};

struct Platform : sc_core::sc_module {
  explicit Platform(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &Platform::invalidate);
    bus.initiator("cpu", memory).bind(socket);
    region.bind(target.socket);
  }
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
    if (first > last) fail("an invalidation ends before it begins");
  }

  Container system{"system"};
  AddressSpace memory{"memory", system};
  TargetRegion region{"region", 0x1000};
  Router bus{"bus"};
  AnyTarget target{"target"};
  tlm_utils::simple_initiator_socket<Platform> socket{"cpu_socket"};
};

Platform& platform() {
  static Platform* const instance = [] {
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    auto* made = new Platform("platform");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    return made;
  }();
  return *instance;
}

/// A payload with guards around its data.
class AnyPayload {
 public:
  explicit AnyPayload(ByteSource& bytes) : guarded_(kGuard + kMaxLength + kGuard, kGuardByte), enables_(16) {
    for (std::uint8_t& enable : enables_) enable = bytes.choice(2) == 0 ? TLM_BYTE_DISABLED : TLM_BYTE_ENABLED;
    address_ = bytes.address();
    payload_.set_command(static_cast<tlm::tlm_command>(bytes.choice(3)));
    payload_.set_address(address_);
    payload_.set_data_ptr(bytes.choice(16) == 0 ? nullptr : guarded_.data() + kGuard);
    payload_.set_data_length(static_cast<unsigned>(bytes.choice(kMaxLength + 1)));
    payload_.set_streaming_width(bytes.choice(3) == 0 ? bytes.byte() : payload_.get_data_length());
    if (bytes.choice(3) == 0) {
      payload_.set_byte_enable_ptr(enables_.data());
      payload_.set_byte_enable_length(static_cast<unsigned>(bytes.choice(enables_.size() + 1)));
    }
  }

  tlm::tlm_generic_payload& get() { return payload_; }

  void check() const {
    if (payload_.get_address() != address_) fail("the address did not come back");
    for (std::size_t i = 0; i < kGuard; ++i) {
      if (guarded_[i] != kGuardByte || guarded_[kGuard + kMaxLength + i] != kGuardByte)
        fail("bytes outside the data were written");
    }
  }

 private:
  static constexpr std::size_t kGuard = 16;
  static constexpr std::size_t kMaxLength = 96;
  static constexpr std::uint8_t kGuardByte = 0xc3;

  std::vector<std::uint8_t> guarded_;
  std::vector<std::uint8_t> enables_;
  Address address_ = 0;
  tlm::tlm_generic_payload payload_;
};

/// Regions for one input. They leave the map with it.
struct Regions {
  Regions(ByteSource& bytes, Container& system) {
    system.add(bytes.address(), ram, Priority{static_cast<std::int8_t>(bytes.byte())});
    system.add(bytes.address(), rom, Priority{static_cast<std::int8_t>(bytes.byte())});
    system.add(bytes.address(), io, Priority{static_cast<std::int8_t>(bytes.byte())});
    system.add(bytes.address(), flash, Priority{static_cast<std::int8_t>(bytes.byte())});
    alias.set_alias_offset(bytes.address());
    system.add(bytes.address(), alias, Priority{static_cast<std::int8_t>(bytes.byte())});
  }

  static IoOps device() {
    return io_ops()
        .read([](Address offset, unsigned size) { return offset * size; })
        .write([](Address, std::uint64_t, unsigned) {})
        .impl(1, 4);
  }

  RamRegion ram{"ram", 0x3000};
  RomRegion rom{"rom", 0x1000};
  IoRegion io{"io", 0x200, device()};
  RomDeviceRegion flash{"flash", 0x1000, device()};
  AliasRegion alias{"alias", ram, 0, 0x2000};
};

void act(ByteSource& bytes, Platform& platform, Regions& regions) {
  AnyPayload payload(bytes);
  switch (bytes.choice(6)) {
    case 0: {
      tlm::tlm_dmi dmi;
      platform.socket->get_direct_mem_ptr(payload.get(), dmi);
      if (dmi.get_start_address() > dmi.get_end_address()) fail("a DMI answer ends before it begins");
      break;
    }
    case 1:
      if (platform.socket->transport_dbg(payload.get()) > payload.get().get_data_length())
        fail("more bytes than asked for were moved");
      break;
    case 2:
      regions.ram.set_address(bytes.address());
      break;
    case 3:
      platform.target.socket->invalidate_direct_mem_ptr(bytes.address(), bytes.address());
      break;
    case 4:
      regions.flash.set_readable(bytes.choice(2) == 0);
      break;
    default: {
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      platform.socket->b_transport(payload.get(), delay);
    }
  }
  payload.check();
}

}  // namespace
}  // namespace sc_memory::fuzz

// SystemC's library wants one; the fuzzer has its own main.
int sc_main(int, char**) { return 0; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sc_memory;
  fuzz::ByteSource bytes(data, size);
  fuzz::Platform& platform = fuzz::platform();
  platform.target.bytes = &bytes;
  fuzz::Regions regions(bytes, platform.system);
  platform.system.add(bytes.address(), platform.region, Priority{0});
  while (!bytes.empty()) fuzz::act(bytes, platform, regions);
  platform.system.remove(platform.region);
  return 0;
}
