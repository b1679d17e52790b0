// Sends payloads made of random bytes at maps made of random bytes, by every interface of the router, to a target that
// misbehaves: nothing crashes, the address comes back, nothing outside the payload's own buffer is touched, and every
// non-blocking transaction ends and is given back.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/iommu_region.h"
#include "sc_memory/map/map_error.h"
#include "sc_memory/sc_memory.h"

#include "tests/fuzz/byte_source.h"
#include "tests/fuzz/simulate.h"

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
    socket.register_nb_transport_fw(this, &AnyTarget::nb_transport_fw);
    socket.register_get_direct_mem_ptr(this, &AnyTarget::get_direct_mem_ptr);
    socket.register_transport_dbg(this, &AnyTarget::transport_dbg);
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) { answer(payload); }
  void answer(tlm::tlm_generic_payload& payload) {
    if (bytes->choice(16) == 0) throw std::runtime_error("as the fuzzer says");
    if (payload.is_read() && payload.get_data_ptr() != nullptr && payload.get_byte_enable_ptr() == nullptr)
      std::memset(payload.get_data_ptr(), 0x5a, payload.get_data_length());
    payload.set_dmi_allowed(bytes->choice(2) == 0);
    payload.set_response_status(static_cast<tlm::tlm_response_status>(1 - static_cast<int>(bytes->choice(7))));
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time&) {
    if (phase != tlm::BEGIN_REQ) return bytes->choice(2) == 0 ? tlm::TLM_ACCEPTED : tlm::TLM_COMPLETED;
    if (bytes->choice(3) == 0) {
      answer(payload);
      return tlm::TLM_COMPLETED;
    }
    held.push_back(&payload);
    if (bytes->choice(2) == 0) return tlm::TLM_ACCEPTED;
    // Any phase, right or wrong, and some that nobody knows.
    phase = static_cast<tlm::tlm_phase>(static_cast<unsigned>(bytes->choice(8)));
    return tlm::TLM_UPDATED;
  }
  /// Answers what it has, rightly.
  void answer_held() {
    for (tlm::tlm_generic_payload* const payload : std::exchange(held, {})) {
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_core::sc_time delay;
      socket->nb_transport_bw(*payload, phase, delay);
      simulate(sc_core::sc_time(1, sc_core::SC_NS));
    }
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
  std::vector<tlm::tlm_generic_payload*> held;
  std::uint8_t memory[64] = {};
};

struct Platform : sc_core::sc_module {
  explicit Platform(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &Platform::invalidate);
    socket.register_nb_transport_bw(this, &Platform::nb_transport_bw);
    bus.initiator("cpu", memory).bind(socket);
    region.bind(target.socket);
  }
  void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
    if (first > last) fail("an invalidation ends before it begins");
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time&) {
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    payload.release();
    return tlm::TLM_COMPLETED;
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
    simulate(sc_core::SC_ZERO_TIME);
    return made;
  }();
  return *instance;
}

/// A payload with guards around its data.
class AnyPayload : private tlm::tlm_mm_interface {
 public:
  explicit AnyPayload(ByteSource& bytes) : guarded_(kGuard + kMaxLength + kGuard, kGuardByte), enables_(16) {
    for (std::uint8_t& enable : enables_) enable = bytes.choice(2) == 0 ? TLM_BYTE_DISABLED : TLM_BYTE_ENABLED;
    address_ = bytes.address();
    payload_.set_command(static_cast<tlm::tlm_command>(bytes.choice(3)));
    payload_.set_address(address_);
    payload_.set_data_ptr(bytes.choice(16) == 0 ? nullptr : guarded_.data() + kGuard);
    payload_.set_data_length(static_cast<unsigned>(bytes.choice(kMaxLength + 1)));
    if (bytes.choice(8) == 0) payload_.set_gp_option(tlm::TLM_FULL_PAYLOAD);
    payload_.set_streaming_width(bytes.choice(3) == 0 ? bytes.byte() : payload_.get_data_length());
    if (bytes.choice(3) == 0) {
      payload_.set_byte_enable_ptr(enables_.data());
      payload_.set_byte_enable_length(static_cast<unsigned>(bytes.choice(enables_.size() + 1)));
    }
  }

  tlm::tlm_generic_payload& get() { return payload_; }

