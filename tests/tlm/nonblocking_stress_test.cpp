// Thousands of transactions at a time between initiators and targets of random behaviour, with checkers of the base
// protocol on every socket, while the map changes: each is answered once, with the right data, and given back.
#include <deque>
#include <gmock/gmock.h>
#include <map>
#include <random>

#include "sc_memory/access/io_ops.h"
#include "sc_memory/map/map_transaction.h"

#include "tests/support/seed.h"
#include "tests/tlm/at_bench.h"

namespace sc_memory::testing {
namespace {

using Random = std::mt19937_64;

std::uint64_t below(Random& random, std::uint64_t limit) { return random() % limit; }
bool one_in(Random& random, std::uint64_t n) { return random() % n == 0; }
/// Often none.
sc_core::sc_time some_time(Random& random) {
  return ns(one_in(random, 3) ? 0 : static_cast<double>(below(random, 30)));
}

/// What a byte of a target holds that nobody has written: a function of where it is.
std::uint8_t pattern(std::size_t target, Address offset) {
  return static_cast<std::uint8_t>(target * 57 + offset * 31 + (offset >> 8));
}

/// Keeps the order of what happens at the same time.
class Later {
 public:
  explicit Later(const char* name) {
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.dont_initialize();
    options.set_sensitivity(&event_);
    sc_core::sc_spawn([this] { run(); }, name, &options);
  }
  void after(const sc_core::sc_time& delay, std::function<void()> action) {
    actions_.emplace(sc_core::sc_time_stamp() + delay, std::move(action));
    event_.notify(delay);
  }

 private:
  void run() {
    while (!actions_.empty() && actions_.begin()->first <= sc_core::sc_time_stamp()) {
      const auto action = std::move(actions_.begin()->second);
      actions_.erase(actions_.begin());
      action();
    }
    if (!actions_.empty()) event_.notify(actions_.begin()->first - sc_core::sc_time_stamp());
  }

  std::multimap<sc_core::sc_time, std::function<void()>> actions_;
  sc_core::sc_event event_;
};

/// Accepts requests and answers them now or later, in any order, in every way that the standard allows.
class RandomTarget : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
 public:
  RandomTarget(sc_core::sc_module_name name, std::size_t number, Random& random)
      : sc_module(name), random_(random), memory_(0x1000) {
    socket.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    for (Address i = 0; i < memory_.size(); ++i) memory_[i] = pattern(number, i);
  }

