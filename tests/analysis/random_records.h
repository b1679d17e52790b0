// Records as a busy platform would make them, for analyses that take any.
#pragma once

#include <random>
#include <vector>

#include "sc_memory/analysis/transaction_record.h"

namespace sc_memory::testing {

class RandomRecords {
 public:
  explicit RandomRecords(std::uint64_t seed) : random_(seed) {}

  /// Times grow, a little or a lot; names, responses and paths vary.
  TransactionRecord next() {
    TransactionRecord record;
    record.initiator = TrafficName::of(std::string("initiator") + std::to_string(random_() % 3));
    record.region = TrafficName::of(std::string("region") + std::to_string(random_() % 4));
    record.path = static_cast<TransactionPath>(random_() % 4);
    const tlm::tlm_command commands[] = {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND, tlm::TLM_IGNORE_COMMAND};
    record.command = commands[random_() % 8 == 0 ? 2 : random_() % 2];
    record.response = random_() % 8 == 0 ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
    record.offset = random_() % 0x40000;
    record.address = record.offset + 0x80000000;
    record.length = 1 + random_() % 64;
    now_ += sc_core::sc_time::from_value(random_() % (random_() % 64 == 0 ? 100000000 : 10000));
    record.start = now_;
    record.end = now_ + sc_core::sc_time::from_value(random_() >> (28 + random_() % 36));
    record.end_request = record.start + (record.end - record.start) / 4;
    record.begin_response = record.start + (record.end - record.start) / 2;
    return record;
  }

  std::vector<TransactionRecord> next(std::size_t count) {
    std::vector<TransactionRecord> records;
    for (std::size_t i = 0; i < count; ++i) records.push_back(next());
    return records;
  }

 private:
  std::mt19937_64 random_;
  sc_core::sc_time now_;
};

}  // namespace sc_memory::testing
