// rv64ua: the read-modify-write instructions, and what makes SC succeed or fail.

#include "environment.S"
#include "arithmetic.S"

// The register gets the old value, memory the new one; a word leaves its neighbour alone.
.macro atomic a, b, name, old, new, neighbour
        check
        la      s0, place
        li      a1, \a
        sd      a1, 0(s0)
        li      a2, \b
        \name   a0, a2, (s0)
        expect  a0, \old
        ld      a3, 0(s0)
        .set    wanted, (\new) | (\neighbour)
        expect  a3, wanted
        // The same with the result in the operand's register.
        sd      a1, 0(s0)
        \name   a2, a2, (s0)
        expect  a2, \old
.endm
.macro atomic_both a, b, name, word_result, double_result
        atomic  \a, \b, \name\().d, \a, (\double_result), 0
        atomic  \a, \b, \name\().w, WORD(\a), ((\word_result) & 0xffffffff), ((\a) & 0xffffffff00000000)
.endm

.macro check_atomics a, b, ignored:vararg
        atomic_both \a, \b, amoswap, (\b), (\b)
        atomic_both \a, \b, amoadd, ((\a) + (\b)), ((\a) + (\b))
        atomic_both \a, \b, amoand, ((\a) & (\b)), ((\a) & (\b))
        atomic_both \a, \b, amoor, ((\a) | (\b)), ((\a) | (\b))
        atomic_both \a, \b, amoxor, ((\a) ^ (\b)), ((\a) ^ (\b))
        atomic_both \a, \b, amomin, CHOOSE(LESS(WORD(\a), WORD(\b)), \a, \b), CHOOSE(LESS(\a, \b), \a, \b)
        atomic_both \a, \b, amomax, CHOOSE(LESS(WORD(\a), WORD(\b)), \b, \a), CHOOSE(LESS(\a, \b), \b, \a)
        atomic_both \a, \b, amominu, CHOOSE(LESS((\a) & 0xffffffff, (\b) & 0xffffffff), \a, \b), CHOOSE(LESS_UNSIGNED(\a, \b), \a, \b)
        atomic_both \a, \b, amomaxu, CHOOSE(LESS((\a) & 0xffffffff, (\b) & 0xffffffff), \b, \a), CHOOSE(LESS_UNSIGNED(\a, \b), \b, \a)
.endm
        for_each_pair check_atomics

.macro check_reservations width, load, store
        la      s0, place
        la      s1, other
        li      a1, 5
        \store  a1, 0(s0)
        li      a2, 9

        check                                   // without a reservation
        sc.\width a0, a2, (s0)
        beqz    a0, fail
        \load   a3, 0(s0)
        expect  a3, 5

        check                                   // a loop ends
1:      lr.\width a0, (s0)
        sc.\width a3, a2, (s0)
        bnez    a3, 1b
        expect  a0, 5
        \load   a3, 0(s0)
        expect  a3, 9

        check                                   // the reservation is used up
        sc.\width a3, a1, (s0)
        beqz    a3, fail

        check                                   // and was for another place
        lr.\width a0, (s1)
        sc.\width a3, a1, (s0)
        beqz    a3, fail
        \load   a3, 0(s0)
        expect  a3, 9
.endm
        check_reservations w, lw, sw
        check_reservations d, ld, sd

        // A thousand increments.
        check
        la      s0, place
        sd      zero, 0(s0)
        li      s2, 1000
1:      lr.d    a0, (s0)
        addi    a0, a0, 1
        sc.d    a1, a0, (s0)
        bnez    a1, 1b
        addi    s2, s2, -1
        bnez    s2, 1b
        ld      a0, 0(s0)
        expect  a0, 1000

        // Atomics must be aligned.
        la      s0, place
        addi    a4, s0, 2
        mv      a5, a4
.macro misaligned cause, instruction:vararg
        check
        la      s11, 9001f
        \instruction
9001:   expect  s10, \cause
        csrr    t5, mtval
        bne     t5, a4, fail
.endm
        misaligned 6, amoadd.w a0, a1, (a4)
        misaligned 6, amoswap.d a0, a1, (a4)
        misaligned 4, lr.w a0, (a4)
        misaligned 6, sc.d a0, a1, (a4)
        done

        .data
        .balign 64
place:  .dword  0
        .balign 64
other:  .dword  0
