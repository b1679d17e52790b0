// Transactions that are used again: a payload, its data and what its initiator remembers of it.
#pragma once

#include <memory>
#include <vector>

#include <systemc>
#include <tlm>

namespace sc_memory::models {

/// Owns payloads with a memory manager (IEEE 1666 14.5), as the non-blocking interface asks of them. One comes back
/// when the last who holds it releases it. The pool outlives all of them.
class TransactionPool final : public tlm::tlm_mm_interface {
 public:
  TransactionPool() = default;
  TransactionPool(const TransactionPool&) = delete;
  TransactionPool& operator=(const TransactionPool&) = delete;

  /// With one reference, and attributes that an initiator has to set at their defaults; `data` stays the caller's.
  tlm::tlm_generic_payload& make(tlm::tlm_command command, std::uint64_t address, std::vector<unsigned char>& data) {
    if (free_.empty()) {
      all_.push_back(std::make_unique<tlm::tlm_generic_payload>(this));
      free_.push_back(all_.back().get());
    }
    tlm::tlm_generic_payload& payload = *free_.back();
    free_.pop_back();
    payload.acquire();
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned>(data.size()));
    payload.set_streaming_width(static_cast<unsigned>(data.size()));
    payload.set_byte_enable_ptr(nullptr);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    return payload;
  }

 private:
  void free(tlm::tlm_generic_payload* payload) override {
    payload->reset();
    free_.push_back(payload);
  }

  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload*> free_;
};

}  // namespace sc_memory::models
