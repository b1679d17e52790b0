// A network of the guest's own on the other end of its wire, by libslirp: a router with DHCP and DNS, whose way out is
// sockets of this process. Nothing has to be set up on the host, and nobody outside can reach the guest.
//
//   10.0.2.2    the router, and the host: connections to it end at the host's loopback address
//   10.0.2.3    name server: questions go to the host's own
//   10.0.2.15   what DHCP gives the guest
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <poll.h>
#include <string>
#include <vector>

#include <systemc>

#include "models/network/frame.h"

struct Slirp;

namespace sc_memory::models {

/// What the router answers itself (ARP, DHCP, echo requests to it) comes back within send(), the same in each run. Host
/// sockets are looked at every millisecond of simulated time, from the first frame on; as long as there are any,
/// simulated time waits for the host's, so that a guest's time-outs mean something. In the simulation's thread only.
class UserNetwork : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(UserNetwork);
  /// `deliver` is called with each frame for the guest. Throws std::runtime_error when libslirp cannot begin.
  UserNetwork(const sc_core::sc_module_name& name, std::function<void(EthernetFrame)> deliver);
  ~UserNetwork() override;

  /// A frame from the guest.
  void send(const EthernetFrame& frame);

 private:
  struct Callbacks;
  struct Closer {
    void operator()(Slirp* slirp) const;
  };

  void look_at_sockets();

  std::function<void(EthernetFrame)> deliver_;
  std::unique_ptr<Slirp, Closer> slirp_;
  std::vector<pollfd> sockets_;
  bool looking_ = false;  ///< At sockets, from time to time.
  sc_core::sc_event next_look_;
};

}  // namespace sc_memory::models
