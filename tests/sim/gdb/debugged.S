// The program that the debugger's tests debug: hart 0 calls a function three times and powers off; the others run in a
// circle.
        .section .text.start, "ax"
        .globl  _start, again, square, done, others
_start: csrr    t0, mhartid
        bnez    t0, others
        la      sp, stack_end
        li      s0, 3
again:  mv      a0, s0
        call    square
        la      t1, result
        sd      a0, 0(t1)
        addi    s0, s0, 1
        li      t2, 6
        bne     s0, t2, again
done:   li      t0, 0x100000
        li      t1, 0x5555
        sw      t1, 0(t0)
1:      j       1b
square: mul     a0, a0, a0
        ret
others: j       others

        .data
        .balign 4096
        .globl  result
result: .dword  0
        .balign 4096
        .space  1024
stack_end:
