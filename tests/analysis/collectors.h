// Subscribers of probes that keep what they hear.
#pragma once

#include <vector>

#include "sc_memory/analysis/transaction_record.h"

namespace sc_memory::testing {

template <typename Record>
class Collector final : public tlm::tlm_analysis_if<Record> {
 public:
  void write(const Record& record) override { records.push_back(record); }

  const Record& last() const { return records.back(); }
  std::vector<Record> records;
};

}  // namespace sc_memory::testing
