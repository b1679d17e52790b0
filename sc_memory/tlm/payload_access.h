// Between a TLM-2.0 generic payload and plain accesses: runs of bytes, responses, attributes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <tlm>

#include "sc_memory/map/access.h"
#include "sc_memory/map/address_range.h"

namespace sc_memory {

/// IEEE 1666 14.17: the response that says how an access ended.
tlm::tlm_response_status response_of(AccessResult result);
/// The same for the access that `payload` stands for: where a device rejects runs of enabled bytes, the byte enables
/// are what it cannot honour (14.13 h).
tlm::tlm_response_status response_of(AccessResult result, const tlm::tlm_generic_payload& payload);
/// The other way round, for targets reached by a plain access.
AccessResult result_of(tlm::tlm_response_status response);

/// What a transaction says of its origin: an AttributesExtension if it carries one, else the defaults.
Attributes attributes_of(const tlm::tlm_generic_payload& payload);

/// Carries Attributes along with a transaction. The router reads it; whoever creates the transaction attaches it.
struct AttributesExtension : tlm::tlm_extension<AttributesExtension> {
  Attributes attributes;

  tlm::tlm_extension_base* clone() const override { return new AttributesExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const AttributesExtension&>(other);
  }
};

inline Direction direction_of(const tlm::tlm_generic_payload& payload) {
  return payload.is_write() ? Direction::write : Direction::read;
}

/// Lends a transaction's extensions to a piece of it for as long as the loan exists, so that they pass through a
/// transaction that has to be cut up. What the target attaches to the piece stays with the transaction.
class ExtensionLoan {
 public:
  ExtensionLoan(tlm::tlm_generic_payload& owner, tlm::tlm_generic_payload& piece);
  ExtensionLoan(const ExtensionLoan&) = delete;
  ExtensionLoan& operator=(const ExtensionLoan&) = delete;
  ~ExtensionLoan();

 private:
  tlm::tlm_generic_payload& owner_;
  tlm::tlm_generic_payload& piece_;
};

/// Gives a transaction another address for as long as the loan exists: what is behind a region sees addresses relative
/// to it. The address comes back whatever happens meanwhile, the end of the calling process included.
class AddressLoan {
 public:
  AddressLoan(tlm::tlm_generic_payload& payload, Address address) : payload_(payload), address_(payload.get_address()) {
    payload.set_address(address);
  }
  AddressLoan(const AddressLoan&) = delete;
  AddressLoan& operator=(const AddressLoan&) = delete;
  ~AddressLoan() { payload_.set_address(address_); }

 private:
  tlm::tlm_generic_payload& payload_;
  Address address_;
};

/// A transaction that moves data in plain order: no byte enables, no streaming. Most are.
inline bool is_plain(const tlm::tlm_generic_payload& payload) {
  return payload.get_byte_enable_ptr() == nullptr && payload.get_streaming_width() >= payload.get_data_length();
}

/// The bytes of address space that the payload covers: its streaming width, or its length if that is less. At least 1.
inline std::uint64_t covered_length(const tlm::tlm_generic_payload& payload) {
  return std::min(payload.get_data_length(), payload.get_streaming_width());
}

/// How many bytes of the data the byte enables exclude. Those of a payload that check_payload() accepts.
std::size_t disabled_bytes(const tlm::tlm_generic_payload& payload);

/// The addresses that the payload moves data from or to, cut at the top of the address space; none if it moves none.
inline std::optional<AddressRange> covered_range(const tlm::tlm_generic_payload& payload) {
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) return std::nullopt;
  return AddressRange::sized(payload.get_address(), covered_length(payload));
}

/// Whether a target can make anything of the payload at all: TLM_OK_RESPONSE, or the error response it deserves. Checks
/// the data pointer, length, streaming width, byte enables, and that the access does not run over the top of the
/// address space.
tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& payload);

/// Calls visit(offset, data, count) for every run of enabled bytes that lie next to each other in the payload and in
/// the address space; `offset` is relative to the payload's address. IEEE 1666 14.13-14.14: byte enables repeat with
/// their length, addresses with the streaming width.
template <typename Visit>
void for_each_run(const tlm::tlm_generic_payload& payload, Visit&& visit) {
  std::uint8_t* const data = payload.get_data_ptr();
  const std::size_t length = payload.get_data_length();
  if (is_plain(payload)) {
    visit(Address{0}, data, length);
    return;
  }
  const std::size_t width = payload.get_streaming_width();
  const std::uint8_t* const enables = payload.get_byte_enable_ptr();
  const std::size_t enables_length = payload.get_byte_enable_length();
  const auto enabled = [&](std::size_t i) {
    return enables == nullptr || enables[i % enables_length] != TLM_BYTE_DISABLED;
  };
  for (std::size_t begin = 0; begin < length;) {
    std::size_t end = begin;
    if (enabled(begin)) {
      do ++end;
      while (end < length && end % width != 0 && enabled(end));
      visit(Address{begin % width}, data + begin, end - begin);
    } else {
      ++end;
    }
    begin = end;
  }
}

}  // namespace sc_memory
