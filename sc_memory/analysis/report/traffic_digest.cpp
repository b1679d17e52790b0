// Passing on what comes.
#include "sc_memory/analysis/report/traffic_digest.h"

namespace sc_memory {

void TrafficDigest::listen_to(Probe& probe) {
  probe.transactions.bind(*this);
  probe.dmi.bind(*this);
}

void TrafficDigest::write(const TransactionRecord& record) {
  statistics_.write(record);
  bandwidth_.write(record);
  hot_pages_.write(record);
}

void TrafficDigest::write(const DmiRecord& record) {
  dmi_.write(record);
  if (record.event == DmiRecord::Event::granted) ++dmi_by_region_[record.region].grants;
  if (record.event == DmiRecord::Event::grant_taken_back) ++dmi_by_region_[record.region].invalidations;
}

}  // namespace sc_memory
