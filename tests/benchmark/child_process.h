// Running a part of this program in a process of its own.
#pragma once

#include <functional>

#include "tests/benchmark/figure.h"

namespace sc_memory::bench {

/// Calls `measure` in a child process and returns what it recorded. Throws std::runtime_error if the child fails.
Record::Values in_child_process(const std::function<Record::Values()>& measure);

}  // namespace sc_memory::bench
