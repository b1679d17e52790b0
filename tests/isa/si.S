// rv64si: supervisor mode: Sv39 and Sv48, their bits and faults, delegation, and what machine mode can forbid.

#include "environment.S"
#include "arithmetic.S"

        .option norvc

        .set    V, 1
        .set    R, 2
        .set    W, 4
        .set    X, 8
        .set    U, 16
        .set    A, 64
        .set    D, 128

        li      a0, -1
        csrw    pmpaddr0, a0
        li      a0, 0x1f
        csrw    pmpcfg0, a0

// Page tables: RAM where it is, by a leaf of a gigabyte, and one page of 4 KiB at `window`, which the tests change.
        .set    window, 0x40000000
.macro set_entry table, index, target, bits
        la      a0, \target
        srli    a0, a0, 2
        ori     a0, a0, \bits
        la      a1, \table
        li      a2, \index * 8
        add     a1, a1, a2
        sd      a0, 0(a1)
.endm
.macro set_window target, bits
        set_entry table_0, 0, \target, \bits
        sfence.vma
.endm
        li      a0, (0x80000000 >> 2) | V | R | W | X | A | D
        la      a1, table_2
        sd      a0, 16(a1)
        set_entry table_2, 1, table_1, V
        set_entry table_1, 0, table_0, V
        set_entry table_3, 0, table_2, V

// Runs the instructions in supervisor mode with these bits of mstatus set, until one traps with the cause.
.macro in_supervisor_mode cause, mstatus_bits, instructions
        check
        la      s11, 1f
        la      a0, 2f
        csrw    mepc, a0
        li      a0, 0x1800 | (1 << 18) | (1 << 19) | (1 << 20) | (1 << 21) | (1 << 22)
        csrc    mstatus, a0
        li      a0, 0x0800 | (\mstatus_bits)
        csrs    mstatus, a0
        mret
2:      \instructions
1:      expect  s10, \cause
.endm
        .set    SUM, 1 << 18
        .set    MXR, 1 << 19
        .set    TVM, 1 << 20
        .set    TW, 1 << 21
        .set    TSR, 1 << 22

        // Without translation.
        in_supervisor_mode 9, 0, "ecall"
        in_supervisor_mode 3, 0, "ebreak"
        in_supervisor_mode 2, 0, "csrr a0, mstatus"
        in_supervisor_mode 2, 0, "mret"
        in_supervisor_mode 9, 0, "csrr a0, satp; sfence.vma; ecall"
        in_supervisor_mode 2, TVM, "csrr a0, satp"
        in_supervisor_mode 2, TVM, "sfence.vma"
        in_supervisor_mode 2, TW, "wfi"
        in_supervisor_mode 2, TSR, "sret"
        in_supervisor_mode 9, 0, "csrwi sscratch, 5; csrr a3, sscratch; ecall"
        expect  a3, 5

        li      s0, window
