// Integer instructions, loads, stores and jumps: edge cases by hand, the arithmetic at random against an oracle of its
// own.
#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "tests/models/riscv/hart_test_machine.h"

namespace sc_memory::models::riscv::test {
namespace {

struct Operation {
  const char* name;
  uint32_t encoding;  // a2 = a0 op a1, or a2 = a0 op imm
  uint64_t (*oracle)(uint64_t a, uint64_t b);
  bool immediate;
};

int64_t as_signed(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t sext32(uint64_t value) { return (value & 0xffffffff) | ((value >> 31 & 1) != 0 ? 0xffffffff00000000 : 0); }

// Schoolbook multiplication on 32-bit halves.
uint64_t mulhu_oracle(uint64_t a, uint64_t b) {
  const uint64_t a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  const uint64_t mid = a1 * b0 + (a0 * b0 >> 32);
  const uint64_t mid2 = a0 * b1 + (mid & 0xffffffff);
  return a1 * b1 + (mid >> 32) + (mid2 >> 32);
}
uint64_t mulh_oracle(uint64_t a, uint64_t b) {
  return mulhu_oracle(a, b) - (as_signed(a) < 0 ? b : 0) - (as_signed(b) < 0 ? a : 0);
}
uint64_t mulhsu_oracle(uint64_t a, uint64_t b) { return mulhu_oracle(a, b) - (as_signed(a) < 0 ? b : 0); }

uint64_t magnitude(uint64_t value) { return as_signed(value) < 0 ? 0 - value : value; }
uint64_t div_oracle(uint64_t a, uint64_t b) {
  if (b == 0) return ~uint64_t{0};
  const uint64_t quotient = magnitude(a) / magnitude(b);
  return (as_signed(a) < 0) != (as_signed(b) < 0) ? 0 - quotient : quotient;
}
uint64_t rem_oracle(uint64_t a, uint64_t b) {
  if (b == 0) return a;
  const uint64_t rest = magnitude(a) % magnitude(b);
  return as_signed(a) < 0 ? 0 - rest : rest;
}
uint64_t sra_oracle(uint64_t a, uint64_t amount) {
  for (uint64_t i = 0; i < amount; ++i) a = a >> 1 | (a & uint64_t{1} << 63);
  return a;
}

uint64_t leading(uint64_t value, unsigned width) {
  uint64_t count = 0;
  while (count < width && (value >> (width - 1 - count) & 1) == 0) ++count;
  return count;
}
uint64_t trailing(uint64_t value, unsigned width) {
  uint64_t count = 0;
  while (count < width && (value >> count & 1) == 0) ++count;
  return count;
}
uint64_t population(uint64_t value, unsigned width) {
  uint64_t count = 0;
  for (unsigned i = 0; i < width; ++i) count += value >> i & 1;
  return count;
}
uint64_t rotated_left(uint64_t value, uint64_t amount, unsigned width) {
  for (uint64_t i = 0; i < amount; ++i) value = value << 1 | (value >> (width - 1) & 1);
  return value;
}
// Byte by byte: in the opposite order, or each one all ones unless it is zero.
uint64_t by_bytes(uint64_t value, bool reverse) {
  uint64_t result = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const uint64_t byte = value >> (8 * i) & 0xff;
    result |= reverse ? byte << (56 - 8 * i) : (byte != 0 ? uint64_t{0xff} << (8 * i) : 0);
  }
  return result;
}

constexpr uint32_t word_op(uint32_t funct3, uint32_t funct7) { return as::r_type(0x3b, funct3, funct7, a2, a0, a1); }
constexpr uint32_t word_imm(uint32_t funct3, int64_t imm) { return as::i_type(0x1b, funct3, a2, a0, imm); }

const Operation operations[] = {
    {"add", as::op(0, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return a + b; }, false},
    {"sub", as::op(0, 0x20, a2, a0, a1), [](uint64_t a, uint64_t b) { return a - b; }, false},
    {"sll", as::op(1, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return a << b % 64; }, false},
    {"slt", as::op(2, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return uint64_t{as_signed(a) < as_signed(b)}; },
     false},
    {"sltu", as::op(3, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return uint64_t{a < b}; }, false},
    {"xor", as::op(4, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return (a | b) & ~(a & b); }, false},
    {"srl", as::op(5, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return a >> b % 64; }, false},
    {"sra", as::op(5, 0x20, a2, a0, a1), [](uint64_t a, uint64_t b) { return sra_oracle(a, b % 64); }, false},
    {"or", as::op(6, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return ~(~a & ~b); }, false},
    {"and", as::op(7, 0, a2, a0, a1), [](uint64_t a, uint64_t b) { return ~(~a | ~b); }, false},
    {"mul", as::op(0, 1, a2, a0, a1), [](uint64_t a, uint64_t b) { return a * b; }, false},
    {"mulh", as::op(1, 1, a2, a0, a1), mulh_oracle, false},
    {"mulhsu", as::op(2, 1, a2, a0, a1), mulhsu_oracle, false},
    {"mulhu", as::op(3, 1, a2, a0, a1), mulhu_oracle, false},
    {"div", as::op(4, 1, a2, a0, a1), div_oracle, false},
    {"divu", as::op(5, 1, a2, a0, a1), [](uint64_t a, uint64_t b) { return b == 0 ? ~uint64_t{0} : a / b; }, false},
    {"rem", as::op(6, 1, a2, a0, a1), rem_oracle, false},
    {"remu", as::op(7, 1, a2, a0, a1), [](uint64_t a, uint64_t b) { return b == 0 ? a : a % b; }, false},
    {"addw", word_op(0, 0), [](uint64_t a, uint64_t b) { return sext32(a + b); }, false},
    {"subw", word_op(0, 0x20), [](uint64_t a, uint64_t b) { return sext32(a - b); }, false},
    {"sllw", word_op(1, 0), [](uint64_t a, uint64_t b) { return sext32(a << b % 32); }, false},
    {"srlw", word_op(5, 0), [](uint64_t a, uint64_t b) { return sext32((a & 0xffffffff) >> b % 32); }, false},
    {"sraw", word_op(5, 0x20), [](uint64_t a, uint64_t b) { return sra_oracle(sext32(a), b % 32); }, false},
    {"mulw", word_op(0, 1), [](uint64_t a, uint64_t b) { return sext32(a * b); }, false},
    {"divw", word_op(4, 1), [](uint64_t a, uint64_t b) { return sext32(div_oracle(sext32(a), sext32(b))); }, false},
    {"divuw", word_op(5, 1),
     [](uint64_t a, uint64_t b) {
       return (b & 0xffffffff) == 0 ? ~uint64_t{0} : sext32((a & 0xffffffff) / (b & 0xffffffff));
     },
     false},
    {"remw", word_op(6, 1), [](uint64_t a, uint64_t b) { return sext32(rem_oracle(sext32(a), sext32(b))); }, false},
    {"remuw", word_op(7, 1),
     [](uint64_t a, uint64_t b) {
       return (b & 0xffffffff) == 0 ? sext32(a) : sext32((a & 0xffffffff) % (b & 0xffffffff));
     },
     false},
    {"addi", as::op_imm(0, a2, a0, 0), [](uint64_t a, uint64_t b) { return a + b; }, true},
    {"slti", as::op_imm(2, a2, a0, 0), [](uint64_t a, uint64_t b) { return uint64_t{as_signed(a) < as_signed(b)}; },
     true},
    {"sltiu", as::op_imm(3, a2, a0, 0), [](uint64_t a, uint64_t b) { return uint64_t{a < b}; }, true},
    {"xori", as::op_imm(4, a2, a0, 0), [](uint64_t a, uint64_t b) { return a ^ b; }, true},
    {"ori", as::op_imm(6, a2, a0, 0), [](uint64_t a, uint64_t b) { return a | b; }, true},
    {"andi", as::op_imm(7, a2, a0, 0), [](uint64_t a, uint64_t b) { return a & b; }, true},
    {"addiw", word_imm(0, 0), [](uint64_t a, uint64_t b) { return sext32(a + b); }, true},
    {"slli", as::op_imm(1, a2, a0, 37), [](uint64_t a, uint64_t) { return a << 37; }, false},
    {"srli", as::op_imm(5, a2, a0, 37), [](uint64_t a, uint64_t) { return a >> 37; }, false},
    {"srai", as::op_imm(5, a2, a0, 0x400 | 37), [](uint64_t a, uint64_t) { return sra_oracle(a, 37); }, false},
    {"slliw", word_imm(1, 19), [](uint64_t a, uint64_t) { return sext32(a << 19); }, false},
    {"srliw", word_imm(5, 19), [](uint64_t a, uint64_t) { return sext32((a & 0xffffffff) >> 19); }, false},
    {"sraiw", word_imm(5, 0x400 | 19), [](uint64_t a, uint64_t) { return sra_oracle(sext32(a), 19); }, false},
    {"add.uw", as::r_type(0x3b, 0, 4, a2, a0, a1), [](uint64_t a, uint64_t b) { return (a & 0xffffffff) + b; }, false},
    {"sh1add", as::op(2, 0x10, a2, a0, a1), [](uint64_t a, uint64_t b) { return 2 * a + b; }, false},
    {"sh2add", as::op(4, 0x10, a2, a0, a1), [](uint64_t a, uint64_t b) { return 4 * a + b; }, false},
    {"sh3add", as::op(6, 0x10, a2, a0, a1), [](uint64_t a, uint64_t b) { return 8 * a + b; }, false},
    {"sh1add.uw", word_op(2, 0x10), [](uint64_t a, uint64_t b) { return 2 * (a & 0xffffffff) + b; }, false},
    {"sh2add.uw", word_op(4, 0x10), [](uint64_t a, uint64_t b) { return 4 * (a & 0xffffffff) + b; }, false},
    {"sh3add.uw", word_op(6, 0x10), [](uint64_t a, uint64_t b) { return 8 * (a & 0xffffffff) + b; }, false},
    {"slli.uw", word_imm(1, 0x080 | 35), [](uint64_t a, uint64_t) { return (a & 0xffffffff) << 35; }, false},
    {"andn", as::op(7, 0x20, a2, a0, a1), [](uint64_t a, uint64_t b) { return a & ~b; }, false},
    {"orn", as::op(6, 0x20, a2, a0, a1), [](uint64_t a, uint64_t b) { return a | ~b; }, false},
    {"xnor", as::op(4, 0x20, a2, a0, a1), [](uint64_t a, uint64_t b) { return (a & b) | (~a & ~b); }, false},
    {"clz", as::op_imm(1, a2, a0, 0x600), [](uint64_t a, uint64_t) { return leading(a, 64); }, false},
    {"ctz", as::op_imm(1, a2, a0, 0x601), [](uint64_t a, uint64_t) { return trailing(a, 64); }, false},
    {"cpop", as::op_imm(1, a2, a0, 0x602), [](uint64_t a, uint64_t) { return population(a, 64); }, false},
    {"clzw", word_imm(1, 0x600), [](uint64_t a, uint64_t) { return leading(a, 32); }, false},
    {"ctzw", word_imm(1, 0x601), [](uint64_t a, uint64_t) { return trailing(a, 32); }, false},
    {"cpopw", word_imm(1, 0x602), [](uint64_t a, uint64_t) { return population(a, 32); }, false},
    {"min", as::op(4, 5, a2, a0, a1), [](uint64_t a, uint64_t b) { return as_signed(a) < as_signed(b) ? a : b; },
     false},
    {"minu", as::op(5, 5, a2, a0, a1), [](uint64_t a, uint64_t b) { return a < b ? a : b; }, false},
    {"max", as::op(6, 5, a2, a0, a1), [](uint64_t a, uint64_t b) { return as_signed(a) < as_signed(b) ? b : a; },
     false},
    {"maxu", as::op(7, 5, a2, a0, a1), [](uint64_t a, uint64_t b) { return a < b ? b : a; }, false},
    {"sext.b", as::op_imm(1, a2, a0, 0x604), [](uint64_t a, uint64_t) { return sra_oracle(a << 56, 56); }, false},
    {"sext.h", as::op_imm(1, a2, a0, 0x605), [](uint64_t a, uint64_t) { return sra_oracle(a << 48, 48); }, false},
    {"zext.h", as::r_type(0x3b, 4, 4, a2, a0, 0), [](uint64_t a, uint64_t) { return a << 48 >> 48; }, false},
    {"rol", as::op(1, 0x30, a2, a0, a1), [](uint64_t a, uint64_t b) { return rotated_left(a, b % 64, 64); }, false},
    {"ror", as::op(5, 0x30, a2, a0, a1), [](uint64_t a, uint64_t b) { return rotated_left(a, 64 - b % 64, 64); },
     false},
    {"rolw", word_op(1, 0x30), [](uint64_t a, uint64_t b) { return sext32(rotated_left(a, b % 32, 32)); }, false},
    {"rorw", word_op(5, 0x30), [](uint64_t a, uint64_t b) { return sext32(rotated_left(a, 32 - b % 32, 32)); }, false},
    {"rori", as::op_imm(5, a2, a0, 0x600 | 41), [](uint64_t a, uint64_t) { return rotated_left(a, 64 - 41, 64); },
     false},
    {"roriw", word_imm(5, 0x600 | 11), [](uint64_t a, uint64_t) { return sext32(rotated_left(a, 32 - 11, 32)); },
     false},
    {"orc.b", as::op_imm(5, a2, a0, 0x287), [](uint64_t a, uint64_t) { return by_bytes(a, false); }, false},
    {"rev8", as::op_imm(5, a2, a0, 0x6b8), [](uint64_t a, uint64_t) { return by_bytes(a, true); }, false},
    {"bclr", as::op(1, 0x24, a2, a0, a1), [](uint64_t a, uint64_t b) { return a & ~(uint64_t{1} << b % 64); }, false},
    {"bext", as::op(5, 0x24, a2, a0, a1), [](uint64_t a, uint64_t b) { return a >> b % 64 & 1; }, false},
    {"binv", as::op(1, 0x34, a2, a0, a1), [](uint64_t a, uint64_t b) { return a ^ uint64_t { 1 } << b % 64; }, false},
    {"bset", as::op(1, 0x14, a2, a0, a1), [](uint64_t a, uint64_t b) { return a | uint64_t{1} << b % 64; }, false},
    {"bclri", as::op_imm(1, a2, a0, 0x480 | 40), [](uint64_t a, uint64_t) { return a & ~(uint64_t{1} << 40); }, false},
    {"bexti", as::op_imm(5, a2, a0, 0x480 | 40), [](uint64_t a, uint64_t) { return a >> 40 & 1; }, false},
    {"binvi", as::op_imm(1, a2, a0, 0x680 | 40), [](uint64_t a, uint64_t) { return a ^ uint64_t { 1 } << 40; }, false},
    {"bseti", as::op_imm(1, a2, a0, 0x280 | 40), [](uint64_t a, uint64_t) { return a | uint64_t{1} << 40; }, false},
};

uint64_t interesting(std::mt19937_64& random) {
  constexpr uint64_t corners[] = {0,
                                  1,
                                  2,
                                  ~uint64_t{0},
                                  0x7fffffff,
                                  0x80000000,
                                  0xffffffff,
                                  0x100000000,
                                  0x7fffffffffffffff,
                                  0x8000000000000000,
                                  0xffffffff80000000,
                                  31,
                                  63,
                                  64};
  const uint64_t choice = random() % 4;
  if (choice == 0) return corners[random() % std::size(corners)];
  return choice == 1 ? random() >> (random() % 64) : random();
}

TEST(HartExecute, ArithmeticAgreesWithTheOracle) {
  const unsigned seed = 20260802;
  std::mt19937_64 random(seed);
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  constexpr unsigned cases = 8000;
  constexpr uint64_t area = TestMemory::base + 0x40000;  // three doublewords a case
  Machine machine;
  Program program(Machine::code);
  program.li(s0, area);
  std::vector<uint64_t> expected;
  std::vector<const Operation*> chosen;
  for (unsigned i = 0; i < cases; ++i) {
    const Operation& operation = operations[i % std::size(operations)];
    const uint64_t a = interesting(random);
    uint64_t b = interesting(random);
    uint32_t encoding = operation.encoding;
    if (operation.immediate) {
      b = static_cast<uint64_t>(as_signed(random() << 52) >> 52);
      encoding |= as::bits(as_signed(b), 11, 0) << 20;
    }
    machine.memory.put<uint64_t>(area + 24 * i, a);
    machine.memory.put<uint64_t>(area + 24 * i + 8, b);
    program.put({as::ld(a0, s0, 0), as::ld(a1, s0, 8), encoding, as::sd(a2, s0, 16), as::addi(s0, s0, 24)});
    expected.push_back(operation.oracle(a, b));
    chosen.push_back(&operation);
  }
  ASSERT_TRUE(machine.run_and_finish(program));
  for (unsigned i = 0; i < cases; ++i) {
    ASSERT_EQ(machine.memory.get<uint64_t>(area + 24 * i + 16), expected[i])
        << chosen[i]->name << std::hex << " of " << machine.memory.get<uint64_t>(area + 24 * i) << " and "
        << machine.memory.get<uint64_t>(area + 24 * i + 8);
  }
}

TEST(HartExecute, DivisionByZeroAndOverflow) {
  Machine machine;
  Program program(Machine::code);
  program.li(a0, uint64_t{1} << 63).li(a1, ~uint64_t{0}).li(a2, 7).li(a3, 0xffffffff80000000);
  program.put({as::op(4, 1, s0, a0, a1), as::op(6, 1, s1, a0, a1), as::op(4, 1, s2, a2, zero),
               as::op(5, 1, s3, a2, zero), as::op(6, 1, s4, a2, zero), as::op(7, 1, s5, a2, zero),
               as::r_type(0x3b, 4, 1, a4, a3, a1), as::r_type(0x3b, 6, 1, a5, a3, a1)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(s0), uint64_t{1} << 63);
  EXPECT_EQ(machine.hart.x(s1), 0U);
  EXPECT_EQ(machine.hart.x(s2), ~uint64_t{0});
  EXPECT_EQ(machine.hart.x(s3), ~uint64_t{0});
  EXPECT_EQ(machine.hart.x(s4), 7U);
  EXPECT_EQ(machine.hart.x(s5), 7U);
  EXPECT_EQ(machine.hart.x(a4), 0xffffffff80000000);
  EXPECT_EQ(machine.hart.x(a5), 0U);
}

TEST(HartExecute, LoadsExtendAndStoresTouchOnlyTheirBytes) {
  Machine machine;
  machine.memory.put<uint64_t>(Machine::data, 0x8182838485868788);
  machine.memory.put<uint64_t>(Machine::data + 8, 0xaaaaaaaaaaaaaaaa);
  Program program(Machine::code);
  program.li(s0, Machine::data).li(t0, 0x1122334455667788);
  program.put({as::lb(a0, s0, 0), as::lbu(a1, s0, 0), as::lh(a2, s0, 0), as::lhu(a3, s0, 0), as::lw(a4, s0, 0),
               as::lwu(a5, s0, 0), as::ld(a6, s0, 0), as::sb(t0, s0, 9), as::sh(t0, s0, 10), as::sw(t0, s0, 12)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0xffffffffffffff88);
  EXPECT_EQ(machine.hart.x(a1), 0x88U);
  EXPECT_EQ(machine.hart.x(a2), 0xffffffffffff8788);
  EXPECT_EQ(machine.hart.x(a3), 0x8788U);
  EXPECT_EQ(machine.hart.x(a4), 0xffffffff85868788);
  EXPECT_EQ(machine.hart.x(a5), 0x85868788U);
  EXPECT_EQ(machine.hart.x(a6), 0x8182838485868788);
  EXPECT_EQ(machine.memory.get<uint64_t>(Machine::data + 8), 0x55667788778888aaU);
}

TEST(HartExecute, BranchesTakeTheRightWay) {
  struct Case {
    uint32_t (*branch)(uint32_t, uint32_t, int64_t);
    uint64_t a, b;
    bool taken;
  };
  const uint64_t minus_one = ~uint64_t{0};
  const Case cases[] = {
      {as::beq, 5, 5, true},           {as::beq, 5, 6, false},         {as::bne, 5, 6, true},
      {as::bne, 5, 5, false},          {as::blt, minus_one, 0, true},  {as::blt, 0, minus_one, false},
      {as::blt, 3, 3, false},          {as::bge, 3, 3, true},          {as::bge, minus_one, 0, false},
      {as::bltu, minus_one, 0, false}, {as::bltu, 0, minus_one, true}, {as::bgeu, minus_one, 0, true},
      {as::bgeu, 0, minus_one, false}, {as::bgeu, 4, 4, true},
  };
  Machine machine;
  Program program(Machine::code);
  program.li(s0, 0);
  for (const Case& one : cases) {
    program.put(as::slli(s0, s0, 1)).li(a0, one.a).li(a1, one.b);
    program.put({one.branch(a0, a1, 8), as::jal(zero, 8), as::addi(s0, s0, 1)});
  }
  ASSERT_TRUE(machine.run_and_finish(program));
  uint64_t expected = 0;
  for (const Case& one : cases) expected = expected << 1 | (one.taken ? 1 : 0);
  EXPECT_EQ(machine.hart.x(s0), expected);
}

TEST(HartExecute, JumpsLinkAndClearTheLowestBit) {
  Machine machine;
  Program program(Machine::code);
  program.put({as::jal(ra, 8), as::addi(a2, zero, 1), as::auipc(t0, 0), as::addi(t0, t0, 17), as::jalr(t1, t0, 0),
               as::addi(a0, zero, 1), as::addi(a1, zero, 1)});
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(ra), Machine::code + 4);
  EXPECT_EQ(machine.hart.x(a2), 0U);
  EXPECT_EQ(machine.hart.x(t1), Machine::code + 20);
  EXPECT_EQ(machine.hart.x(a0), 0U);
  EXPECT_EQ(machine.hart.x(a1), 1U);
}

TEST(HartExecute, X0StaysZero) {
  Machine machine;
  Program program(Machine::code);
  program.li(s0, Machine::data)
      .put({as::addi(zero, zero, 5), as::lui(zero, 1), as::ld(zero, s0, 0), as::jal(zero, 4),
            as::csrrs(zero, csr::mhartid, zero), as::add(a0, zero, zero)});
  machine.memory.put<uint64_t>(Machine::data, 77);
  machine.hart.set_x(a0, 9);
  machine.hart.set_x(zero, 9);
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 0U);
  EXPECT_EQ(machine.hart.x(0), 0U);
}

TEST(HartExecute, CompressedAndFullInstructionsMixAcrossAPageBorder) {
  Machine machine;
  const uint64_t border = Machine::code + 0x2000;
  Program program(Machine::code);
  program.li(a0, 0).li(t0, 3);
  const uint64_t loop = border - 4;
  program.put(as::jal(zero, static_cast<int64_t>(loop - program.here())));
  program.skip_to(loop);
  program.put_compressed(0x0505);        // c.addi a0, 1
  program.put(as::addi(a0, a0, 0x100));  // half of it in either page
  program.put_compressed(0x12fd);        // c.addi t0, -1
  program.put(as::bne(t0, zero, -8));
  ASSERT_TRUE(machine.run_and_finish(program));
  EXPECT_EQ(machine.hart.x(a0), 3U * 0x101);
}

}  // namespace
}  // namespace sc_memory::models::riscv::test
