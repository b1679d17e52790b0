// What cannot be used as traffic.
#pragma once

#include <stdexcept>

namespace sc_memory::models {

/// A pattern that makes no sense, or a recording that cannot be read: one line that names it and says what would be
/// right.
class TrafficError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace sc_memory::models