  tlm::tlm_target_socket<> socket{"socket"};

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    serve(payload);
    delay += some_time(random_);
    if (one_in(random_, 2)) {
      sc_core::wait(delay);
      delay = sc_core::SC_ZERO_TIME;
    }
  }
  unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    if (phase == tlm::END_RESP) {
      EXPECT_EQ(responding_, &payload);
      later_.after(delay, [this] {
        responding_ = nullptr;
        respond();
      });
      return one_in(random_, 2) ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
    }
    delay += some_time(random_);
    // An answer at once is a response too, and may not come before the last one is taken (IEEE 1666 15.2.3 i).
    switch (below(random_, responding_ == nullptr ? 4 : 2)) {
      case 0:  // Taken, and answered some time after that.
        phase = tlm::END_REQ;
        later_.after(delay, [this, &payload] { hold(payload); });
        return tlm::TLM_UPDATED;
      case 1:  // Taken later.
        later_.after(delay, [this, &payload] {
          hold(payload);
          if (one_in(random_, 4) && responding_ == nullptr) return respond_with(payload);
          tlm::tlm_phase taken = tlm::END_REQ;
          sc_core::sc_time annotation;
          socket->nb_transport_bw(payload, taken, annotation);
        });
        return tlm::TLM_ACCEPTED;
      case 2:  // Done at once.
        serve(payload);
        return tlm::TLM_COMPLETED;
      default:  // Answered at once.
        serve(payload);
        responding_ = &payload;
        phase = tlm::BEGIN_RESP;
        return tlm::TLM_UPDATED;
    }
  }

  void serve(tlm::tlm_generic_payload& payload) {
    if (payload.get_address() + payload.get_data_length() > memory_.size()) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    std::uint8_t* const bytes = memory_.data() + payload.get_address();
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), bytes, payload.get_data_length());
    if (payload.is_write()) std::memcpy(bytes, payload.get_data_ptr(), payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  void hold(tlm::tlm_generic_payload& payload) {
    held_.push_back(&payload);
    later_.after(ns(static_cast<double>(below(random_, 100000))), [this] {
      ++due_;
      respond();
    });
  }
  void respond() {
    if (responding_ != nullptr || held_.empty() || due_ == 0) return;
    --due_;
    respond_with(*held_[below(random_, held_.size())]);
  }
  void respond_with(tlm::tlm_generic_payload& payload) {
    held_.erase(std::find(held_.begin(), held_.end(), &payload));
    serve(payload);
    responding_ = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = some_time(random_);
    if (socket->nb_transport_bw(payload, phase, delay) != tlm::TLM_COMPLETED) return;
    responding_ = nullptr;
    later_.after(ns(0), [this] { respond(); });
  }

  Random& random_;
  std::vector<std::uint8_t> memory_;
  std::vector<tlm::tlm_generic_payload*> held_;
  std::size_t due_ = 0;
  tlm::tlm_generic_payload* responding_ = nullptr;
  Later later_{"later"};
};

/// Sends requests as fast as they are taken, writing only where nobody else does, and knows what each has to bring.
class RandomInitiator : public sc_core::sc_module, public tlm::tlm_bw_transport_if<> {
 public:
  static constexpr unsigned kTargets = 6;

  RandomInitiator(sc_core::sc_module_name name, unsigned number, PayloadPool& pool, Random& random, int transactions)
      : sc_module(name), number_(number), pool_(pool), random_(random), left_(transactions) {
    socket.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    later_.after(ns(0), [this] { begin(); });
  }

  tlm::tlm_initiator_socket<> socket{"socket"};
  int answered = 0;
  int errors = 0;
  std::size_t outstanding() const { return expected_.size(); }

