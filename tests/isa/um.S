// rv64um: multiplication and division, with the cases that have no quotient.

#include "environment.S"
#include "arithmetic.S"

// The upper half of the unsigned product, from the products of halves.
.macro set_high_product a, b
        .set    product_low, ((\a) & 0xffffffff) * ((\b) & 0xffffffff)
        .set    product_cross, SHIFT_RIGHT(\a, 32) * ((\b) & 0xffffffff) + SHIFT_RIGHT(product_low, 32)
        .set    product_other, ((\a) & 0xffffffff) * SHIFT_RIGHT(\b, 32) + (product_cross & 0xffffffff)
        .set    high_product, SHIFT_RIGHT(\a, 32) * SHIFT_RIGHT(\b, 32) + SHIFT_RIGHT(product_cross, 32) + SHIFT_RIGHT(product_other, 32)
.endm

// Quotient and rest of unsigned numbers; the assembler divides signed ones, so the lowest bit comes last.
.macro set_quotient a, b
  .if (\b) == 0
        .set    quotient, -1
        .set    rest_of_it, \a
  .else
    .if (\b) < 0
        .set    quotient, 0
    .else
        .set    quotient, (SHIFT_RIGHT(\a, 1) / (\b)) << 1
    .endif
        .set    rest_of_it, (\a) - quotient * (\b)
    .if LESS_UNSIGNED(rest_of_it, \b) == 0
        .set    quotient, quotient + 1
        .set    rest_of_it, rest_of_it - (\b)
    .endif
  .endif
.endm

// The same for signed numbers, from their absolute values.
.macro set_signed_quotient a, b
        set_quotient ((\a ^ SIGN(\a)) - SIGN(\a)), ((\b ^ SIGN(\b)) - SIGN(\b))
  .if (\b) != 0
        .set    quotient, (quotient ^ SIGN((\a) ^ (\b))) - SIGN((\a) ^ (\b))
        .set    rest_of_it, (rest_of_it ^ SIGN(\a)) - SIGN(\a)
  .else
        .set    rest_of_it, \a
  .endif
.endm

.macro check_products a, b, ignored:vararg
        register_operation \a, \b, mul, ((\a) * (\b))
        register_operation \a, \b, mulw, WORD((\a) * (\b))
        set_high_product \a, \b
        register_operation \a, \b, mulhu, high_product
        register_operation \a, \b, mulhsu, (high_product - (SIGN(\a) & (\b)))
        register_operation \a, \b, mulh, (high_product - (SIGN(\a) & (\b)) - (SIGN(\b) & (\a)))
.endm
        for_each_pair check_products

.macro check_quotients a, b, ignored:vararg
        set_quotient \a, \b
        register_operation \a, \b, divu, quotient
        register_operation \a, \b, remu, rest_of_it
        set_signed_quotient \a, \b
        register_operation \a, \b, div, quotient
        register_operation \a, \b, rem, rest_of_it
.endm
        for_each_pair check_quotients

.macro check_word_quotients a, b, ignored:vararg
        .set    word_a, (\a) & 0xffffffff
        .set    word_b, (\b) & 0xffffffff
        set_quotient word_a, word_b
        register_operation \a, \b, divuw, WORD(quotient)
        register_operation \a, \b, remuw, WORD(rest_of_it)
        .set    signed_a, WORD(\a)
        .set    signed_b, WORD(\b)
        set_signed_quotient signed_a, signed_b
        register_operation \a, \b, divw, WORD(quotient)
        register_operation \a, \b, remw, WORD(rest_of_it)
.endm
        for_each_pair check_word_quotients

        done
