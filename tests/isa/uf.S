// rv64uf: single precision, and how it lies in registers of double width.

#include "environment.S"

#define F s
#define VALUE .float
#define LOAD flw
#define LOAD_BITS lw
#define MOVE_TO_INTEGER fmv.x.w
#define MOVE_FROM_INTEGER fmv.w.x

#define INFINITY 0f:7f800000
#define MINUS_INFINITY 0f:ff800000
#define NAN 0f:7fc00000
#define SIGNALING 0f:7f800001
#define QUIET_OTHER 0f:ffc01234
#define HIGHEST 0f:7f7fffff
#define TINY 1e-30
#define SUBNORMAL 0f:00000001
#define MINUS_SUBNORMAL 0f:80000001
#define SUBNORMAL_TWICE 0f:00000002
#define SMALLEST_NORMAL 0f:00800000
#define HALF_SMALLEST_NORMAL 0f:00400000
#define NEXT_AFTER_ONE 0f:3f800001
#define HALF_STEP 0f:33800000
// -(1 + 2 * 2^-23): what the square of the number after one is above by 2^-46.
#define MINUS_STEP_ONE 0f:bf800002
#define STEP_SQUARED 0f:28800000
#define SUM_ROUNDED -1234.0
#define THIRD 0f:3eaaaaab
#define ROOT_OF_TWO 0f:3fb504f3
#define TEN_TO_THE_19 0x8ac7230000000000
#define UNSIGNED_MINUS_TWO 4294967296.0
#define UNSIGNED_FLAGS NX
#define SIGNED_LONG 0f:d391a2b4
#define SIGNED_FLAGS NX

#include "float.S"

        // Values are boxed in ones; what is not counts as a NaN, but moves as it is.
        check
        operand fa1, 1.5
        fmv.x.d a0, fa1
        expect  a0, 0xffffffff3fc00000
        check
        li      a0, 0x3fc00000
        fmv.d.x fa1, a0
        fclass.s a1, fa1
        expect  a1, (1 << 9)
        check
        fmv.x.w a1, fa1
        expect  a1, 0x3fc00000
        check
        la      a2, place
        fsw     fa1, 0(a2)
        lwu     a1, 0(a2)
        expect  a1, 0x3fc00000
        check
        csrw    fflags, zero
        fadd.s  fa0, fa1, fa1
        result_is NAN, 0
        check
        fsgnj.s fa0, fa1, fa1
        fmv.x.d a0, fa0
        expect  a0, 0xffffffff7fc00000
        done

        .data
        .balign 8
place:  .dword  0