.macro check_translation mode, root
        la      a0, \root
        srli    a0, a0, 12
        li      a1, \mode << 60
        or      a0, a0, a1
        csrw    satp, a0
        check
        csrr    a1, satp
        bne     a0, a1, fail

        li      a4, 0x1122334455667788
        la      a5, page
        sd      a4, 0(a5)
        set_window page, V | R | W | X | A | D
        in_supervisor_mode 9, 0, "ld a3, 0(s0); ecall"
        bne     a3, a4, fail
        in_supervisor_mode 9, 0, "sd s0, 0(s0); ecall"
        ld      a3, 0(a5)
        bne     a3, s0, fail

        // Every right is needed for what it allows.
        set_window page, V | R | A | D
        in_supervisor_mode 9, 0, "ld a3, 0(s0); ecall"
        in_supervisor_mode 15, 0, "sd a3, 0(s0)"
        check
        csrr    t5, mtval
        bne     t5, s0, fail
        in_supervisor_mode 15, 0, "amoadd.d a3, a3, (s0)"
        in_supervisor_mode 12, 0, "jr s0"
        set_window page, V | X | A | D
        in_supervisor_mode 13, 0, "ld a3, 0(s0)"
        in_supervisor_mode 9, MXR, "ld a3, 0(s0); ecall"
        set_window page, V | R | W | U | A | D
        in_supervisor_mode 13, 0, "ld a3, 0(s0)"
        in_supervisor_mode 15, 0, "sd a3, 0(s0)"
        in_supervisor_mode 9, SUM, "ld a3, 0(s0); sd a3, 0(s0); ecall"
        set_window page, V | X | U | A | D
        in_supervisor_mode 12, SUM, "jr s0"

        // Entries that are none.
        set_window page, R | W | X | A | D
        in_supervisor_mode 13, 0, "ld a3, 0(s0)"
        set_window page, V | W | A | D
        in_supervisor_mode 13, 0, "ld a3, 0(s0)"
        set_window page, V
        in_supervisor_mode 13, 0, "ld a3, 0(s0)"
        set_window page, V | R | W | A | D
        la      a0, table_0
        ld      a1, 0(a0)
        li      a2, 1 << 54
        or      a1, a1, a2
        sd      a1, 0(a0)
        sfence.vma
        in_supervisor_mode 13, 0, "ld a3, 0(s0)"
        // A large page must be aligned to its size.
        set_entry table_1, 0, page, V | R | W | A | D
        sfence.vma
        in_supervisor_mode 13, 0, "ld a3, 0(s0)"
        set_entry table_1, 0, table_0, V
        sfence.vma

        // Accessed and dirty: set by the hart.
        set_window page, V | R | W
        in_supervisor_mode 9, 0, "ld a3, 0(s0); ecall"
        check
        la      a0, table_0
        ld      a1, 0(a0)
        andi    a1, a1, A | D
        expect  a1, A
        in_supervisor_mode 9, 0, "sd a3, 0(s0); ecall"
        check
        ld      a1, table_0
        andi    a1, a1, A | D
        expect  a1, A | D
        // A store that fails does not make a page dirty.
        set_window page, V | R
        in_supervisor_mode 15, 0, "sd a3, 0(s0)"
        check
        ld      a1, table_0
        andi    a1, a1, D
        expect  a1, 0

        // Another page in the same place, after SFENCE.VMA for that address alone, and for code.
        li      a3, 1
        sd      a3, page, a5
        li      a3, 2
        sd      a3, page_2, a5
        set_window page, V | R | A | D
        in_supervisor_mode 9, 0, "ld a3, 0(s0); ecall"
        expect  a3, 1
        set_entry table_0, 0, page_2, V | R | A | D
        sfence.vma s0
        in_supervisor_mode 9, 0, "ld a3, 0(s0); ecall"
        expect  a3, 2
        set_window code, V | X | A | D
        in_supervisor_mode 9, 0, "jr s0"
        expect  a3, 123
        set_window code_2, V | X | A | D
        in_supervisor_mode 9, 0, "jr s0"
        expect  a3, 321

        // Beyond the width of addresses.
        li      s1, 1 << 50
        in_supervisor_mode 13, 0, "ld a3, 0(s1)"
        in_supervisor_mode 12, 0, "jr s1"
.endm
        check_translation 8, table_2
        // Sv48 has another level on top: the same tables behind its first entry.
        check_translation 9, table_3

        // A mode that does not exist changes nothing.
        check
        csrr    a0, satp
        li      a1, 7 << 60
        csrw    satp, a1
        csrr    a1, satp
        bne     a0, a1, fail
        csrw    satp, zero
        sfence.vma

        // Delegated exceptions and interrupts stay in supervisor mode.
        li      a0, 1 << 3
        csrw    medeleg, a0
        la      a0, supervisor_entry
        csrw    stvec, a0
        in_supervisor_mode 9, 0, "ebreak; ecall"
        expect  a3, 3
        csrwi   medeleg, 0
        csrwi   mideleg, 2
        csrwi   mie, 2
        in_supervisor_mode 9, 0, "csrsi sip, 2; csrsi sstatus, 2; nop; ecall"
        expect  a3, (1 << 63) | 1
        done

        .balign 4
supervisor_entry:
        csrr    a3, scause
        csrr    a4, sepc
        bltz    a3, 1f
        addi    a4, a4, 4
        csrw    sepc, a4
1:      csrci   sip, 2
        sret

        .data
        .balign 4096
table_3: .space 4096
table_2: .space 4096
table_1: .space 4096
table_0: .space 4096
page:   .space  4096
page_2: .space  4096
code:   li      a3, 123
        ecall
        .balign 4096
code_2: li      a3, 321
        ecall
        .balign 4096
