// Running the simulation from a fuzz target.
#pragma once

#include <cstddef>
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>

#include <systemc>

namespace sc_memory::fuzz {

/// Tells the address sanitizer of the stack of main(), which it has lost after each sc_start(): SystemC announces its
/// switches to other stacks, and at the end that main() is on none. The sanitizer would not clear the marks that an
/// exception leaves on the frames that it passes, and find faults there later; nor would it look there for what is not
/// leaked.
inline void announce_main_stack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* bottom = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &bottom, &size);
  pthread_attr_destroy(&attributes);
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, bottom, size);
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
}

inline void simulate(const sc_core::sc_time& time) {
  sc_core::sc_start(time);
  announce_main_stack();
}

}  // namespace sc_memory::fuzz
