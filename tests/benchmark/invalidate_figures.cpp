// A target that takes back its own pointers, in maps with few and with many mappings.
#include <chrono>
#include <memory>
#include <vector>

#include "sc_memory/tlm/target_region.h"

#include "tests/benchmark/dmi_holder.h"
#include "tests/benchmark/groups.h"
#include "tests/benchmark/leaf_map.h"
#include "tests/benchmark/measure.h"

namespace sc_memory::bench {

namespace {

/// A memory behind a socket, which takes back what it granted page by page.
class TakingBack : public sc_core::sc_module, private tlm::tlm_fw_transport_if<> {
 public:
  static constexpr std::size_t kPages = 16;
  static constexpr std::uint64_t kPage = 4_KiB;

  explicit TakingBack(sc_core::sc_module_name name) : sc_module(name), memory_(kPages * kPage) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
  }

  void take_back(std::size_t page) { socket->invalidate_direct_mem_ptr(page * kPage, page * kPage + (kPage - 1)); }

  tlm::tlm_target_socket<> socket{"socket"};

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) override {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    return tlm::TLM_COMPLETED;
  }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) override {
    dmi.set_start_address(0);
    dmi.set_end_address(memory_.size() - 1);
    dmi.set_dmi_ptr(memory_.data());
    dmi.allow_read_write();
    return true;
  }

  std::vector<std::uint8_t> memory_;
};

/// `count` targets on a router, and an initiator that holds a pointer into each.
class ManyMappings {
 public:
  explicit ManyMappings(const std::string& name, std::size_t count)
      : bus_((name + "_bus").c_str()), holder_((name + "_holder").c_str()) {
    MapTransaction change;
    for (std::size_t i = 0; i < count; ++i) {
      targets_.push_back(std::make_unique<TakingBack>(sc_core::sc_gen_unique_name("target")));
      regions_.push_back(std::make_unique<TargetRegion>(name + std::to_string(i), kBytes));
      regions_.back()->bind(targets_.back()->socket);
      system_.add(i * kBytes, *regions_.back());
    }
    bus_.initiator("holder", space_).bind(holder_.socket);
  }

  /// Once the platform is elaborated.
  void hold() {
    for (std::size_t i = 0; i < targets_.size(); ++i) holder_.ask(i * kBytes);
  }

  /// Times one target taking its pointer back piece by piece, while everything else stays.
  void take_back(benchmark::State& state) {
    const std::size_t affected = targets_.size() / 2;
    for (auto _ : state) {
      holder_.ask(affected * kBytes);
      const auto start = std::chrono::steady_clock::now();
      for (std::size_t page = 0; page < TakingBack::kPages; ++page) targets_[affected]->take_back(page);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      state.SetIterationTime(taken.count());
    }
  }

 private:
  static constexpr std::uint64_t kBytes = TakingBack::kPages * TakingBack::kPage;

  // The space goes before the regions, which then need not be taken out of its view one by one.
  Container system_{"system"};
  std::vector<std::unique_ptr<TakingBack>> targets_;
  std::vector<std::unique_ptr<TargetRegion>> regions_;
  AddressSpace space_{"memory", system_};
  Router bus_;
  DmiHolder holder_;
};

void measure_invalidate(Record& record) {
  ManyMappings few("few", 16);
  ManyMappings many("many", record.limited(1024));
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  few.hold();
  many.hold();
  const auto one = [](const char* name, ManyMappings& mappings) {
    return Case{name, [&](benchmark::State& state) { mappings.take_back(state); }, TakingBack::kPages,
                Case::Clock::manual};
  };
  const auto times = measure({one("invalidate_16", few), one("invalidate_1024", many)}, record.effort());
  record.add("invalidate_1024_over_16", times.at("invalidate_1024") / times.at("invalidate_16"));
}

}  // namespace

std::vector<Group> invalidate_groups() {
  return {{{{"invalidate_1024_over_16", "ratio", "<= 1.5"}}, measure_invalidate}};
}

}  // namespace sc_memory::bench
