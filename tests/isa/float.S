// rv64uf and rv64ud: the same facts of IEEE 754 for both formats. The file that includes this one says which:
// F is the suffix of the instructions, VALUE the assembler's directive, and so on.

#define NV 0x10
#define DZ 0x08
#define OF 0x04
#define UF 0x02
#define NX 0x01

// The result, bit by bit, and the flags of an instruction of one to three operands: fa0 = name fa1, fa2, fa3.
.macro result_is expected, flags
        csrr    a1, fflags
        MOVE_TO_INTEGER a0, fa0
        LOAD_BITS a2, 9100f
        .pushsection .data
        .balign 8
9100:   VALUE   \expected
        .popsection
        bne     a0, a2, fail
        expect  a1, \flags
.endm
.macro operand register, value
        LOAD    \register, 9101f, t0
        .pushsection .data
        .balign 8
9101:   VALUE   \value
        .popsection
.endm
.macro one name, a, expected, flags, rounding
        check
        operand fa1, \a
        csrw    fflags, zero
  .ifb \rounding
        \name   fa0, fa1
  .else
        \name   fa0, fa1, \rounding
  .endif
        result_is \expected, \flags
.endm
.macro two name, a, b, expected, flags, rounding
        check
        operand fa1, \a
        operand fa2, \b
        csrw    fflags, zero
  .ifb \rounding
        \name   fa0, fa1, fa2
  .else
        \name   fa0, fa1, fa2, \rounding
  .endif
        result_is \expected, \flags
.endm
.macro three name, a, b, c, expected, flags
        check
        operand fa1, \a
        operand fa2, \b
        operand fa3, \c
        csrw    fflags, zero
        \name   fa0, fa1, fa2, fa3
        result_is \expected, \flags
.endm
.macro compare name, a, b, expected, flags
        check
        operand fa1, \a
        operand fa2, \b
        csrw    fflags, zero
        \name   a0, fa1, fa2
        csrr    a1, fflags
        expect  a0, \expected
        expect  a1, \flags
.endm
.macro to_integer name, a, rounding, expected, flags
        check
        operand fa1, \a
        csrw    fflags, zero
        \name   a0, fa1, \rounding
        csrr    a1, fflags
        expect  a0, \expected
        expect  a1, \flags
.endm
.macro from_integer name, a, expected, flags
        check
        li      a0, \a
        csrw    fflags, zero
        \name   fa0, a0
        result_is \expected, \flags
.endm

        two     fadd.F, 2.5, 1.0, 3.5, 0
        two     fadd.F, -1235.1, 1.1, SUM_ROUNDED, NX
        two     fadd.F, INFINITY, 1.0, INFINITY, 0
        two     fadd.F, INFINITY, MINUS_INFINITY, NAN, NV
        two     fadd.F, SIGNALING, 1.0, NAN, NV
        two     fadd.F, QUIET_OTHER, 1.0, NAN, 0
        two     fadd.F, HIGHEST, HIGHEST, INFINITY, OF | NX
        two     fadd.F, HIGHEST, HIGHEST, HIGHEST, OF | NX, rtz
        two     fadd.F, 1.0, TINY, 1.0, NX
        two     fadd.F, 1.0, TINY, NEXT_AFTER_ONE, NX, rup
        two     fadd.F, 1.0, TINY, 1.0, NX, rdn
        two     fadd.F, 1.0, HALF_STEP, 1.0, NX, rne
        two     fadd.F, 1.0, HALF_STEP, NEXT_AFTER_ONE, NX, rmm
        two     fadd.F, SUBNORMAL, SUBNORMAL, SUBNORMAL_TWICE, 0
        two     fsub.F, 2.5, 1.0, 1.5, 0
        two     fsub.F, 1.5, 1.5, 0.0, 0
        two     fsub.F, 1.5, 1.5, -0.0, 0, rdn
        two     fsub.F, INFINITY, INFINITY, NAN, NV
        two     fmul.F, 2.5, 1.5, 3.75, 0
        two     fmul.F, -2.0, 0.0, -0.0, 0
        two     fmul.F, INFINITY, 0.0, NAN, NV
        two     fmul.F, SMALLEST_NORMAL, 0.5, HALF_SMALLEST_NORMAL, 0
        two     fmul.F, SUBNORMAL, 0.5, 0.0, UF | NX
        two     fmul.F, SUBNORMAL, 0.5, SUBNORMAL, UF | NX, rup
        two     fmul.F, HIGHEST, -2.0, MINUS_INFINITY, OF | NX
        two     fdiv.F, 7.5, 2.5, 3.0, 0
        two     fdiv.F, 1.0, 0.0, INFINITY, DZ
        two     fdiv.F, -1.0, 0.0, MINUS_INFINITY, DZ
        two     fdiv.F, 0.0, 0.0, NAN, NV
        two     fdiv.F, 1.0, INFINITY, 0.0, 0
        two     fdiv.F, 1.0, 3.0, THIRD, NX
        one     fsqrt.F, 6.25, 2.5, 0
        one     fsqrt.F, -0.0, -0.0, 0
        one     fsqrt.F, -1.0, NAN, NV
        one     fsqrt.F, 2.0, ROOT_OF_TWO, NX

        three   fmadd.F, 2.5, 2.0, 1.0, 6.0, 0
        three   fmsub.F, 2.5, 2.0, 1.0, 4.0, 0
        three   fnmsub.F, 2.5, 2.0, 1.0, -4.0, 0
        three   fnmadd.F, 2.5, 2.0, 1.0, -6.0, 0
        three   fmadd.F, NEXT_AFTER_ONE, NEXT_AFTER_ONE, MINUS_STEP_ONE, STEP_SQUARED, 0
        three   fmadd.F, INFINITY, 0.0, QUIET_OTHER, NAN, NV
        three   fmadd.F, INFINITY, 1.0, MINUS_INFINITY, NAN, NV

        two     fmin.F, 2.5, 1.0, 1.0, 0
        two     fmin.F, -0.0, 0.0, -0.0, 0
        two     fmax.F, -0.0, 0.0, 0.0, 0
        two     fmax.F, 2.5, 1.0, 2.5, 0
        two     fmin.F, QUIET_OTHER, 1.0, 1.0, 0
        two     fmin.F, SIGNALING, 1.0, 1.0, NV
        two     fmax.F, QUIET_OTHER, QUIET_OTHER, NAN, 0
        two     fsgnj.F, 1.0, -2.0, -1.0, 0
        two     fsgnjn.F, 1.0, -2.0, 1.0, 0
        two     fsgnjx.F, -1.0, -2.0, 1.0, 0
        two     fsgnj.F, SIGNALING, 1.0, SIGNALING, 0

        compare feq.F, 1.5, 1.5, 1, 0
        compare feq.F, 0.0, -0.0, 1, 0
        compare feq.F, QUIET_OTHER, 1.5, 0, 0
        compare feq.F, SIGNALING, 1.5, 0, NV
        compare flt.F, 1.0, 1.5, 1, 0
        compare flt.F, 1.5, 1.5, 0, 0
        compare flt.F, QUIET_OTHER, 1.5, 0, NV
        compare fle.F, 1.5, 1.5, 1, 0
        compare fle.F, MINUS_INFINITY, -1.5, 1, 0
        compare fle.F, 1.5, QUIET_OTHER, 0, NV