 private:
  /// Each initiator has 64 bytes of every target to itself and writes there only once the write before has ended; all
  /// the rest holds its pattern for ever.
  void begin() {
    if (left_ == 0 || requesting_ != nullptr) return;
    --left_;
    const auto target = static_cast<unsigned>(below(random_, kTargets));
    // The device has registers of a byte.
    const unsigned length = target == 5 ? 1 : 1 + static_cast<unsigned>(below(random_, 16));
    const Address own = number_ * 64;
    const bool write = one_in(random_, 3);
    const Address offset = write ? own + below(random_, 64 - length) : 1024 + below(random_, 2000);
    std::vector<std::uint8_t>& data = buffers_.emplace_back(length);
    for (std::uint8_t& byte : data) byte = static_cast<std::uint8_t>(random_());
    tlm::tlm_generic_payload& payload = pool_.make(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND,
                                                   0x10000 * target + offset, data.data(), length);
    EXPECT_TRUE(expected_.emplace(&payload, Expected{target, offset, &data, 0x10000 * target + offset}).second);
    requesting_ = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = some_time(random_);
    const tlm::tlm_sync_enum status = socket->nb_transport_fw(payload, phase, delay);
    EXPECT_NE(status, tlm::TLM_UPDATED);
    if (status != tlm::TLM_COMPLETED) return;
    requesting_ = nullptr;
    finish(payload);
    later_.after(delay, [this] { begin(); });
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override {
    EXPECT_EQ(payload.get_address(), expected_.at(&payload).address);
    if (requesting_ == &payload) {
      requesting_ = nullptr;
      later_.after(delay + some_time(random_), [this] { begin(); });
    }
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    switch (below(random_, 3)) {
      case 0:
        finish(payload);
        return tlm::TLM_COMPLETED;
      case 1:
        delay += some_time(random_);
        phase = tlm::END_RESP;
        finish(payload);
        return tlm::TLM_UPDATED;
      default:
        later_.after(delay + some_time(random_), [this, &payload] {
          tlm::tlm_phase end = tlm::END_RESP;
          sc_core::sc_time annotation = some_time(random_);
          socket->nb_transport_fw(payload, end, annotation);
          finish(payload);
        });
        return tlm::TLM_ACCEPTED;
    }
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

  void finish(tlm::tlm_generic_payload& payload) {
    const auto found = expected_.find(&payload);
    ASSERT_NE(found, expected_.end()) << "answered twice";
    const Expected expected = found->second;
    expected_.erase(found);
    ++answered;
    if (payload.get_response_status() != tlm::TLM_OK_RESPONSE) {
      ++errors;
    } else if (payload.is_read()) {
      for (std::size_t i = 0; i < expected.data->size(); ++i)
        ASSERT_EQ((*expected.data)[i], pattern(expected.target, expected.offset + i)) << expected.target << i;
    }
    payload.release();
  }

  struct Expected {
    unsigned target;
    Address offset;
    std::vector<std::uint8_t>* data;
    Address address;
  };

  unsigned number_;
  PayloadPool& pool_;
  Random& random_;
  int left_;
  tlm::tlm_generic_payload* requesting_ = nullptr;
  /// Kept to the end: a target may use what it holds a reference to (IEEE 1666 15.2.3 p), even when its region is gone.
  std::deque<std::vector<std::uint8_t>> buffers_;
  std::map<const tlm::tlm_generic_payload*, Expected> expected_;
  Later later_{"later"};
};

/// Three targets, a memory that serves all at once and one that serves one at a time, and a device behind callbacks
/// that waits.
struct Platform : sc_core::sc_module {
  Platform(sc_core::sc_module_name name, Random& random, unsigned initiator_count, int transactions) : sc_module(name) {
    for (unsigned i = 0; i < 3; ++i) {
      const std::string number = std::to_string(i);
      regions.push_back(std::make_unique<TargetRegion>("region" + number, 0x1000));
      targets.push_back(std::make_unique<RandomTarget>(("target" + number).c_str(), i, random));
      checkers.push_back(std::make_unique<ProtocolChecker<>>(("target_checker" + number).c_str()));
      regions.back()->bind(checkers.back()->target);
      checkers.back()->initiator.bind(targets.back()->socket);
      system.add(0x10000 * i, *regions.back());
    }
    for (RamRegion* ram : {&free_ram, &busy_ram}) {
      const std::size_t number = ram == &free_ram ? 3 : 4;
      for (Address i = 0; i < ram->size(); ++i) ram->memory().data[i] = pattern(number, i);
      system.add(0x10000 * number, *ram);
    }
    system.add(0x50000, device);
    bus.timing(*regions[0]).latency(ns(3));
    bus.timing(*regions[1]).latency(ns(2)).bandwidth(4e9).arbitration(Arbitration::round_robin);
    bus.timing(free_ram).latency(ns(4));
    bus.timing(busy_ram).latency(ns(4)).arbitration(Arbitration::weighted);
    for (unsigned i = 0; i < initiator_count; ++i) {
      const std::string number = std::to_string(i);
      initiators.push_back(
          std::make_unique<RandomInitiator>(("initiator" + number).c_str(), i, pool, random, transactions));
      checkers.push_back(std::make_unique<ProtocolChecker<>>(("initiator_checker" + number).c_str()));
      initiators.back()->socket.bind(checkers.back()->target);
      bus.initiator("initiator" + number, space).weight(i % 3 + 1).bind(checkers.back()->initiator);
    }
  }

  PayloadPool pool;
  Container system{"system"};
  std::vector<std::unique_ptr<TargetRegion>> regions;
  RamRegion free_ram{"free", 0x1000};
  RamRegion busy_ram{"busy", 0x1000};
  IoRegion device{"device", 0x1000,
                  io_ops()
                      .read8([](Address offset) {
                        if (offset % 5 == 0) sc_core::wait(ns(3));
                        return pattern(5, offset);
                      })
                      .write8([](Address, std::uint8_t) {})};
  AddressSpace space{"memory", system};
  Router bus{"bus"};
  std::vector<std::unique_ptr<RandomTarget>> targets;
  std::vector<std::unique_ptr<RandomInitiator>> initiators;
  std::vector<std::unique_ptr<ProtocolChecker<>>> checkers;
};

class NonblockingStress : public ::testing::Test {
 protected:
  /// Runs until nothing happens any more. Returns the most transactions that were outstanding at a time.
  static std::size_t run(Platform& platform, const std::function<void()>& between) {
    std::size_t most = 0;
    while (sc_core::sc_pending_activity()) {
      sc_core::sc_start(ns(100));
      std::size_t outstanding = 0;
      for (const auto& initiator : platform.initiators) outstanding += initiator->outstanding();
      most = std::max(most, outstanding);
      between();
    }
    return most;
  }
  static void expect_all_answered(const Platform& platform, int transactions) {
    for (const auto& initiator : platform.initiators) {
      EXPECT_EQ(initiator->answered, transactions);
      EXPECT_EQ(initiator->outstanding(), 0u);
    }
    for (const auto& checker : platform.checkers) {
      EXPECT_EQ(checker->count(), 0u) << checker->name();
      EXPECT_EQ(checker->in_flight(), 0u) << checker->name();
    }
    EXPECT_EQ(platform.pool.in_use(), 0);
  }
};

TEST_F(NonblockingStress, EveryTransactionIsAnsweredOnceWithTheRightData) {
  Random random(seed());
  const int transactions = steps(2000);
  Platform platform("platform", random, 12, transactions);
  const std::size_t most = run(platform, [] {});
  expect_all_answered(platform, transactions);
  for (const auto& initiator : platform.initiators) EXPECT_EQ(initiator->errors, 0);
  std::cout << "at most " << most << " transactions outstanding\n";
  if (transactions >= 2000) {
    EXPECT_GT(most, 1000u);
  }
}

TEST_F(NonblockingStress, TheMapMayChangeMeanwhile) {
  Random random(seed());
  const int transactions = steps(2000);
  Platform platform("platform", random, 8, transactions);
  int changes = 0;
  run(platform, [&] {
    TargetRegion& region = *platform.regions[below(random, 3)];
    if (one_in(random, 2)) region.set_enabled(!region.enabled());
    if (one_in(random, 4)) platform.busy_ram.set_enabled(!platform.busy_ram.enabled());
    if (one_in(random, 4)) platform.device.set_enabled(!platform.device.enabled());
    ++changes;
  });
  expect_all_answered(platform, transactions);
  EXPECT_GT(changes, 10);
}

TEST_F(NonblockingStress, RegionsMayBeDestroyedMeanwhile) {
  Random random(seed());
  const int transactions = steps(2000);
  Platform platform("platform", random, 8, transactions);
  int rounds = 0;
  run(platform, [&] {
    // A target that is gone from the map may still have transactions; its answers find nobody.
    if (++rounds == 20) platform.regions[0].reset();
    if (rounds == 30) platform.regions[1].reset();
  });
  int errors = 0;
  for (const auto& initiator : platform.initiators) {
    EXPECT_EQ(initiator->answered, transactions);
    errors += initiator->errors;
  }
  EXPECT_GT(errors, 0);
  for (std::size_t i = 3; i < platform.checkers.size(); ++i) EXPECT_EQ(platform.checkers[i]->count(), 0u);
}

}  // namespace
}  // namespace sc_memory::testing
