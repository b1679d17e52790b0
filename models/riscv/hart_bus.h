// The hart's way out: blocking transports with the exact local time, and the direct pointers it has been granted.
//
// Addresses are physical: those that the hart puts on its socket. A direct pointer is asked for only when a transport's
// answer says that it would be given; a request that is refused all the same is remembered until an invalidation
// touches the address.
#pragma once

#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>

#include "models/riscv/hart_clock.h"
#include "models/riscv/hart_config.h"
#include "models/riscv/hart_state.h"

namespace sc_memory::models::riscv {

class HartBus {
 public:
  using Socket = tlm::tlm_initiator_socket<64>;

  // A direct pointer to [first, last].
  struct Grant {
    uint64_t first, last;
    uint8_t* pointer;  // to the byte at `first`
    bool read, write;
    sc_core::sc_time read_latency, write_latency;  // of one access

    bool covers(uint64_t address, uint64_t size) const {
      return address >= first && address <= last && last - address >= size - 1;
    }
    bool permits(Access access) const { return access == Access::write ? write : read; }
    uint8_t* at(uint64_t address) const { return pointer + (address - first); }
    const sc_core::sc_time& latency(Access access) const {
      return access == Access::write ? write_latency : read_latency;
    }
  };

  HartBus(Socket& socket, HartState& state, HartClock& clock, HartCounters& counters);

  // The grant that covers all of the access, or null. The pointer is good until the next call of transport() or
  // invalidate().
  const Grant* find(uint64_t address, uint64_t size, Access access);

  // One b_transport; false if the response is an error. `data` holds what is written or receives what is read.
  bool transport(uint64_t address, uint8_t* data, unsigned size, Access access);

  // One debug transport: no time, no side effects. Whether all of it was carried out.
  bool debug(uint64_t address, uint8_t* data, unsigned size, Access access);

  // Honours the latency that a grant states for an access made through it.
  void add_latency(const sc_core::sc_time& latency);

  // Forgets every grant and refusal that touches [first, last].
  void invalidate(uint64_t first, uint64_t last);

 private:
  struct Refusal {
    uint64_t first, last;
    Access access;
  };

  void request_grant(uint64_t address, Access access);
  bool refused(uint64_t address, Access access) const;

  Socket& socket_;
  HartState& state_;
  HartClock& clock_;
  HartCounters& counters_;
  tlm::tlm_generic_payload payload_;
  std::vector<Grant> grants_;  // the one used last is first
  std::vector<Refusal> refusals_;
};

}  // namespace sc_memory::models::riscv
