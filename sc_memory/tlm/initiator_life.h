// Whether the initiator behind a target's socket is still there to hear of invalidations. While a platform is taken
// apart, it may go before the regions that it held pointers to.
#pragma once

#include <string>
#include <vector>

#include <systemc>
#include <tlm>

namespace sc_memory {

class SocketOwners;

/// The sockets on the way from an initiator to one target: its own and, if it is bound through the sockets of the
/// modules around it, theirs. In the simulation's thread only.
class InitiatorLife {
 public:
  /// A socket that was bound to the target.
  void note(const sc_core::sc_object& socket);
  /// Once all sockets are bound: finds those that lead to `forward`, the target's interface, however they do, and
  /// failing that the one whose interface for the way back is `backward`.
  void find(const SocketOwners& owners, const tlm::tlm_fw_transport_if<>& forward,
            const tlm::tlm_bw_transport_if<>& backward);

  /// False if one of the sockets is gone, or if a DmiCache on one went while the simulation did not run: then the
  /// module of both is being destroyed, and only its socket is left. Between two sc_start(), and after sc_stop(), an
  /// initiator exists as it does while the simulation runs.
  bool exists() const;

  /// A DmiCache was made on `socket`, or destroyed, which outlives it.
  static void cache_made(sc_core::sc_object& socket);
  static void cache_gone(sc_core::sc_object& socket);

 private:
  struct Socket {
    const sc_core::sc_object* object;
    std::string name;
  };
  std::vector<Socket> sockets_;
};

}  // namespace sc_memory
