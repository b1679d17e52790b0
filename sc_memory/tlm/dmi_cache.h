// The initiator's side of DMI, ready-made: an instruction set simulator, or any model with a TLM-2.0 initiator socket,
// loads and stores through it and gets direct memory where the platform grants it and transactions everywhere else.
//
//     struct Cpu : sc_module, tlm::tlm_bw_transport_if<> {
//       tlm::tlm_initiator_socket<> socket{"socket"};
//       DmiCache memory{socket};
//       void invalidate_direct_mem_ptr(uint64 first, uint64 last) override { memory.invalidate({first, last}); }
//       ...
//       std::uint32_t word;
//       if (memory.load(address, word, delay) != tlm::TLM_OK_RESPONSE) trap();
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <systemc>
#include <tlm>

#include "sc_memory/map/access.h"
#include "sc_memory/tlm/initiator_life.h"
#include "sc_memory/tlm/payload_access.h"
#include "sc_memory/tlm/range_map.h"

namespace sc_memory {

/// Somebody who wants to see what goes through the pointers of a cache.
class DmiCacheObserver {
 public:
  virtual ~DmiCacheObserver() = default;
  /// A hit. `latency` is what it took.
  virtual void accessed(Direction, Address, std::size_t length, const sc_core::sc_time& latency) = 0;
};

/// Holds the grants of one initiator. Adjacent grants that continue each other are one; an invalidation of a part
/// leaves the rest; reads and writes are granted apart from each other. A request is made when a transaction came back
/// with the DMI hint, and not again where one was refused until the refusal is taken back.
///
/// A hit costs an index, two comparisons (is it granted, is there a latency) and the copy, whatever the number of
/// grants; no lock is taken, because all of it, invalidate() too, happens in the simulation's thread. Addresses are the
/// initiator's. Values are bytes in memory order: an initiator of the other byte order swaps them.
class DmiCache {
 public:
  /// `socket`, any initiator socket, outlives the cache.
  explicit DmiCache(sc_core::sc_port_b<tlm::tlm_fw_transport_if<>>& socket) : socket_(socket) {
    InitiatorLife::cache_made(socket);
  }
  DmiCache(const DmiCache&) = delete;
  DmiCache& operator=(const DmiCache&) = delete;
  /// While the simulation does not run, the module of the socket hears of no invalidation from then on: its members are
  /// being destroyed, and regions among them that go after the cache must not call it.
  ~DmiCache() { InitiatorLife::cache_gone(socket_); }

  /// Loads a value; the DMI latency of its bytes (IEEE 1666 11.3.5 ac), or what the transaction took, is added to
  /// `delay`. An access that no single grant covers is one transaction, and the response is the target's. Without
  /// success `value` is left alone.
  template <typename T>
  tlm::tlm_response_status load(Address address, T& value, sc_core::sc_time& delay) {
    static_assert(std::is_trivially_copyable<T>::value, "only plain bytes can be loaded");
    const Window& window = window_for(reads_, address);
    if (!window.holds<T>(address)) return load_otherwise(address, value, delay);
    std::memcpy(&value, window.memory + (address - window.first), sizeof(T));
    window.add_latency(delay, sizeof(T));
    return tlm::TLM_OK_RESPONSE;
  }

  template <typename T>
  tlm::tlm_response_status store(Address address, const T& value, sc_core::sc_time& delay) {
    static_assert(std::is_trivially_copyable<T>::value, "only plain bytes can be stored");
    const Window& window = window_for(writes_, address);
    if (!window.holds<T>(address)) return store_otherwise(address, value, delay);
    std::memcpy(window.memory + (address - window.first), &value, sizeof(T));
    window.add_latency(delay, sizeof(T));
    return tlm::TLM_OK_RESPONSE;
  }

  /// The same for any number of bytes. 0 bytes are nothing and always succeed.
  tlm::tlm_response_status read(Address address, void* data, std::size_t length, sc_core::sc_time& delay);
  tlm::tlm_response_status write(Address address, const void* data, std::size_t length, sc_core::sc_time& delay);

  /// A pointer to the byte at `address`, with the bytes around it that the same pointer reaches, or a null pointer
  /// where nothing is granted yet. Makes no transaction and no request. An initiator may keep it as long as epoch()
  /// stays the same.
  struct Direct {
    std::uint8_t* data = nullptr;  ///< Of `address`.
    AddressRange range;            ///< All that is granted around it.
    sc_core::sc_time latency;      ///< Of each byte that is accessed.
  };
  Direct find(Address address, Direction direction);

