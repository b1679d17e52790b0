// The host's floating-point environment for the length of one operation.
//
// On x86-64 the SSE control register is used directly: the <cfenv> functions also save and restore the x87 unit and
// cost several times as much.
#pragma once

#include <cstdint>

#include "models/riscv/hart_float.h"
#if defined(__SSE2__)
#include <xmmintrin.h>
#else
#include <cfenv>
#endif

namespace sc_memory::models::riscv {

#if defined(__SSE2__)

class HostFloat {
 public:
  explicit HostFloat(Rounding rounding) : saved_(_mm_getcsr()) { _mm_setcsr(masked | control(rounding)); }
  ~HostFloat() { _mm_setcsr(saved_); }
  HostFloat(const HostFloat&) = delete;
  HostFloat& operator=(const HostFloat&) = delete;

  // What the operations since construction have raised.
  uint8_t flags() const {
    const unsigned raised = _mm_getcsr();
    uint8_t flags = 0;
    if ((raised & _MM_EXCEPT_INEXACT) != 0) flags |= float_flag::inexact;
    if ((raised & _MM_EXCEPT_UNDERFLOW) != 0) flags |= float_flag::underflow;
    if ((raised & _MM_EXCEPT_OVERFLOW) != 0) flags |= float_flag::overflow;
    if ((raised & _MM_EXCEPT_DIV_ZERO) != 0) flags |= float_flag::divide_by_zero;
    if ((raised & _MM_EXCEPT_INVALID) != 0) flags |= float_flag::invalid;
    return flags;
  }

 private:
  static constexpr unsigned masked = _MM_MASK_MASK;  // no traps, no flags, denormals kept
  static unsigned control(Rounding rounding) {
    switch (rounding) {
      case Rounding::to_zero:
        return _MM_ROUND_TOWARD_ZERO;
      case Rounding::down:
        return _MM_ROUND_DOWN;
      case Rounding::up:
        return _MM_ROUND_UP;
      default:
        return _MM_ROUND_NEAREST;
    }
  }

  unsigned saved_;
};

#else

class HostFloat {
 public:
  explicit HostFloat(Rounding rounding) {
    std::feholdexcept(&saved_);
    std::fesetround(control(rounding));
  }
  ~HostFloat() { std::fesetenv(&saved_); }
  HostFloat(const HostFloat&) = delete;
  HostFloat& operator=(const HostFloat&) = delete;

  uint8_t flags() const {
    const int raised = std::fetestexcept(FE_ALL_EXCEPT);
    uint8_t flags = 0;
    if ((raised & FE_INEXACT) != 0) flags |= float_flag::inexact;
    if ((raised & FE_UNDERFLOW) != 0) flags |= float_flag::underflow;
    if ((raised & FE_OVERFLOW) != 0) flags |= float_flag::overflow;
    if ((raised & FE_DIVBYZERO) != 0) flags |= float_flag::divide_by_zero;
    if ((raised & FE_INVALID) != 0) flags |= float_flag::invalid;
    return flags;
  }

 private:
  static int control(Rounding rounding) {
    switch (rounding) {
      case Rounding::to_zero:
        return FE_TOWARDZERO;
      case Rounding::down:
        return FE_DOWNWARD;
      case Rounding::up:
        return FE_UPWARD;
      default:
        return FE_TONEAREST;
    }
  }

  std::fenv_t saved_;
};

#endif

}  // namespace sc_memory::models::riscv
