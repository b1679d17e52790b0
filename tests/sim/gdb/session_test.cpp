// The packets one by one, and that no packet whatever does harm.
#include "sim/gdb/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "sim/gdb/packet.h"
#include "tests/sim/gdb/fake_target.h"
#include "tests/support/seed.h"

namespace sc_memory::sim::gdb::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class GdbSession : public ::testing::Test {
 protected:
  std::string ask(const std::string& packet) { return session_.handle(packet).reply.value_or("(nothing)"); }
  Session::Next next(const std::string& packet) { return session_.handle(packet).next; }

  FakeTarget target_;
  Session session_{target_};
};

TEST_F(GdbSession, UnknownPacketsAreAnsweredWithNothing) {
  for (const char* packet : {"", "!", "vMustReplyEmpty", "qTStatus", "Z7,1000,4", "bc", "\xff"})
    EXPECT_EQ(ask(packet), "") << packet;
}

TEST_F(GdbSession, TellsWhatItSupports) {
  EXPECT_THAT(ask("qSupported:multiprocess+"), HasSubstr("qXfer:features:read+"));
  EXPECT_EQ(ask("qAttached"), "1");
  const Session::Answer answer = session_.handle("QStartNoAckMode");
  EXPECT_EQ(answer.reply, "OK");
  EXPECT_TRUE(answer.without_acknowledgements);
}

TEST_F(GdbSession, TheDescriptionCanBeReadInPieces) {
  target_.text = "0123456789";
  EXPECT_EQ(ask("qXfer:features:read:target.xml:0,4"), "m0123");
  EXPECT_EQ(ask("qXfer:features:read:target.xml:4,100"), "l456789");
  EXPECT_EQ(ask("qXfer:features:read:target.xml:a,4"), "l");
  EXPECT_EQ(ask("qXfer:features:read:target.xml:ffffffffffffffff,4"), "l");
  EXPECT_EQ(ask("qXfer:features:read:other.xml:0,4"), "");
}

TEST_F(GdbSession, Registers) {
  EXPECT_EQ(ask("P2=0807060504030201"), "OK");
  EXPECT_EQ(ask("p2"), "0807060504030201");
  EXPECT_EQ(ask("g"), std::string(32, '0') + "0807060504030201" + std::string(16, '0'));
  EXPECT_EQ(ask("G" + std::string(64, '1')), "OK");
  EXPECT_EQ(ask("p0"), std::string(16, '0')) << "cannot be written";
  EXPECT_EQ(ask("p3"), std::string(16, '1'));
}

TEST_F(GdbSession, RegistersThatAreNotThereOrOfAnotherSizeAreRefused) {
  for (const char* packet : {"p4", "pffffffffffffffff", "P4=0000000000000000", "P2=00", "p", "p2x", "P2", "P2=0",
                             "G123", "p11111111111111111"})
    EXPECT_THAT(ask(packet), StartsWith("E")) << packet;
}

TEST_F(GdbSession, ThreadsHaveRegistersOfTheirOwn) {
  EXPECT_EQ(ask("qfThreadInfo"), "m1,2,3");
  EXPECT_EQ(ask("qsThreadInfo"), "l");
  EXPECT_EQ(ask("Hg2"), "OK");
  EXPECT_EQ(ask("qC"), "QC2");
  EXPECT_EQ(ask("P1=1111111111111111"), "OK");
  EXPECT_EQ(target_.registers[1][1], Bytes(8, 0x11));
  EXPECT_EQ(target_.registers[0][1], Bytes(8, 0));
  EXPECT_EQ(ask("T3"), "OK");
  EXPECT_EQ(ask("qThreadExtraInfo,3"), to_hex(std::string_view("thread 2")));
  for (const char* packet : {"Hg4", "T4", "T", "Hx1", "Hgx", "qThreadExtraInfo,9"})
    EXPECT_THAT(ask(packet), StartsWith("E")) << packet;
  EXPECT_EQ(ask("Hg0"), "OK") << "any: the one there is";
  EXPECT_EQ(ask("qC"), "QC2");
}

TEST_F(GdbSession, Memory) {
  EXPECT_EQ(ask("M1010,3:aabbcc"), "OK");
  EXPECT_EQ(ask("m100f,5"), "00aabbcc00");
  EXPECT_EQ(ask("X1011,2:" + std::string("\x01\x02", 2)), "OK");
  EXPECT_EQ(ask("m1010,3"), "aa0102");
  EXPECT_EQ(ask("X0,0:"), "OK") << "GDB asks in this way whether X is there";
}

TEST_F(GdbSession, MemoryThatIsNotThereIsAnError) {
  EXPECT_THAT(ask("m0,4"), StartsWith("E"));
  EXPECT_THAT(ask("M10ff,2:aabb"), StartsWith("E"));
  EXPECT_EQ(ask("m10fe,8"), "0000") << "what there is";
  EXPECT_EQ(ask("m1000,ffffffffffffffff").size(), 2 * FakeTarget::kMemorySize);
  for (const char* packet :
       {"m", "m1000", "m1000,", "m,4", "mx,4", "M1000,2:aa", "M1000,1:a", "M1000,1:zz", "X1000,3:a", "m1000,4,4"})
    EXPECT_THAT(ask(packet), StartsWith("E")) << packet;
}

