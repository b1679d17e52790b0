// A DMA engine for tests: a PCI function that copies memory. Its transfers are TLM-2.0 transactions of an initiator on
// the router, as those of anybody's model are: seen by probes, arbitrated, routed through the map as it is at the
// moment, errors and all.
//
//   0x00 source, low    0x04 source, high          where to read, in the system's addresses
//   0x08 target, low    0x0c target, high          where to write
//   0x10 length                                    in bytes
//   0x14 command        write 1: start
//   0x18 status         1 busy, 2 done, 4 a read failed, 8 a write failed; writing takes back the bits written, but
//   busy 0x1c interrupt enable   1: INTA# is high while one of done and the errors is set 0x20 transferred        bytes
//   copied so far
#pragma once

#include <cstdint>

#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>

#include "sc_memory/map/io_region.h"

#include "models/pci/function.h"

namespace sc_memory::models::pci {

/// Registers take aligned accesses of four bytes; others are rejected. Debug writes do nothing. While a transfer is
/// under way its registers do not change what it does. The bytes go in ascending pieces; of a transfer onto itself the
/// later pieces see what the earlier ones wrote. It ends at the first error, and an engine that is not bus master finds
/// nothing to read.
class DmaTestDevice : public sc_core::sc_module {
 public:
  static constexpr std::uint64_t size = 0x1000;
  static constexpr unsigned bar = 0;
  static constexpr std::uint32_t piece_bytes = 256;
  /// What a piece takes, besides what the router and the targets take.
  static sc_core::sc_time piece_time() { return {256, sc_core::SC_NS}; }

  SC_HAS_PROCESS(DmaTestDevice);
  DmaTestDevice(const sc_core::sc_module_name& name, MemoryRegion& system);

  /// To be bound to a port that looks at function().dma_space().
  tlm_utils::simple_initiator_socket<DmaTestDevice> socket{"socket"};

  Function& function() { return function_; }

 private:
  struct Transfer {
    std::uint64_t source = 0;
    std::uint64_t target = 0;
    std::uint32_t length = 0;
  };

  std::uint32_t read(Address offset) const;
  void write(Address offset, std::uint32_t value);
  void run();
  void copy(Transfer transfer);
  bool transport(tlm::tlm_command command, Address address, std::uint8_t* data, std::uint32_t length);
  void set_status(std::uint32_t status);

  Transfer programmed_;
  std::uint32_t status_ = 0;
  std::uint32_t transferred_ = 0;
  bool interrupt_enabled_ = false;
  sc_core::sc_event start_;
  IoRegion region_;
  Function function_;
};

}  // namespace sc_memory::models::pci
