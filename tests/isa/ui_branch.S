// rv64ui: branches forwards and backwards, and jumps.

#include "environment.S"
#include "arithmetic.S"

// `taken` is 1 where the branch should be taken.
.macro check_branch a, b, name, taken
        check
        li      a1, \a
        li      a2, \b
        li      a0, 0
        j       2f
1:      ori     a0, a0, 2                       // taken backwards
        j       4f
2:      \name   a1, a2, 3f
        ori     a0, a0, 4                       // not taken forwards
        j       5f
3:      ori     a0, a0, 1                       // taken forwards
5:      \name   a1, a2, 1b
        ori     a0, a0, 8                       // not taken backwards
4:
        .set    wanted, 3 * (\taken) + 12 * (1 - (\taken))
        expect  a0, wanted
.endm

.macro check_branches a, b, ignored:vararg
        check_branch \a, \b, beq, (-((\a) == (\b)))
        check_branch \a, \b, bne, (-((\a) != (\b)))
        check_branch \a, \b, blt, LESS(\a, \b)
        check_branch \a, \b, bge, (1 - LESS(\a, \b))
        check_branch \a, \b, bltu, LESS_UNSIGNED(\a, \b)
        check_branch \a, \b, bgeu, (1 - LESS_UNSIGNED(\a, \b))
.endm
        for_each_pair check_branches

        .option norvc
        check
1:      jal     a0, 2f
        j       fail
2:      la      a1, 1b + 4
        bne     a0, a1, fail

        check                                   // the lowest bit of the target is ignored
        la      a1, 2f + 1
1:      jalr    a0, 0(a1)
        j       fail
2:      la      a1, 1b + 4
        bne     a0, a1, fail

        check                                   // the target register may be the link
        la      a0, 2f - 16
1:      jalr    a0, 16(a0)
        j       fail
2:      la      a1, 1b + 4
        bne     a0, a1, fail
        done
