// Asking SystemC's process what was thrown into it last.
#include "sc_memory/tlm/process_exceptions.h"

#include <cxxabi.h>
#include <typeinfo>

#include <systemc>

namespace sc_memory {

namespace {

/// SystemC has no public function for this: a class derived from the process may name its protected members.
struct ThrownInto : sc_core::sc_process_b {
  static sc_core::sc_throw_it_helper* last(sc_core::sc_process_b& process) {
    return process.*&ThrownInto::m_throw_helper_p;
  }
};

const std::type_info* type_thrown_by(sc_core::sc_throw_it_helper& helper) {
  try {
    helper.throw_it();
  } catch (...) {
    return abi::__cxa_current_exception_type();
  }
  return nullptr;
}

}  // namespace

bool is_thrown_into_process() {
  const std::type_info* const type = abi::__cxa_current_exception_type();
  if (type == nullptr) return true;  // No exception of C++: a thread of the host is being cancelled.
  if (*type == typeid(sc_core::sc_unwind_exception)) return true;
  sc_core::sc_process_b* const process = sc_core::sc_get_current_process_b();
  sc_core::sc_throw_it_helper* const helper = process != nullptr ? ThrownInto::last(*process) : nullptr;
  if (helper == nullptr) return false;
  const std::type_info* const thrown = type_thrown_by(*helper);
  return thrown != nullptr && *thrown == *type;
}

}  // namespace sc_memory
