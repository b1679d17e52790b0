// rv64ui: loads and stores of every size at every offset in a doubleword, aligned or not, and across a page; FENCE.I.

#include "environment.S"
#include "arithmetic.S"

        .set    pattern_low, 0x8877665544332211
        .set    pattern_high, 0xf0efdecdbcab9a89

// The bytes of the pattern from `offset` on.
#define PATTERN(offset) (SHIFT_RIGHT(pattern_low, 8 * (offset)) | ((pattern_high << 1) << (63 - 8 * (offset))))
#define EXTEND(value, bits) ((((value) & ((2 << ((bits) - 1)) - 1)) ^ (1 << ((bits) - 1))) - (1 << ((bits) - 1)))

.macro check_load name, offset, expected
        check
        \name   a0, \offset(s0)
        .set    wanted, \expected
        expect  a0, wanted
.endm

.macro check_loads at
        la      s0, \at
        li      a1, pattern_low
        sd      a1, 0(s0)
        li      a1, pattern_high
        sd      a1, 8(s0)
  .irp offset, 0, 1, 2, 3, 4, 5, 6, 7
        check_load lb, \offset, EXTEND(PATTERN(\offset), 8)
        check_load lbu, \offset, (PATTERN(\offset) & 0xff)
        check_load lh, \offset, EXTEND(PATTERN(\offset), 16)
        check_load lhu, \offset, (PATTERN(\offset) & 0xffff)
        check_load lw, \offset, WORD(PATTERN(\offset))
        check_load lwu, \offset, (PATTERN(\offset) & 0xffffffff)
        check_load ld, \offset, PATTERN(\offset)
  .endr
.endm

// Stores into a background of ones and looks at all of it.
.macro check_store name, offset, mask
        check
        li      a1, -1
        sd      a1, 0(s0)
        sd      a1, 8(s0)
        li      a2, 0x1234567890abcdef
        \name   a2, \offset(s0)
        ld      a3, 0(s0)
        .set    stored, 0x1234567890abcdef & (\mask)
        .set    wanted, (~((\mask) << (8 * \offset))) | (stored << (8 * \offset))
        expect  a3, wanted
        ld      a3, 8(s0)
        .set    wanted, ~((SHIFT_RIGHT(\mask, 1)) >> (63 - 8 * \offset)) | ((SHIFT_RIGHT(stored, 1)) >> (63 - 8 * \offset))
        expect  a3, wanted
.endm

.macro check_stores at
        la      s0, \at
  .irp offset, 0, 1, 2, 3, 4, 5, 6, 7
        check_store sb, \offset, 0xff
        check_store sh, \offset, 0xffff
        check_store sw, \offset, 0xffffffff
        check_store sd, \offset, 0xffffffffffffffff
  .endr
.endm

        check_loads inside
        check_loads across
        check_stores inside
        check_stores across

// Code that is written is executed after FENCE.I.
        .option norvc
        check
        la      s0, 1f
        lw      a1, new_instruction
        li      s1, 2
2:      li      a0, 0
1:      addi    a0, a0, 1
        addi    s1, s1, -1
        sw      a1, 0(s0)
        fence.i
        bnez    s1, 2b
        expect  a0, 123
        done

        .data
        .balign 4
new_instruction:                                // addi a0, a0, 123
        .word   0x07b50513
        .balign 4096
inside: .space  4096 - 8
across: .space  16
