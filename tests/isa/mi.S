// rv64mi: machine mode: traps, the registers that control them, counters, triggers that are not there, and PMP.

#include "environment.S"
#include "arithmetic.S"

        .option norvc

        // Exceptions with their values.
        expect_trap 2, 0, .word 0
        expect_trap 2, 0xffffffff, .word 0xffffffff
        check
        la      s11, 1f
        ebreak
1:      expect  s10, 3
        check
        la      s11, 1f
        ecall
1:      expect  s10, 11

        // Access faults: jumping there happens, loading does not.
        li      s0, 1 << 55
        check
        la      s11, 1f
        mv      a0, zero
        jalr    a0, 0(s0)
1:      expect  s10, 1
        csrr    t5, mtval
        bne     t5, s0, fail
        la      t5, 1b
        bne     a0, t5, fail
        check
        la      s11, 1f
        li      a0, 77
        ld      a0, 0(s0)
1:      expect  s10, 5
        expect  a0, 77
        check
        la      s11, 1f
        sd      a0, 0(s0)
1:      expect  s10, 7
        check
        la      s11, 1f
        amoadd.d a0, a0, (s0)
1:      expect  s10, 7

        // Identity.
        check
        csrr    a0, misa
        srli    a1, a0, 62
        expect  a1, 2
        li      a1, (1 << 0) | (1 << 2) | (1 << 3) | (1 << 5) | (1 << 8) | (1 << 12) | (1 << 18) | (1 << 20)
        and     a0, a0, a1
        bne     a0, a1, fail
        check
        csrr    a0, mhartid
        expect  a0, 0
        csrr    a0, mimpid
        csrr    a0, marchid
        csrr    a0, mvendorid
        check
        la      s11, 1f
        csrw    mhartid, zero                   // can only be read
1:      expect  s10, 2
        check
        la      s11, 1f
        csrr    a0, 0x8ff                       // does not exist
1:      expect  s10, 2

        // Writing, setting and clearing.
        check
        csrwi   mscratch, 3
        csrr    a0, mscratch
        expect  a0, 3
        csrrci  a0, mscratch, 1
        expect  a0, 3
        csrrsi  a0, mscratch, 4
        expect  a0, 2
        li      a1, 0xbad1dea
        csrrw   a0, mscratch, a1
        expect  a0, 6
        li      a1, 0x1dea
        csrrc   a0, mscratch, a1
        expect  a0, 0xbad1dea
        csrrs   a0, mscratch, zero
        expect  a0, 0xbad0000

        // Fields that hold only what is legal.
        check
        csrr    s0, mtvec
        li      a0, -1
        csrw    mtvec, a0
        csrr    a1, mtvec
        csrw    mtvec, s0
        andi    a1, a1, 3
        li      a2, 2
        bgeu    a1, a2, fail
        check
        li      a0, -1
        csrw    mepc, a0
        csrr    a0, mepc
        expect  a0, -2
        check
        li      a0, 0x1000                      // MPP = 2, which is reserved
        li      a1, 0x1800
        csrc    mstatus, a1
        csrs    mstatus, a0
        csrr    a2, mstatus
        and     a2, a2, a1
        beq     a2, a0, fail
        check
        li      a0, -1
        csrw    medeleg, a0
        csrr    a1, medeleg
        csrw    medeleg, zero
        srli    a1, a1, 11                      // a call from machine mode cannot be delegated
        andi    a1, a1, 1
        expect  a1, 0
        check
        li      a0, -1
        csrw    mideleg, a0
        csrr    a1, mideleg
        csrw    mideleg, zero
        expect  a1, 0x222

        // No triggers: the select register holds nothing but 0.
        check
        li      a0, 1 << 63
        csrw    tselect, a0
        csrr    a1, tselect
        beq     a0, a1, fail
        csrr    a1, tdata1
        srli    a1, a1, 60
        expect  a1, 0

        // Counters.
        check
        csrwi   minstret, 0
        csrr    a0, minstret
        expect  a0, 0
        check
        csrr    a0, mcycle
        csrr    a1, mcycle
        bgeu    a0, a1, fail
        csrr    a0, cycle
        csrr    a1, instret
        csrr    a2, time
        check
        la      s11, 1f
        csrw    cycle, zero
1:      expect  s10, 2

        // Interrupts go to their own entry of a vectored table.
        check
        csrr    s0, mtvec
        la      a0, table + 1
        csrw    mtvec, a0
        csrwi   mip, 2
        csrwi   mie, 2
        li      a1, 0
        csrsi   mstatus, 8
        nop