TEST_F(GdbSession, Points) {
  EXPECT_EQ(ask("Z0,1000,2"), "OK");
  EXPECT_EQ(ask("Z2,1008,8"), "OK");
  EXPECT_THAT(target_.points, ElementsAre(std::tuple(PointKind::software_breakpoint, 0x1000U, 2U),
                                          std::tuple(PointKind::write_watchpoint, 0x1008U, 8U)));
  EXPECT_EQ(ask("z2,1008,8"), "OK");
  EXPECT_EQ(target_.points.size(), 1U);
  for (const char* packet : {"Z0", "Z0,", "Z0,1000", "Z0,1000,x", "Z3,1000,0", "Z0,1000,4;X1,2", "Zx,1,1"})
    EXPECT_THAT(ask(packet), StartsWith("E")) << packet;
}

TEST_F(GdbSession, ContinueAndStep) {
  EXPECT_EQ(next("c"), Session::Next::resume);
  EXPECT_THAT(target_.actions, ElementsAre(Action::run, Action::run, Action::run));
  EXPECT_EQ(ask("Hc2"), "OK");
  EXPECT_EQ(next("s"), Session::Next::resume);
  EXPECT_THAT(target_.actions, ElementsAre(Action::run, Action::step, Action::run));
  EXPECT_EQ(next("s1234"), Session::Next::resume);
  EXPECT_EQ(target_.registers[1][FakeTarget::kRegisters - 1], (Bytes{0x34, 0x12, 0, 0, 0, 0, 0, 0}));
}

TEST_F(GdbSession, ActionsForEachThread) {
  EXPECT_EQ(ask("vCont?"), "vCont;c;C;s;S");
  EXPECT_EQ(next("vCont;s:2;c"), Session::Next::resume);
  EXPECT_THAT(target_.actions, ElementsAre(Action::run, Action::step, Action::run));
  EXPECT_EQ(next("vCont;s:3"), Session::Next::resume);
  EXPECT_THAT(target_.actions, ElementsAre(Action::hold, Action::hold, Action::step));
  EXPECT_EQ(next("vCont;C05:p1.1;S02:p1.-1"), Session::Next::resume);
  EXPECT_THAT(target_.actions, ElementsAre(Action::run, Action::step, Action::step));
}

TEST_F(GdbSession, ActionsThatMakeNoSenseChangeNothing) {
  for (const char* packet :
       {"vCont", "vCont;", "vCont;x", "vCont;s:9", "vCont;s:", "vCont;cs", "vCont;C", "c12x", "sx"}) {
    const Session::Answer answer = session_.handle(packet);
    EXPECT_EQ(answer.next, Session::Next::stay) << packet;
    EXPECT_THAT(answer.reply.value_or(""), StartsWith("E")) << packet;
  }
  EXPECT_THAT(target_.actions, IsEmpty());
}

TEST_F(GdbSession, StopsNameTheirReasonAndThread) {
  EXPECT_EQ(ask("?"), "T02thread:1;");
  EXPECT_EQ(session_.stop_reply({StopReport::Reason::breakpoint, 1}), "T05thread:2;");
  EXPECT_EQ(ask("?"), "T05thread:2;");
  EXPECT_EQ(ask("qC"), "QC2");
  EXPECT_EQ(session_.stop_reply({StopReport::Reason::watchpoint, 0, PointKind::write_watchpoint, 0x80001000}),
            "T05thread:1;watch:80001000;");
  EXPECT_EQ(session_.stop_reply({StopReport::Reason::watchpoint, 0, PointKind::read_watchpoint, 16}),
            "T05thread:1;rwatch:10;");
  EXPECT_EQ(session_.stop_reply({StopReport::Reason::watchpoint, 0, PointKind::access_watchpoint, 16}),
            "T05thread:1;awatch:10;");
}

TEST_F(GdbSession, MonitorCommands) {
  EXPECT_EQ(ask("qRcmd," + to_hex(std::string_view("hello"))), to_hex(std::string_view("world\n")));
  const auto unknown = from_hex(ask("qRcmd," + to_hex(std::string_view("dance"))));
  ASSERT_TRUE(unknown);
  EXPECT_THAT(std::string(unknown->begin(), unknown->end()), HasSubstr("'dance' is no command"));
  EXPECT_THAT(ask("qRcmd,xyz"), StartsWith("E"));
}

TEST_F(GdbSession, DetachAndKill) {
  EXPECT_EQ(next("D"), Session::Next::detach);
  EXPECT_EQ(next("D;1"), Session::Next::detach);
  EXPECT_EQ(next("k"), Session::Next::kill);
  EXPECT_EQ(next("vKill;1"), Session::Next::kill);
}

TEST_F(GdbSession, RandomPacketsAreAnsweredWithinBounds) {
  std::mt19937_64 random(sc_memory::testing::seed());
  const std::string starts = "?gGpPmMXZzHTcsvqQDk";
  const std::string alphabet = "0123456789abcdef,,;:=-.pxXcCsS#$}";
  const std::vector<std::string> words = {"vCont", "qRcmd,", "qXfer:features:read:target.xml:", "qThreadExtraInfo,",
                                          "1000,"};
  for (int round = 0; round < 100000; ++round) {
    std::string packet(1, starts[random() % starts.size()]);
    if (random() % 3 == 0) packet = words[random() % words.size()];
    for (auto length = random() % 30; length-- > 0;)
      packet += random() % 20 == 0 ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
    const Session::Answer answer = session_.handle(packet);
    ASSERT_LE(answer.reply.value_or("").size(), kMaxPayload) << packet;
    if (answer.next == Session::Next::resume) {
      ASSERT_EQ(target_.actions.size(), FakeTarget::kThreads) << packet;
    }
  }
}

}  // namespace
}  // namespace sc_memory::sim::gdb::test
