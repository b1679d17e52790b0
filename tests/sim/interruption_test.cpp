// Signals in a simulation: the first is told to it, the second has its usual effect, ignored ones stay ignored.
#include "sim/interruption.h"

#include <chrono>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sc_memory::sim {
namespace {

/// Keeps the simulation going, as harts do.
class Clockwork : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Clockwork);
  explicit Clockwork(sc_core::sc_module_name name) : sc_module(name) { SC_METHOD(tick); }

 private:
  void tick() { next_trigger(1, sc_core::SC_US); }
};

/// One that would go on for ever, but that the first signal stops.
struct EndlessSimulation {
  int seen = 0;
  const Interruption interruption{[this](int signal) {
    seen = signal;
    sc_core::sc_stop();
  }};
  const Clockwork clockwork{"clockwork"};
};

TEST(Interruption, EndsTheSimulationWithTheFirstSignal) {
  EndlessSimulation simulation;
  kill(getpid(), SIGTERM);
  sc_core::sc_start();
  EXPECT_EQ(simulation.seen, SIGTERM);
  EXPECT_EQ(sc_core::sc_get_status(), sc_core::SC_STOPPED);
}

TEST(Interruption, ASignalFromBeforeTheStartEndsTheSimulationAsLaterOnesDo) {
  EndlessSimulation simulation;
  kill(getpid(), SIGTERM);
  while (!simulation.interruption.requested()) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // until the kernel knows as well
  sc_core::sc_start();
  EXPECT_EQ(simulation.seen, SIGTERM);
  EXPECT_EQ(sc_core::sc_get_status(), sc_core::SC_STOPPED);
}

TEST(Interruption, TheSecondSignalEndsTheProcess) {
  const pid_t child = fork();
  if (child == 0) {
    const Interruption interruption([](int) { kill(getpid(), SIGINT); });
    const Clockwork clockwork("clockwork");
    kill(getpid(), SIGTERM);
    sc_core::sc_start();
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGINT);
}

TEST(Interruption, ASimulationThatIsCaughtInSomethingIsEndedAfterAWhile) {
  const pid_t child = fork();
  if (child == 0) {
    const Interruption interruption([](int) {});
    kill(getpid(), SIGTERM);
    std::this_thread::sleep_for(std::chrono::minutes(2));
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST(Interruption, LeavesIgnoredSignalsIgnored) {
  std::signal(SIGHUP, SIG_IGN);
  EndlessSimulation simulation;
  kill(getpid(), SIGHUP);
  sc_core::sc_start(10, sc_core::SC_MS);
  EXPECT_EQ(simulation.seen, 0);
}

TEST(Interruption, SignalsTakeTheirUsualCourseAfterwards) {
  const pid_t child = fork();
  if (child == 0) {
    {
      const Interruption interruption([](int) {});
    }
    raise(SIGTERM);
    _exit(98);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
}

}  // namespace
}  // namespace sc_memory::sim
