// Zba, Zbb and Zbs: operations on two registers.

#include "environment.S"
#include "arithmetic.S"

.macro check_andn a, b, ignored:vararg
        register_operation \a, \b, andn, ((\a) & ~(\b))
.endm
        for_each_pair check_andn

.macro check_orn a, b, ignored:vararg
        register_operation \a, \b, orn, ((\a) | ~(\b))
.endm
        for_each_pair check_orn

.macro check_xnor a, b, ignored:vararg
        register_operation \a, \b, xnor, (~((\a) ^ (\b)))
.endm
        for_each_pair check_xnor

.macro check_min a, b, ignored:vararg
        register_operation \a, \b, min, (CHOOSE(LESS((\a), (\b)), (\a), (\b)))
.endm
        for_each_pair check_min

.macro check_max a, b, ignored:vararg
        register_operation \a, \b, max, (CHOOSE(LESS((\a), (\b)), (\b), (\a)))
.endm
        for_each_pair check_max

.macro check_minu a, b, ignored:vararg
        register_operation \a, \b, minu, (CHOOSE(LESS_UNSIGNED((\a), (\b)), (\a), (\b)))
.endm
        for_each_pair check_minu

.macro check_maxu a, b, ignored:vararg
        register_operation \a, \b, maxu, (CHOOSE(LESS_UNSIGNED((\a), (\b)), (\b), (\a)))
.endm
        for_each_pair check_maxu

.macro check_rol a, b, ignored:vararg
        register_operation \a, \b, rol, (((\a) << ((\b) & 63)) | SHIFT_RIGHT((\a), -(\b) & 63))
.endm
        for_each_pair check_rol

.macro check_ror a, b, ignored:vararg
        register_operation \a, \b, ror, (SHIFT_RIGHT((\a), (\b) & 63) | ((\a) << (-(\b) & 63)))
.endm
        for_each_pair check_ror

.macro check_rolw a, b, ignored:vararg
        register_operation \a, \b, rolw, (WORD(((\a) << ((\b) & 31)) | SHIFT_RIGHT((\a) & 0xffffffff, -(\b) & 31)))
.endm
        for_each_pair check_rolw

.macro check_rorw a, b, ignored:vararg
        register_operation \a, \b, rorw, (WORD(SHIFT_RIGHT((\a) & 0xffffffff, (\b) & 31) | ((\a) << (-(\b) & 31))))
.endm
        for_each_pair check_rorw

.macro check_bclr a, b, ignored:vararg
        register_operation \a, \b, bclr, ((\a) & ~(1 << ((\b) & 63)))
.endm
        for_each_pair check_bclr

.macro check_bset a, b, ignored:vararg
        register_operation \a, \b, bset, ((\a) | (1 << ((\b) & 63)))
.endm
        for_each_pair check_bset

.macro check_binv a, b, ignored:vararg
        register_operation \a, \b, binv, ((\a) ^ (1 << ((\b) & 63)))
.endm
        for_each_pair check_binv

.macro check_bext a, b, ignored:vararg
        register_operation \a, \b, bext, (SHIFT_RIGHT((\a), (\b) & 63) & 1)
.endm
        for_each_pair check_bext

.macro check_sh1add a, b, ignored:vararg
        register_operation \a, \b, sh1add, (((\a) << 1) + (\b))
.endm
        for_each_pair check_sh1add

.macro check_sh2add a, b, ignored:vararg
        register_operation \a, \b, sh2add, (((\a) << 2) + (\b))
.endm
        for_each_pair check_sh2add

.macro check_sh3add a, b, ignored:vararg
        register_operation \a, \b, sh3add, (((\a) << 3) + (\b))
.endm
        for_each_pair check_sh3add

.macro check_add_uw a, b, ignored:vararg
        register_operation \a, \b, add.uw, (((\a) & 0xffffffff) + (\b))
.endm
        for_each_pair check_add_uw

.macro check_sh1add_uw a, b, ignored:vararg
        register_operation \a, \b, sh1add.uw, ((((\a) & 0xffffffff) << 1) + (\b))
.endm
        for_each_pair check_sh1add_uw

.macro check_sh2add_uw a, b, ignored:vararg
        register_operation \a, \b, sh2add.uw, ((((\a) & 0xffffffff) << 2) + (\b))
.endm
        for_each_pair check_sh2add_uw

.macro check_sh3add_uw a, b, ignored:vararg
        register_operation \a, \b, sh3add.uw, ((((\a) & 0xffffffff) << 3) + (\b))
.endm
        for_each_pair check_sh3add_uw

        done
