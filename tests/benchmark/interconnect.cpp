// Making and binding the two ways.
#include "tests/benchmark/interconnect.h"

#include "sc_memory/map/map_transaction.h"

namespace sc_memory::bench {

bool RegisterTarget::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
  // The same page for all: nobody follows the pointer.
  static std::uint8_t page[kBytes];
  dmi.set_start_address(0);
  dmi.set_end_address(kBytes - 1);
  dmi.set_dmi_ptr(page);
  dmi.allow_read_write();
  return true;
}

Interconnect::Cpu::Cpu(sc_core::sc_module_name name, std::size_t targets, tlm::tlm_bw_transport_if<>& backward)
    : sc_module(name) {
  routed.bind(backward);
  for (std::size_t i = 0; i < targets; ++i) {
    direct.push_back(std::make_unique<InitiatorSocket>(("direct" + std::to_string(i)).c_str()));
    direct.back()->bind(backward);
  }
}

Interconnect::Interconnect(std::size_t count) : cpu_("cpu", count + 1, *this) {
  MapTransaction change;
  for (std::size_t i = 0; i < count; ++i) {
    targets_.push_back(std::make_unique<RegisterTarget>(("register" + std::to_string(i)).c_str()));
    regions_.push_back(std::make_unique<TargetRegion>("register" + std::to_string(i), RegisterTarget::kBytes));
    regions_[i]->bind(targets_[i]->socket);
    system_.add(address_of(i), *regions_[i]);
    cpu_.direct[i]->bind(targets_[i]->socket);
  }
  cpu_.direct[count]->bind(memory_.socket);
  system_.add(kMemory, ram_);
  bus_.initiator("cpu", space_).bind(cpu_.routed);
  change.commit();
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

}  // namespace sc_memory::bench
