// What the instructions should give, computed by the assembler, whose arithmetic has 64 bits and wraps.

        .set    lowest, 0x8000000000000000

// Sign-extends the low 32 bits.
#define WORD(x) ((((x) & 0xffffffff) ^ 0x80000000) - 0x80000000)
#define SHIFT_RIGHT(a, count) ((a) >> (count))
// All ones if the number is negative.
#define SIGN(a) (-(((a) >> 63) & 1))
#define SHIFT_RIGHT_ARITHMETIC(a, count) ((((a) ^ SIGN(a)) >> (count)) ^ SIGN(a))
// A comparison is -1 where it holds.
#define LESS(a, b) (-((a) < (b)))
#define LESS_UNSIGNED(a, b) LESS((a) ^ lowest, (b) ^ lowest)
#define CHOOSE(condition, a, b) (((a) & -(condition)) | ((b) & ((condition) - 1)))

// The operands that are combined with one another.
.macro for_each_pair macro, arguments:vararg
  .irp a, 0, 1, -1, 2, 63, -8, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, lowest, 0x123456789abcdef1
    .irp b, 0, 1, -1, 3, 31, 64, 0x80000000, 0xffffffff, -0x80000000, 0x7fffffffffffffff, lowest, 0xfedcba9876543210
        \macro  \a, \b, \arguments
    .endr
  .endr
.endm
.macro for_each_value macro, arguments:vararg
  .irp a, 0, 1, -1, 2, 63, -8, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, lowest, 0x123456789abcdef1
        \macro  \a, \arguments
  .endr
.endm

// A register operation, whose result is given by `wanted`; also with the result in a source, and with both the same.
.macro register_operation a, b, name, expected
        check
        li      a1, \a
        li      a2, \b
        \name   a0, a1, a2
        .set    wanted, \expected
        li      t6, wanted
        bne     a0, t6, fail
        \name   a2, a1, a2
        bne     a2, t6, fail
.endm
