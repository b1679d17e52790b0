// A record for each hit.
#include "sc_memory/analysis/dmi_accesses.h"

namespace sc_memory {

DmiAccesses::DmiAccesses(const InitiatorPort& port, DmiCache& cache) : port_(port), cache_(cache) {
  cache_.set_observer(this);
}

DmiAccesses::~DmiAccesses() { cache_.set_observer(nullptr); }

void DmiAccesses::accessed(Direction direction, Address address, std::size_t length, const sc_core::sc_time& latency) {
  const FlatRange* const range = port_.space().view().find(address);
  TransactionRecord record;
  record.initiator = TrafficName::of(port_);
  record.region = TrafficName::of(range != nullptr ? range->region : nullptr);
  record.path = TransactionPath::dmi;
  record.command = direction == Direction::read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
  record.response = tlm::TLM_OK_RESPONSE;
  record.address = address;
  record.offset = range != nullptr ? range->offset_of(address) : 0;
  record.length = length;
  record.start = record.end_request = sc_core::sc_time_stamp();
  record.end = record.begin_response = record.start + latency;
  transactions.write(record);
}

}  // namespace sc_memory
