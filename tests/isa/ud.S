// rv64ud: double precision.

#include "environment.S"

#define F d
#define VALUE .double
#define LOAD fld
#define LOAD_BITS ld
#define MOVE_TO_INTEGER fmv.x.d
#define MOVE_FROM_INTEGER fmv.d.x

#define INFINITY 0d:7ff0000000000000
#define MINUS_INFINITY 0d:fff0000000000000
#define NAN 0d:7ff8000000000000
#define SIGNALING 0d:7ff0000000000001
#define QUIET_OTHER 0d:fff8000000001234
#define HIGHEST 0d:7fefffffffffffff
#define TINY 1e-300
#define SUBNORMAL 0d:0000000000000001
#define MINUS_SUBNORMAL 0d:8000000000000001
#define SUBNORMAL_TWICE 0d:0000000000000002
#define SMALLEST_NORMAL 0d:0010000000000000
#define HALF_SMALLEST_NORMAL 0d:0008000000000000
#define NEXT_AFTER_ONE 0d:3ff0000000000001
#define HALF_STEP 0d:3ca0000000000000
// -(1 + 2 * 2^-52): what the square of the number after one is above by 2^-104.
#define MINUS_STEP_ONE 0d:bff0000000000002
#define STEP_SQUARED 0d:3970000000000000
#define SUM_ROUNDED -1234.0
#define THIRD 0d:3fd5555555555555
#define ROOT_OF_TWO 0d:3ff6a09e667f3bcd
#define TEN_TO_THE_19 0x8ac7230489e80000
#define UNSIGNED_MINUS_TWO 4294967294.0
#define UNSIGNED_FLAGS 0
#define SIGNED_LONG -1250999896491.0
#define SIGNED_FLAGS 0

#include "float.S"

        // Between the formats.
.macro narrowed a, bits, flags
        check
        operand fa1, \a
        csrw    fflags, zero
        fcvt.s.d fa0, fa1
        csrr    a1, fflags
        fmv.x.d a0, fa0
        expect  a0, (0xffffffff00000000 | \bits)
        expect  a1, \flags
.endm
        narrowed -1.5, 0xbfc00000, 0
        narrowed 1e300, 0x7f800000, OF | NX
        narrowed 1e-300, 0, UF | NX
        narrowed SIGNALING, 0x7fc00000, NV
        narrowed QUIET_OTHER, 0x7fc00000, 0
        narrowed 0.1, 0x3dcccccd, NX
        check
        li      a0, 0x3dcccccd
        fmv.w.x fa1, a0
        fcvt.d.s fa0, fa1
        fmv.x.d a1, fa0
        expect  a1, 0x3fb99999a0000000
        done
