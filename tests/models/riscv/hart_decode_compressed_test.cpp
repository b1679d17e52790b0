// Every compressed form against the full instruction it stands for. The encodings are those of the GNU assembler.
#include <gtest/gtest.h>

#include "models/riscv/hart_decode.h"

namespace sc_memory::models::riscv {
namespace {

struct Pair {
  uint16_t compressed;
  uint32_t full;
};

// Branches and stores have immediate bits where others name a destination.
bool writes_rd(const Op& op) {
  return op.rd != sink_register && !(op.code >= OpCode::beq && op.code <= OpCode::bgeu) &&
         !(op.code >= OpCode::sb && op.code <= OpCode::sd);
}
bool reads_rs1(OpCode code) { return code != OpCode::li && code != OpCode::jal && code != OpCode::ebreak; }
bool reads_rs2(OpCode code) {
  return (code >= OpCode::beq && code <= OpCode::bgeu) || (code >= OpCode::sb && code <= OpCode::sd) ||
         (code >= OpCode::add && code <= OpCode::remuw);
}

TEST(HartDecodeCompressed, StandsForTheFullInstruction) {
  const Pair pairs[] = {
      {0x1fe0, 0x3fc10413},  // c.addi4spn x8,sp,1020
      {0x005c, 0x00410793},  // c.addi4spn x15,sp,4
      {0x5d64, 0x07c52483},  // c.lw x9,124(x10)
      {0x43c0, 0x0047a403},  // c.lw x8,4(x15)
      {0x7d64, 0x0f853483},  // c.ld x9,248(x10)
      {0x6418, 0x00843703},  // c.ld x14,8(x8)
      {0xc22c, 0x04b62023},  // c.sw x11,64(x12)
      {0xe26c, 0x0cb63023},  // c.sd x11,192(x12)
      {0x1281, 0xfe028293},  // c.addi x5,-32
      {0x0ffd, 0x01ff8f93},  // c.addi x31,31
      {0x337d, 0xfff3031b},  // c.addiw x6,-1
      {0x2301, 0x0003031b},  // c.addiw x6,0
      {0x53bd, 0xfef00393},  // c.li x7,-17
      {0x43fd, 0x01f00393},  // c.li x7,31
      {0x7101, 0xe0010113},  // c.addi16sp sp,-512
      {0x617d, 0x1f010113},  // c.addi16sp sp,496
      {0x6141, 0x01010113},  // c.addi16sp sp,16
      {0x6185, 0x000011b7},  // c.lui x3,1
      {0x7181, 0xfffe01b7},  // c.lui x3,0xfffe0
      {0x6a7d, 0x0001fa37},  // c.lui x20,31
      {0x907d, 0x03f45413},  // c.srli x8,63
      {0x9485, 0x4214d493},  // c.srai x9,33
      {0x9901, 0xfe057513},  // c.andi x10,-32
      {0x8d91, 0x40c585b3},  // c.sub x11,x12
      {0x8eb9, 0x00e6c6b3},  // c.xor x13,x14
      {0x8fc1, 0x0087e7b3},  // c.or x15,x8
      {0x8ce9, 0x00a4f4b3},  // c.and x9,x10
      {0x9d91, 0x40c585bb},  // c.subw x11,x12
      {0x9eb9, 0x00e686bb},  // c.addw x13,x14
      {0x1afe, 0x03fa9a93},  // c.slli x21,63
      {0x5b7e, 0x0fc12b03},  // c.lwsp x22,252(sp)
      {0x4092, 0x00412083},  // c.lwsp x1,4(sp)
      {0x7bfe, 0x1f813b83},  // c.ldsp x23,504(sp)
      {0x60a2, 0x00813083},  // c.ldsp x1,8(sp)
      {0xdfe2, 0x0f812e23},  // c.swsp x24,252(sp)
      {0xc0e2, 0x05812023},  // c.swsp x24,64(sp)
      {0xffe6, 0x1f913c23},  // c.sdsp x25,504(sp)
      {0xe266, 0x11913023},  // c.sdsp x25,256(sp)
      {0x8d02, 0x000d0067},  // c.jr x26
      {0x9d82, 0x000d80e7},  // c.jalr x27
      {0x8e76, 0x000e8e13},  // c.mv x28,x29
      {0x9f7e, 0x01ff0f33},  // c.add x30,x31
      {0x9002, 0x00100073},  // c.ebreak
      {0xb001, 0x801ff06f},  // c.j .-2048
      {0xaffd, 0x7fe0006f},  // c.j .+2046
      {0xa899, 0x0560006f},  // c.j .+86
      {0xd001, 0xf00400e3},  // c.beqz x8,.-256
      {0xeffd, 0x0e079f63},  // c.bnez x15,.+254
      {0xc8b9, 0x04048b63},  // c.beqz x9,.+86
  };
  for (const Pair& pair : pairs) {
    const Op compressed = decode_compressed(pair.compressed);
    const Op full = decode(pair.full);
    SCOPED_TRACE(testing::Message() << std::hex << pair.compressed);
    EXPECT_EQ(compressed.code, full.code);
    EXPECT_EQ(compressed.rd == sink_register ? 0 : compressed.rd, writes_rd(full) ? full.rd : 0);
    if (reads_rs1(full.code)) {
      EXPECT_EQ(compressed.rs1, full.rs1);
    }
    if (reads_rs2(full.code)) {
      EXPECT_EQ(compressed.rs2, full.rs2);
    }
    EXPECT_EQ(compressed.imm, full.imm);
    EXPECT_EQ(compressed.length, 2);
    EXPECT_EQ(compressed.raw, pair.compressed);
  }
}

TEST(HartDecodeCompressed, FloatingPointLoadsAndStores) {
  const Pair pairs[] = {
      {0x3d60, 0x0f853407},  // c.fld fs0,248(a0)
      {0xa3a4, 0x0497b027},  // c.fsd fs1,64(a5)
      {0x3ffe, 0x1f813f87},  // c.fldsp f31,504(sp)
      {0xa406, 0x00113427},  // c.fsdsp f1,8(sp)
      {0x2100, 0x00053407},  // c.fld fs0,0(a0)
      {0x2002, 0x00013007},  // c.fldsp f0,0(sp)
  };
  for (const Pair& pair : pairs) {
    const Op compressed = decode_compressed(pair.compressed);
    const Op full = decode(pair.full);
    SCOPED_TRACE(testing::Message() << std::hex << pair.compressed);
    EXPECT_EQ(compressed.code, full.code);
    EXPECT_EQ(compressed.rs1, full.rs1);
    EXPECT_EQ(compressed.imm, full.imm);
    if (full.code == OpCode::fld) {
      EXPECT_EQ(compressed.rd, full.rd);
    } else {
      EXPECT_EQ(compressed.rs2, full.rs2);
    }
  }
}

TEST(HartDecodeCompressed, HintsDoNothing) {
  for (const uint16_t hint : {0x0001 /* c.nop */, 0x0005 /* c.nop 1 */, 0x4005 /* c.li x0 */, 0x6005 /* c.lui x0 */,
                              0x800a /* c.mv x0, x2 */, 0x900a /* c.add x0, x2 */, 0x0006 /* c.slli x0 */}) {
    EXPECT_EQ(decode_compressed(hint).code, OpCode::nop) << std::hex << hint;
  }
}

TEST(HartDecodeCompressed, ReservedFormsAreIllegal) {
  for (const uint16_t reserved :
       {0x0000 /* all zero */, 0x0004 /* c.addi4spn x9, 0 */, 0x2001 /* c.addiw x0 */, 0x6101 /* c.addi16sp 0 */,
        0x6081 /* c.lui x1, 0 */, 0x4002 /* c.lwsp x0 */, 0x6002 /* c.ldsp x0 */, 0x8002 /* c.jr x0 */, 0x8000,
        0x9c41 /* reserved with funct 110 */, 0x9c61}) {
    EXPECT_EQ(decode_compressed(static_cast<uint16_t>(reserved)).code, OpCode::illegal) << std::hex << reserved;
    EXPECT_EQ(decode_compressed(static_cast<uint16_t>(reserved)).raw, static_cast<uint32_t>(reserved));
  }
}

}  // namespace
}  // namespace sc_memory::models::riscv
