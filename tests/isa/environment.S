// What every program of these tests begins with: the start, the verdict, and how a check is counted.
//
// As the programs of the public riscv-tests in their `p` environment: machine mode, no translation, one hart, the
// verdict in `tohost` (1 for a pass, else twice the number of the failed check plus one). gp holds the check's number.

        .set    check_number, 0

// Begins a check: a failure from here on is its failure.
.macro check
        .set    check_number, check_number + 1
        li      gp, check_number
.endm

// Fails unless the register holds the constant.
.macro expect register, value
        li      t6, \value
        bne     \register, t6, fail
.endm

// The program ends here, and well.
.macro done
        j       pass
.endm

        .section .text.start, "ax"
        .globl  _start
_start: csrr    t0, mhartid
        bnez    t0, rest
        la      t0, trap_entry
        csrw    mtvec, t0
        li      t0, 0x2000                      // mstatus.FS: floating point is on
        csrs    mstatus, t0
        la      sp, stack_end
        li      gp, 0
        j       tests

pass:   li      t0, 1
        j       report
fail:   slli    t0, gp, 1
        ori     t0, t0, 1
report: la      t1, tohost
        sd      t0, 0(t1)
rest:   wfi
        j       rest

// A trap that a program expects goes to where s11 points, with the cause in s10; any other is a failure.
        .balign 4
trap_entry:
        beqz    s11, fail
        csrr    s10, mcause
        csrw    mepc, s11
        li      s11, 0
        li      t6, 0x1800                      // back in machine mode
        csrs    mstatus, t6
        mret

// Executes one instruction, which must trap with this cause and leave `value` in mtval.
.macro expect_trap cause, value, instruction:vararg
        check
        la      s11, 9001f
        li      s10, -1
        \instruction
9001:   expect  s10, \cause
        csrr    t5, mtval
        expect  t5, \value
.endm

        .section .tohost, "aw"
        .balign 64
        .globl  tohost, fromhost
tohost: .dword  0
fromhost: .dword 0

        .bss
        .balign 4096
        .space  4096
stack_end:

        .text
tests:
