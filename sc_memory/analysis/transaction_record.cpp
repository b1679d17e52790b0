// Words for records.
#include "sc_memory/analysis/transaction_record.h"

#include <fmt/format.h>

namespace sc_memory {

const char* text_of(TransactionPath path) {
  switch (path) {
    case TransactionPath::transport:
      return "transport";
    case TransactionPath::debug:
      return "debug";
    case TransactionPath::nonblocking:
      return "nonblocking";
    case TransactionPath::dmi:
      break;
  }
  return "dmi";
}

const char* text_of(tlm::tlm_command command) {
  if (command == tlm::TLM_READ_COMMAND) return "read";
  return command == tlm::TLM_WRITE_COMMAND ? "write" : "ignore";
}

const char* text_of(tlm::tlm_response_status response) {
  switch (response) {
    case tlm::TLM_OK_RESPONSE:
      return "ok";
    case tlm::TLM_INCOMPLETE_RESPONSE:
      return "incomplete";
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return "address error";
    case tlm::TLM_COMMAND_ERROR_RESPONSE:
      return "command error";
    case tlm::TLM_BURST_ERROR_RESPONSE:
      return "burst error";
    case tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
      return "byte enable error";
    case tlm::TLM_GENERIC_ERROR_RESPONSE:
      break;
  }
  return "generic error";
}

const char* text_of(DmiRecord::Event event) {
  switch (event) {
    case DmiRecord::Event::granted:
      return "granted";
    case DmiRecord::Event::refused:
      return "refused";
    case DmiRecord::Event::grant_taken_back:
      return "grant taken back";
    case DmiRecord::Event::refusal_taken_back:
      break;
  }
  return "refusal taken back";
}

const char* text_of(DmiCause cause) {
  switch (cause) {
    case DmiCause::map:
      return "the map";
    case DmiCause::dirty_log:
      return "the dirty log";
    case DmiCause::watchpoint:
      return "a watchpoint";
    case DmiCause::region_switch:
      return "direct access of the region";
    case DmiCause::translation:
      return "a translation";
    case DmiCause::target:
      return "the target";
    case DmiCause::timing:
      return "the latency";
    case DmiCause::port_switch:
      return "direct access of the port";
    case DmiCause::hold:
      break;
  }
  return "a probe";
}

std::string reason_of(const DmiRecord& record) {
  const bool taken_back =
      record.event == DmiRecord::Event::grant_taken_back || record.event == DmiRecord::Event::refusal_taken_back;
  if (!taken_back) return "";
  if (record.cause != DmiCause::map) return fmt::format("{}: of '{}'", text_of(record.cause), record.region.text());
  if (record.region == record.region_now) return fmt::format("the map: '{}' is served otherwise", record.region.text());
  return fmt::format("the map: '{}' is there instead of '{}'", record.region_now.text(), record.region.text());
}

}  // namespace sc_memory
