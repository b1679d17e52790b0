// rv64ui: operations with an immediate, and the two that make addresses.

#include "environment.S"
#include "arithmetic.S"

.macro immediate_operation a, name, immediate, expected
        check
        li      a1, \a
        \name   a0, a1, \immediate
        .set    wanted, \expected
        li      t6, wanted
        bne     a0, t6, fail
        \name   a1, a1, \immediate
        bne     a1, t6, fail
        \name   zero, a1, \immediate
        bnez    zero, fail
.endm

.macro check_logic a, ignored:vararg
  .irp i, 0, 1, -1, 7, 2047, -2048, 0x555
        immediate_operation \a, addi, \i, ((\a) + (\i))
        immediate_operation \a, addiw, \i, WORD((\a) + (\i))
        immediate_operation \a, andi, \i, ((\a) & (\i))
        immediate_operation \a, ori, \i, ((\a) | (\i))
        immediate_operation \a, xori, \i, ((\a) ^ (\i))
        immediate_operation \a, slti, \i, LESS(\a, \i)
        immediate_operation \a, sltiu, \i, LESS_UNSIGNED(\a, \i)
  .endr
.endm
        for_each_value check_logic

.macro check_shifts a, ignored:vararg
  .irp i, 0, 1, 7, 31, 32, 33, 63
        immediate_operation \a, slli, \i, ((\a) << \i)
        immediate_operation \a, srli, \i, SHIFT_RIGHT(\a, \i)
        immediate_operation \a, srai, \i, SHIFT_RIGHT_ARITHMETIC(\a, \i)
  .endr
  .irp i, 0, 1, 7, 30, 31
        immediate_operation \a, slliw, \i, WORD((\a) << \i)
        immediate_operation \a, srliw, \i, WORD(SHIFT_RIGHT((\a) & 0xffffffff, \i))
        immediate_operation \a, sraiw, \i, WORD(SHIFT_RIGHT_ARITHMETIC(WORD(\a), \i))
  .endr
.endm
        for_each_value check_shifts

  .irp i, 0, 1, 0x7ffff, 0x80000, 0xfffff
        check
        lui     a0, \i
        expect  a0, WORD(\i << 12)
        check
        auipc   a0, \i
        auipc   a1, 0
        sub     a0, a0, a1
        expect  a0, (WORD(\i << 12) - 4)
  .endr

        done