.macro class_is a, bit
        check
        operand fa1, \a
        fclass.F a0, fa1
        expect  a0, (1 << \bit)
.endm
        class_is MINUS_INFINITY, 0
        class_is -1.0, 1
        class_is MINUS_SUBNORMAL, 2
        class_is -0.0, 3
        class_is 0.0, 4
        class_is SUBNORMAL, 5
        class_is 1.0, 6
        class_is INFINITY, 7
        class_is SIGNALING, 8
        class_is QUIET_OTHER, 9

        to_integer fcvt.w.F, -1.5, rtz, -1, NX
        to_integer fcvt.w.F, -1.5, rne, -2, NX
        to_integer fcvt.w.F, 2.5, rne, 2, NX
        to_integer fcvt.w.F, 2.5, rmm, 3, NX
        to_integer fcvt.w.F, -1.5, rdn, -2, NX
        to_integer fcvt.w.F, -1.5, rup, -1, NX
        to_integer fcvt.w.F, 3e9, rtz, 0x7fffffff, NV
        to_integer fcvt.w.F, -3e9, rtz, -0x80000000, NV
        to_integer fcvt.w.F, QUIET_OTHER, rtz, 0x7fffffff, NV
        to_integer fcvt.wu.F, 3e9, rtz, -1294967296, 0
        to_integer fcvt.wu.F, -1.0, rtz, 0, NV
        to_integer fcvt.wu.F, -0.5, rtz, 0, NX
        to_integer fcvt.wu.F, 5e9, rtz, -1, NV
        to_integer fcvt.l.F, -3e9, rtz, -3000000000, 0
        to_integer fcvt.l.F, 1e19, rtz, 0x7fffffffffffffff, NV
        to_integer fcvt.l.F, MINUS_INFINITY, rtz, 0x8000000000000000, NV
        to_integer fcvt.lu.F, 1e19, rtz, TEN_TO_THE_19, 0
        to_integer fcvt.lu.F, -1.5, rtz, 0, NV
        to_integer fcvt.lu.F, QUIET_OTHER, rtz, -1, NV
        from_integer fcvt.F.w, -2, -2.0, 0
        from_integer fcvt.F.wu, -2, UNSIGNED_MINUS_TWO, UNSIGNED_FLAGS
        from_integer fcvt.F.l, -0x123456789ab, SIGNED_LONG, SIGNED_FLAGS
        from_integer fcvt.F.lu, -1, 18446744073709551616.0, NX

        // The rounding mode of frm, one that does not exist, and none at all with the unit switched off.
        check
        csrwi   frm, 3
        operand fa1, 1.0
        operand fa2, TINY
        fadd.F  fa0, fa1, fa2
        csrwi   frm, 0
        csrw    fflags, zero
        result_is NEXT_AFTER_ONE, 0
        check
        csrwi   frm, 5
        la      s11, 1f
        fadd.F  fa0, fa1, fa2
1:      expect  s10, 2
        csrwi   frm, 0
        check
        li      t0, 0x6000
        csrc    mstatus, t0
        la      s11, 1f
        fadd.F  fa0, fa1, fa2
1:      expect  s10, 2
        check
        la      s11, 1f
        csrr    a0, fcsr
1:      expect  s10, 2
        li      t0, 0x2000
        csrs    mstatus, t0

        // Using a register makes the state dirty.
        check
        MOVE_FROM_INTEGER fa0, zero
        csrr    a0, mstatus
        srli    a1, a0, 63
        expect  a1, 1