1:      csrw    mtvec, s0
        expect  a1, 1
        csrr    a0, mcause
        expect  a0, (1 << 63) | 1
        csrwi   mie, 0
        csrwi   mip, 0
        j       after_table
        .balign 64
table:  j       fail
        li      a1, 1
        la      a0, 1b
        csrw    mepc, a0
        li      a0, 0x1800                      // back with interrupts off
        csrs    mstatus, a0
        li      a0, 0x80
        csrc    mstatus, a0
        mret
after_table:

        // WFI goes on when an interrupt is pending that is enabled, though not globally.
        check
        csrwi   mip, 2
        csrwi   mie, 2
        wfi
        csrwi   mip, 0
        csrwi   mie, 0

        // Less privilege: user mode may not touch this, and reports itself.
.macro in_user_mode cause, instructions
        check
        la      s11, 1f
        la      a0, 2f
        csrw    mepc, a0
        li      a0, 0x1800
        csrc    mstatus, a0
        mret
2:      \instructions
1:      expect  s10, \cause
.endm
        // Without PMP there is nothing that user mode may fetch.
        in_user_mode 1, "nop"
        li      a0, -1
        csrw    pmpaddr0, a0
        li      a0, 0x1f                        // NAPOT, all of memory
        csrw    pmpcfg0, a0
        in_user_mode 8, "ecall"
        in_user_mode 2, "csrr a0, mstatus"
        in_user_mode 2, "csrr a0, sstatus"
        in_user_mode 2, "mret"
        in_user_mode 2, "sret"
        in_user_mode 2, "wfi"
        in_user_mode 2, "sfence.vma"
        in_user_mode 2, "rdcycle a0"
        csrwi   mcounteren, 7
        csrwi   scounteren, 7
        in_user_mode 8, "rdcycle a0; rdtime a0; rdinstret a0; ecall"

        // PMP: the first entry that matches decides, in each of its modes.
.macro pmp_entry number, config, address
        li      a0, \address
        csrw    pmpaddr\number, a0
        li      a0, \config << (8 * \number)
        li      a1, 0xff << (8 * \number)
        csrc    pmpcfg0, a1
        csrs    pmpcfg0, a0
.endm
        pmp_entry 1, 0x1f, -1
        pmp_entry 0, 0x11, (0x80010000 >> 2)    // NA4, only to be read
        li      s0, 0x80010000
        in_user_mode 8, "lw a0, 0(s0); ecall"
        in_user_mode 7, "sw a0, 0(s0)"
        in_user_mode 5, "ld a0, 0(s0)"            // half of it in the entry
        in_user_mode 8, "sw a0, 4(s0); ecall"
        pmp_entry 0, 0x19, (0x80010000 >> 2) | 1        // NAPOT, 16 bytes
        in_user_mode 7, "sd a0, 8(s0)"
        in_user_mode 8, "sd a0, 16(s0); ecall"
        pmp_entry 0, 0x00, (0x80010000 >> 2)
        pmp_entry 2, 0x1f, -1
        pmp_entry 1, 0x09, (0x80010100 >> 2)    // TOR: from the address before
        in_user_mode 8, "sd a0, -8(s0); ecall"
        in_user_mode 7, "sd a0, 0(s0)"
        in_user_mode 8, "ld a0, 0xf8(s0); ecall"
        in_user_mode 8, "sd a0, 0x100(s0); ecall"
        // Machine mode is bound only by locked entries, which nobody changes again.
        check
        sd      a0, 0(s0)
        pmp_entry 1, 0x89, (0x80010100 >> 2)
        check
        la      s11, 1f
        sd      a0, 0(s0)
1:      expect  s10, 7
        check
        csrw    pmpaddr1, zero
        csrw    pmpaddr0, zero                  // the bottom of the locked range
        csrr    a0, pmpaddr1
        expect  a0, (0x80010100 >> 2)
        csrr    a0, pmpaddr0
        expect  a0, (0x80010000 >> 2)
        li      a1, 0xff00
        csrc    pmpcfg0, a1
        csrr    a0, pmpcfg0
        and     a0, a0, a1
        expect  a0, 0x8900

        // MPRV: loads of machine mode with the rights of another.
        check
        li      a1, 0x1800
        csrc    mstatus, a1
        li      a1, 1 << 17
        la      s11, 1f
        csrs    mstatus, a1
        sd      a0, 0(s0)
1:      li      a1, 1 << 17
        csrc    mstatus, a1
        expect  s10, 7
        done

