// libslirp's callbacks, and when it is called.
#include "models/network/user_network.h"

#include <arpa/inet.h>
#include <slirp/libslirp.h>
#include <stdexcept>
#include <utility>

namespace sc_memory::models {

namespace {

const sc_core::sc_time& period() {
  static const sc_core::sc_time time(1, sc_core::SC_MS);
  return time;
}
/// Of the host's time, as long as the period: simulated time does not overtake it.
constexpr int kHostMilliseconds = 1;

in_addr address(const char* text) {
  in_addr result{};
  inet_pton(AF_INET, text, &result);
  return result;
}

/// libslirp's bits for what to wait for, and poll's.
struct EventBit {
  int slirp;
  short host;
};
constexpr EventBit kEventBits[] = {{SLIRP_POLL_IN, POLLIN},
                                   {SLIRP_POLL_OUT, POLLOUT},
                                   {SLIRP_POLL_PRI, POLLPRI},
                                   {SLIRP_POLL_ERR, POLLERR},
                                   {SLIRP_POLL_HUP, POLLHUP}};

SlirpConfig make_config() {
  SlirpConfig config{};
  config.version = 1;
  config.in_enabled = true;
  config.vnetwork = address("10.0.2.0");
  config.vnetmask = address("255.255.255.0");
  config.vhost = address("10.0.2.2");
  config.vdhcp_start = address("10.0.2.15");
  config.vnameserver = address("10.0.2.3");
  return config;
}

}  // namespace

/// What libslirp calls; `opaque` is the network.
struct UserNetwork::Callbacks {
  static UserNetwork& network(void* opaque) { return *static_cast<UserNetwork*>(opaque); }

  static ssize_t send_packet(const void* data, std::size_t length, void* opaque) {
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    network(opaque).deliver_(EthernetFrame(bytes, bytes + length));
    return static_cast<ssize_t>(length);
  }
  static void guest_error(const char*, void*) {}
  static std::int64_t clock_ns(void*) {
    return static_cast<std::int64_t>(sc_core::sc_time_stamp() / sc_core::sc_time(1, sc_core::SC_NS));
  }
  // Timers are for router advertisements of IPv6, which is off.
  static void* new_timer(SlirpTimerCb, void*, void*) { return nullptr; }
  static void free_timer(void*, void*) {}
  static void set_timer(void*, std::int64_t, void*) {}
  // The sockets are asked for anew each time, and the next look comes soon enough.
  static void register_socket(int, void*) {}
  static void notify(void*) {}

  static int add_socket(int fd, int events, void* opaque) {
    pollfd socket{fd, 0, 0};
    for (const EventBit& bit : kEventBits)
      if ((events & bit.slirp) != 0) socket.events = static_cast<short>(socket.events | bit.host);
    std::vector<pollfd>& sockets = network(opaque).sockets_;
    sockets.push_back(socket);
    return static_cast<int>(sockets.size()) - 1;
  }
  static int events_of(int index, void* opaque) {
    int events = 0;
    const short host = network(opaque).sockets_.at(static_cast<std::size_t>(index)).revents;
    for (const EventBit& bit : kEventBits)
      if ((host & bit.host) != 0) events |= bit.slirp;
    return events;
  }

  static const SlirpCb& table() {
    static const SlirpCb callbacks = [] {
      SlirpCb made{};
      made.send_packet = send_packet;
      made.guest_error = guest_error;
      made.clock_get_ns = clock_ns;
      made.timer_new = new_timer;
      made.timer_free = free_timer;
      made.timer_mod = set_timer;
      made.register_poll_fd = register_socket;
      made.unregister_poll_fd = register_socket;
      made.notify = notify;
      return made;
    }();
    return callbacks;
  }
};

void UserNetwork::Closer::operator()(Slirp* slirp) const { slirp_cleanup(slirp); }

UserNetwork::UserNetwork(const sc_core::sc_module_name& name, std::function<void(EthernetFrame)> deliver)
    : sc_module(name), deliver_(std::move(deliver)) {
  const SlirpConfig config = make_config();
  slirp_.reset(slirp_new(&config, &Callbacks::table(), this));
  if (slirp_ == nullptr) throw std::runtime_error("libslirp cannot make a network");
  SC_METHOD(look_at_sockets);
  sensitive << next_look_;
  dont_initialize();
}

UserNetwork::~UserNetwork() = default;

void UserNetwork::send(const EthernetFrame& frame) {
  slirp_input(slirp_.get(), frame.data(), static_cast<int>(frame.size()));
  if (looking_) return;
  looking_ = true;
  next_look_.notify(period());
}

void UserNetwork::look_at_sockets() {
  sockets_.clear();
  std::uint32_t timeout = 0;
  slirp_pollfds_fill(slirp_.get(), &timeout, Callbacks::add_socket, this);
  const int found = sockets_.empty() ? 0 : ::poll(sockets_.data(), sockets_.size(), kHostMilliseconds);
  slirp_pollfds_poll(slirp_.get(), found < 0 ? 1 : 0, Callbacks::events_of, this);
  next_look_.notify(period());
}

}  // namespace sc_memory::models
