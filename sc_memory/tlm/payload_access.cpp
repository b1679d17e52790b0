// Responses, attributes and the sanity of payloads.
#include "sc_memory/tlm/payload_access.h"

#include <algorithm>

namespace sc_memory {

tlm::tlm_response_status response_of(AccessResult result) {
  switch (result) {
    case AccessResult::ok:
      return tlm::TLM_OK_RESPONSE;
    case AccessResult::refused:
      return tlm::TLM_COMMAND_ERROR_RESPONSE;
    case AccessResult::rejected:
      return tlm::TLM_BURST_ERROR_RESPONSE;
    case AccessResult::unmapped:
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    default:
      return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
}

tlm::tlm_response_status response_of(AccessResult result, const tlm::tlm_generic_payload& payload) {
  const std::uint8_t* const enables = payload.get_byte_enable_ptr();
  if (result != AccessResult::rejected || enables == nullptr) return response_of(result);
  const std::uint8_t* const end = enables + std::min(payload.get_byte_enable_length(), payload.get_data_length());
  const bool some_disabled = std::find(enables, end, TLM_BYTE_DISABLED) != end;
  return some_disabled ? tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE : response_of(result);
}

AccessResult result_of(tlm::tlm_response_status response) {
  switch (response) {
    case tlm::TLM_OK_RESPONSE:
      return AccessResult::ok;
    case tlm::TLM_COMMAND_ERROR_RESPONSE:
      return AccessResult::refused;
    case tlm::TLM_BURST_ERROR_RESPONSE:
    case tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
      return AccessResult::rejected;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return AccessResult::unmapped;
    default:
      return AccessResult::device_error;
  }
}

Attributes attributes_of(const tlm::tlm_generic_payload& payload) {
  const auto* extension = payload.get_extension<AttributesExtension>();
  return extension != nullptr ? extension->attributes : Attributes{};
}

ExtensionLoan::ExtensionLoan(tlm::tlm_generic_payload& owner, tlm::tlm_generic_payload& piece)
    : owner_(owner), piece_(piece) {
  for (unsigned i = 0; i < tlm::max_num_extensions(); ++i) piece_.set_extension(i, owner_.get_extension(i));
}

ExtensionLoan::~ExtensionLoan() {
  for (unsigned i = 0; i < tlm::max_num_extensions(); ++i) {
    owner_.set_extension(i, piece_.get_extension(i));
    // Or the piece would free what it does not own.
    piece_.set_extension(i, nullptr);
  }
}

std::size_t disabled_bytes(const tlm::tlm_generic_payload& payload) {
  const std::uint8_t* const enables = payload.get_byte_enable_ptr();
  const std::size_t period = payload.get_byte_enable_length();
  if (enables == nullptr || period == 0) return 0;
  const std::size_t length = payload.get_data_length();
  const auto disabled = [&](std::size_t count) {
    return static_cast<std::size_t>(std::count(enables, enables + count, TLM_BYTE_DISABLED));
  };
  // The enables repeat until the end of the data (IEEE 1666 14.13 e).
  const std::size_t repeats = length / period;
  return (repeats != 0 ? repeats * disabled(period) : 0) + disabled(length % period);
}

tlm::tlm_response_status check_payload(const tlm::tlm_generic_payload& payload) {
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) return tlm::TLM_OK_RESPONSE;
  if (payload.get_data_ptr() == nullptr) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  if (payload.get_data_length() == 0 || payload.get_streaming_width() == 0) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0)
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (covered_length(payload) - 1 > UINT64_MAX - payload.get_address()) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

}  // namespace sc_memory
