// rv64ui: operations on two registers.

#include "environment.S"
#include "arithmetic.S"

.macro check_add a, b, ignored:vararg
        register_operation \a, \b, add, ((\a) + (\b))
.endm
        for_each_pair check_add

.macro check_sub a, b, ignored:vararg
        register_operation \a, \b, sub, ((\a) - (\b))
.endm
        for_each_pair check_sub

.macro check_and a, b, ignored:vararg
        register_operation \a, \b, and, ((\a) & (\b))
.endm
        for_each_pair check_and

.macro check_or a, b, ignored:vararg
        register_operation \a, \b, or, ((\a) | (\b))
.endm
        for_each_pair check_or

.macro check_xor a, b, ignored:vararg
        register_operation \a, \b, xor, ((\a) ^ (\b))
.endm
        for_each_pair check_xor

.macro check_sll a, b, ignored:vararg
        register_operation \a, \b, sll, ((\a) << ((\b) & 63))
.endm
        for_each_pair check_sll

.macro check_srl a, b, ignored:vararg
        register_operation \a, \b, srl, (SHIFT_RIGHT((\a), (\b) & 63))
.endm
        for_each_pair check_srl

.macro check_sra a, b, ignored:vararg
        register_operation \a, \b, sra, (SHIFT_RIGHT_ARITHMETIC((\a), (\b) & 63))
.endm
        for_each_pair check_sra

.macro check_slt a, b, ignored:vararg
        register_operation \a, \b, slt, (LESS((\a), (\b)))
.endm
        for_each_pair check_slt

.macro check_sltu a, b, ignored:vararg
        register_operation \a, \b, sltu, (LESS_UNSIGNED((\a), (\b)))
.endm
        for_each_pair check_sltu

.macro check_addw a, b, ignored:vararg
        register_operation \a, \b, addw, (WORD((\a) + (\b)))
.endm
        for_each_pair check_addw

.macro check_subw a, b, ignored:vararg
        register_operation \a, \b, subw, (WORD((\a) - (\b)))
.endm
        for_each_pair check_subw

.macro check_sllw a, b, ignored:vararg
        register_operation \a, \b, sllw, (WORD((\a) << ((\b) & 31)))
.endm
        for_each_pair check_sllw

.macro check_srlw a, b, ignored:vararg
        register_operation \a, \b, srlw, (WORD(SHIFT_RIGHT((\a) & 0xffffffff, (\b) & 31)))
.endm
        for_each_pair check_srlw

.macro check_sraw a, b, ignored:vararg
        register_operation \a, \b, sraw, (WORD(SHIFT_RIGHT_ARITHMETIC(WORD((\a)), (\b) & 31)))
.endm
        for_each_pair check_sraw

        done