  /// Asks for DMI around `address` without waiting for a hint, unless it is known to be granted or refused.
  Direct request(Address address, Direction direction);

  /// The initiator was told that pointers into `range` are no longer valid.
  void invalidate(const AddressRange& range);
  /// Forgets everything, as a reset of the initiator may.
  void clear();

  /// Grows whenever something held was taken back: compare it to know that a kept pointer is still good. A grant that
  /// is added does not count.
  const std::uint64_t& epoch() const { return epoch_; }

  /// Tells `observer`, or nobody if null, of hits. While there is one, no hit goes the quick way; without, this costs
  /// nothing. Not owned.
  void set_observer(DmiCacheObserver* observer);

  /// What the transactions and DMI requests say of their origin.
  void set_attributes(const Attributes& attributes) { extension_.attributes = attributes; }

  /// How many separate grants and refusals are held, for tests and statistics.
  std::size_t grant_count(Direction direction) const;

 private:
  /// A grant, or a refusal when `memory` is 0.
  struct Answer {
    std::uintptr_t memory;
    sc_core::sc_time latency;

    Answer advanced(std::uint64_t distance) const { return {memory != 0 ? memory + distance : 0, latency}; }
    friend bool operator==(const Answer& a, const Answer& b) { return a.memory == b.memory && a.latency == b.latency; }
  };
  using Answers = RangeMap<Answer>;

  /// A grant, ready for use, in one cache line of the host.
  struct alignas(64) Window {
    static constexpr std::size_t kWord = 8;

    Address first = 0;
    std::uint64_t words = 0;  ///< How many addresses there are from which all of a word lies in the grant.
    std::uint64_t size = 0;   ///< 0 for none.
    std::uint8_t* memory = nullptr;
    sc_core::sc_time latency;

    bool holds(Address address, std::size_t length) const {
      const std::uint64_t offset = address - first;
      return offset < size && size - offset >= length;
    }
    /// Quicker, but for less than a word it may say no although it holds it: at the end of the grant.
    template <typename T>
    bool holds(Address address) const {
      return sizeof(T) <= kWord ? address - first < words : holds(address, sizeof(T));
    }
    sc_core::sc_time latency_of(std::size_t bytes) const { return latency * static_cast<double>(bytes); }
    /// Most memory has none: then `delay`, on which the next access would wait, is left alone.
    void add_latency(sc_core::sc_time& delay, std::size_t bytes) const {
      if (latency.value() != 0) delay += latency_of(bytes);
    }
  };
  /// The grants last used, by the page of the access.
  static constexpr std::size_t kWindows = 64;
  static constexpr unsigned kPageBits = 12;
  using Windows = std::array<Window, kWindows>;

  static Window& window_for(Windows& windows, Address address) { return windows[(address >> kPageBits) % kWindows]; }
  Windows& windows_of(Direction direction) { return direction == Direction::read ? reads_ : writes_; }
  Answers& answers_of(Direction direction) { return direction == Direction::read ? read_answers_ : write_answers_; }

  // By way of a copy: the caller's value, of which nobody then has the address, may stay in a register.
  template <typename T>
  tlm::tlm_response_status load_otherwise(Address address, T& value, sc_core::sc_time& delay) {
    unsigned char copy[sizeof(T)] = {};
    const tlm::tlm_response_status response = read(address, copy, sizeof(T), delay);
    if (response == tlm::TLM_OK_RESPONSE) std::memcpy(&value, copy, sizeof(T));
    return response;
  }
  template <typename T>
  tlm::tlm_response_status store_otherwise(Address address, const T& value, sc_core::sc_time& delay) {
    const T copy = value;
    return write(address, &copy, sizeof(T), delay);
  }

  const Window* find_window(Address address, Direction direction);
  tlm::tlm_response_status access(Direction direction, Address address, std::uint8_t* data, std::size_t length,
                                  sc_core::sc_time& delay);
  tlm::tlm_response_status transport(Direction direction, Address address, std::uint8_t* data, std::size_t length,
                                     sc_core::sc_time& delay);
  void ask(Address address, Direction direction);
  void keep(const AddressRange& range, Direction direction, const Answer& answer);

  sc_core::sc_port_b<tlm::tlm_fw_transport_if<>>& socket_;
  Windows reads_;
  Windows writes_;
  Answers read_answers_;
  Answers write_answers_;
  std::uint64_t epoch_ = 0;
  DmiCacheObserver* observer_ = nullptr;
  Window unkept_;  ///< What is found while there is an observer: the windows stay empty then.
  AttributesExtension extension_;
};

}  // namespace sc_memory
