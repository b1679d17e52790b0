// rv64uc: every compressed instruction, beside those of full length and across a page.

#include "environment.S"
#include "arithmetic.S"

        .option rvc
        la      s0, place
        li      t0, 0x123456789abcdef0
        sd      t0, 0(s0)

        check
        c.li    a0, -17
        expect  a0, -17
        check
        c.lui   a0, 0xfffe1
        expect  a0, -0x1f000
        check
        c.addi  a0, 15
        expect  a0, (-0x1f000 + 15)
        check
        li      a0, 0x7fffffff
        c.addiw a0, 1
        expect  a0, -0x80000000
        check
        li      a0, 0x8000000000000003
        c.slli  a0, 4
        expect  a0, 0x30
        check
        li      a0, 0x8000000000000030
        c.srli  a0, 4
        expect  a0, 0x0800000000000003
        check
        li      a0, 0x8000000000000030
        c.srai  a0, 4
        expect  a0, 0xf800000000000003
        check
        c.srli  a0, 33
        expect  a0, 0x7c000000
        check
        li      a0, 0x5f
        c.andi  a0, -7
        expect  a0, 0x59

.macro of_two a, b, name, expected
        check
        li      a0, \a
        li      a1, \b
        \name   a0, a1
        .set    wanted, \expected
        expect  a0, wanted
.endm
.macro check_pairs a, b, ignored:vararg
        of_two  \a, \b, c.sub, ((\a) - (\b))
        of_two  \a, \b, c.xor, ((\a) ^ (\b))
        of_two  \a, \b, c.or, ((\a) | (\b))
        of_two  \a, \b, c.and, ((\a) & (\b))
        of_two  \a, \b, c.subw, WORD((\a) - (\b))
        of_two  \a, \b, c.addw, WORD((\a) + (\b))
        of_two  \a, \b, c.add, ((\a) + (\b))
        of_two  \a, \b, c.mv, (\b)
.endm
        for_each_pair check_pairs

        // Loads and stores.
        check
        c.ld    a1, 0(s0)
        expect  a1, 0x123456789abcdef0
        check
        c.lw    a1, 0(s0)
        expect  a1, -0x65432110
        check
        c.sw    a1, 124(s0)
        c.lw    a2, 124(s0)
        bne     a1, a2, fail
        check
        c.sd    a1, 248(s0)
        c.ld    a2, 248(s0)
        bne     a1, a2, fail
        check
        fld     fa0, 0(s0)
        c.fsd   fa0, 128(s0)
        c.fld   fa1, 128(s0)
        fmv.x.d a2, fa1
        expect  a2, 0x123456789abcdef0
        check
        mv      s1, sp
        mv      sp, s0
        c.ldsp  a1, 0(sp)
        c.sdsp  a1, 504(sp)
        c.swsp  a1, 252(sp)
        c.lwsp  a2, 252(sp)
        ld      a3, 504(s0)
        c.fsdsp fa1, 256(sp)
        c.fldsp fa2, 256(sp)
        fmv.x.d a4, fa2
        c.addi16sp sp, -512
        sub     a5, sp, s0
        c.addi4spn a0, sp, 1020
        sub     a0, a0, sp
        mv      sp, s1
        expect  a2, -0x65432110
        bne     a1, a3, fail
        bne     a1, a4, fail
        expect  a5, -512
        expect  a0, 1020

        // Jumps and branches.
        check
        li      a0, 0
        c.j     1f
        c.addi  a0, 1
1:      c.beqz  a0, 1f
        c.addi  a0, 2
1:      c.bnez  a0, 1f
        c.addi  a0, 4
1:      expect  a0, 4
        check
        la      a1, 1f
        c.jr    a1
        j       fail
1:      la      a1, 1f
        c.jalr  a1
2:      j       fail
1:      la      a2, 2b
        bne     ra, a2, fail

        check                                   // c.ebreak
        la      s11, 1f
        c.ebreak
        j       fail
1:      expect  s10, 3

        check                                   // all zero bits are no instruction
        la      s11, 1f
        .half   0
        j       fail
1:      expect  s10, 2

        // An instruction of full length, half of it in the next page.
        check
        li      a0, 1
        j       1f
        .balign 4096
        .space  4096 - 4
1:      c.nop
        .option norvc
        addi    a0, a0, 1000
        .option rvc
        expect  a0, 1001
        done

        .data
        .balign 4096
place:  .space  1024
