// The traffic of a run, digested: all that statistics and the report say of it, in memory that does not grow with the
// number of transactions.
//
//     Probe probe{bus, ProbeScope().direct(DirectAccess::allowed)};
//     TrafficDigest digest;
//     digest.listen_to(probe);
//     sc_start();
//     std::cout << statistics_text(digest);
#pragma once

#include <map>

#include "sc_memory/analysis/bandwidth_timeline.h"
#include "sc_memory/analysis/dmi_timeline.h"
#include "sc_memory/analysis/hot_pages.h"
#include "sc_memory/analysis/probe.h"
#include "sc_memory/analysis/traffic_statistics.h"

namespace sc_memory {

class TrafficDigest final : public tlm::tlm_analysis_if<TransactionRecord>, public tlm::tlm_analysis_if<DmiRecord> {
 public:
  /// What happened to direct access to one region.
  struct DmiCounts {
    std::uint64_t grants = 0;
    std::uint64_t invalidations = 0;  ///< Of grants.
  };

  /// Binds to both of the probe's ports. The digest outlives the probe.
  void listen_to(Probe& probe);

  void write(const TransactionRecord& record) override;
  void write(const DmiRecord& record) override;

  const TrafficStatistics& statistics() const { return statistics_; }
  const BandwidthTimeline& bandwidth() const { return bandwidth_; }
  const HotPages& hot_pages() const { return hot_pages_; }
  const DmiTimeline& dmi() const { return dmi_; }
  const std::map<TrafficName, DmiCounts>& dmi_by_region() const { return dmi_by_region_; }

 private:
  TrafficStatistics statistics_;
  BandwidthTimeline bandwidth_;
  HotPages hot_pages_;
  DmiTimeline dmi_;
  std::map<TrafficName, DmiCounts> dmi_by_region_;
};

/// What is known of a run besides its traffic.
struct RunFacts {
  std::string title;     ///< What ran: a command, a platform.
  std::string subtitle;  ///< More of it, on one line.
  struct Fact {
    std::string name;
    std::string value;
  };
  std::vector<Fact> facts;  ///< Such as the host's time; in words.
};

}  // namespace sc_memory