  /// For nb_transport: the payload is held once.
  tlm::tlm_generic_payload& get_managed() {
    payload_.set_mm(this);
    payload_.acquire();
    given_back_ = false;
    return payload_;
  }
  bool given_back() const { return given_back_; }

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
  void free(tlm::tlm_generic_payload* payload) override {
    payload->set_mm(nullptr);
    given_back_ = true;
  }

  Address address_ = 0;
  bool given_back_ = true;
  tlm::tlm_generic_payload payload_;
};

/// Pages that lead anywhere, into the space they are in too.
class AnyPages final : public Translator {
 public:
  AnyPages(AddressSpace& space, std::uint64_t key) : space_(space), key_(key) {}
  Translation translate(Address offset, Direction, unsigned, const Attributes&) override {
    constexpr std::uint64_t kPage = 0x100;
    const Address to = (offset / kPage * key_) & ~(kPage - 1);
    if (to % 5 == 0) return Translation::fault(offset, kPage);
    return Translation::page(offset, kPage, space_, to, to % 3 != 0, to % 7 != 0);
  }

 private:
  AddressSpace& space_;
  std::uint64_t key_;
};

/// Regions for one input. They leave the map with it.
struct Regions {
  Regions(ByteSource& bytes, Container& system, AddressSpace& space) : pages(space, bytes.number<std::uint64_t>()) {
    system.add(bytes.address(), ram, Priority{static_cast<std::int8_t>(bytes.byte())});
    system.add(bytes.address(), rom, Priority{static_cast<std::int8_t>(bytes.byte())});
    system.add(bytes.address(), io, Priority{static_cast<std::int8_t>(bytes.byte())});
    system.add(bytes.address(), flash, Priority{static_cast<std::int8_t>(bytes.byte())});
    system.add(bytes.address(), iommu, Priority{static_cast<std::int8_t>(bytes.byte())});
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
  AnyPages pages;
  IommuRegion iommu{"iommu", 0x2000, pages};
};

using InFlight = std::vector<std::unique_ptr<AnyPayload>>;

/// Sends a new transaction on its way, or a phase of one that may be over.
void act_nonblocking(ByteSource& bytes, Platform& platform, InFlight& in_flight) {
  sc_core::sc_time delay(bytes.choice(4), sc_core::SC_NS);
  if (!in_flight.empty() && bytes.choice(4) == 0) {
    AnyPayload& payload = *in_flight[bytes.choice(in_flight.size())];
    auto phase = static_cast<tlm::tlm_phase>(static_cast<unsigned>(2 + bytes.choice(6)));
    if (!payload.given_back()) platform.socket->nb_transport_fw(payload.get(), phase, delay);
  } else {
    in_flight.push_back(std::make_unique<AnyPayload>(bytes));
    tlm::tlm_generic_payload& payload = in_flight.back()->get_managed();
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    if (platform.socket->nb_transport_fw(payload, phase, delay) == tlm::TLM_COMPLETED) payload.release();
  }
  if (bytes.choice(2) == 0) simulate(sc_core::sc_time(1, sc_core::SC_NS));
}

void act(ByteSource& bytes, Platform& platform, Regions& regions, InFlight& in_flight) {
  AnyPayload payload(bytes);
  switch (bytes.choice(8)) {
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
    case 5:
      regions.ram.reset_dirty({0, regions.ram.size() - 1}, DirtyClient::vga);
      break;
    case 6:
      act_nonblocking(bytes, platform, in_flight);
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
  fuzz::InFlight in_flight;
  fuzz::Regions regions(bytes, platform.system, platform.memory);
  platform.system.add(bytes.address(), platform.region, Priority{0});
  while (!bytes.empty()) fuzz::act(bytes, platform, regions, in_flight);
  do {
    fuzz::simulate(sc_core::sc_time(100, sc_core::SC_NS));
    platform.target.answer_held();
  } while (!platform.target.held.empty() || sc_core::sc_pending_activity());
  for (const auto& payload : in_flight) {
    payload->check();
    if (!payload->given_back()) fuzz::fail("a transaction did not end");
  }
  platform.system.remove(platform.region);
  // Nothing is held of what the next input begins with.
  platform.bus.ports().front()->allow_dmi(false).allow_dmi(true);
  return 0;
}
