// Looking at the traffic of a router's ports.
#pragma once

#include <cstdint>
#include <vector>

#include <systemc>
#include <tlm>

#include "sc_memory/map/flat_view.h"
#include "sc_memory/tlm/dmi_grants.h"

namespace sc_memory {

class InitiatorPort;

/// How a transaction came.
enum class TransactionPath : std::uint8_t {
  transport,    ///< b_transport.
  debug,        ///< transport_dbg.
  nonblocking,  ///< nb_transport, with the times of its phases.
  dmi,          ///< Through a pointer; only an initiator's DmiCache can tell.
};

/// A transaction, or the part of it that one region served, once it has ended. Times are simulated ones and absolute:
/// annotated delays are added.
struct PortTransaction {
  const InitiatorPort& port;
  const MemoryRegion* region;  ///< Null in a hole, and if the region went while it was accessed.
  TransactionPath path;
  tlm::tlm_command command;
  tlm::tlm_response_status response;  ///< Of debug: TLM_OK_RESPONSE if all bytes were moved, else a generic error.
  Address address;                    ///< In the initiator's addresses.
  Address offset;                     ///< Of the same byte, relative to the region.
  std::size_t length;                 ///< Of the data, in bytes; of debug, those moved.
  sc_core::sc_time start;             ///< BEGIN_REQ, of a non-blocking one.
  sc_core::sc_time end;               ///< END_RESP, or what stood for it.
  sc_core::sc_time end_request;       ///< END_REQ, or what stood for it; of a blocking one, `start`.
  sc_core::sc_time begin_response;    ///< BEGIN_RESP, or what stood for it; of a blocking one, `end`.
  std::size_t disabled = 0;           ///< Bytes of the data that byte enables exclude (IEEE 1666 14.13).
  /// Bytes of address space, from `address` on: the streaming width where it is less than the length (14.14). 0 stands
  /// for the length.
  std::size_t covered = 0;
  /// Counts the transactions of the port in the order in which they began (InitiatorPort::begun()), from 1 on. 0 if
  /// nobody is told of its begin, as of debug transports.
  std::uint64_t number = 0;
};

/// Called in the simulation's thread, after the fact. Addresses are the initiator's. Regions are null where nothing is
/// mapped. An observer may come and go, and change the map, from within a call; it must not wait.
class PortObserver {
 public:
  virtual ~PortObserver() = default;
  /// A transaction has ended. Those that several regions serve are told of piece by piece. One that no target could
  /// make sense of (no data, an end beyond the top of the address space) is not told of. One that ends without a
  /// response, since its process was killed or reset or an exception passed through it, has
  /// TLM_INCOMPLETE_RESPONSE, and ends at that time, or at its start if that lies ahead.
  virtual void transported(const PortTransaction&) {}
  /// A transaction, or the part of it that one region serves, begins at `start`; transported() tells how it ends, once,
  /// of each that began. Not told of debug transports, which take no time.
  virtual void began(const InitiatorPort&, const sc_core::sc_time& /*start*/) {}
  /// An access of this port to `region` waited for `duration` while the region served another one, or its target did
  /// not accept requests yet. In LT it may be known only after the access (time_line.h).
  virtual void waited(const InitiatorPort&, const MemoryRegion* /*region*/, const InitiatorPort& /*behind*/,
                      const sc_core::sc_time& /*duration*/) {}
  /// A DMI request was granted for `range`.
  virtual void granted(const InitiatorPort&, MemoryRegion*, const AddressRange& /*range*/) {}
  /// A DMI request was refused for `range`.
  virtual void refused(const InitiatorPort&, MemoryRegion*, const AddressRange& /*range*/) {}
  /// The initiator was told that `range` is no longer valid; it held an answer about `region` there: a grant, or a
  /// refusal.
  virtual void invalidated(const InitiatorPort&, MemoryRegion*, bool /*granted*/, const AddressRange& /*range*/,
                           DmiCause) {}
  /// The router has a new port, which the observer looks at too.
  virtual void port_added(InitiatorPort&) {}
  /// The router, its ports included, is no more.
  virtual void router_destroyed() {}
};

/// The observers of one port, in the order in which they came. Not owned.
class PortObservers {
 public:
  bool any() const { return count_ != 0; }
  void add(PortObserver& observer) {
    observers_.push_back(&observer);
    ++count_;
  }
  void remove(PortObserver& observer);

  template <typename Tell>
  void tell(Tell&& tell) {
    const Telling telling(*this);
    // By index: who is told may add observers, and removed ones leave a gap until everybody has heard.
    for (std::size_t i = 0; i < observers_.size(); ++i) {
      if (observers_[i] != nullptr) tell(*observers_[i]);
    }
  }

 private:
  /// While it exists somebody is being told; it ends with an exception of his too.
  class Telling {
   public:
    explicit Telling(PortObservers& all) : all_(all) { ++all_.telling_; }
    Telling(const Telling&) = delete;
    Telling& operator=(const Telling&) = delete;
    ~Telling() {
      if (--all_.telling_ == 0 && all_.count_ != all_.observers_.size()) all_.close_gaps();
    }

   private:
    PortObservers& all_;
  };

  void close_gaps();

  std::size_t count_ = 0;
  unsigned telling_ = 0;
  std::vector<PortObserver*> observers_;
};

}  // namespace sc_memory
