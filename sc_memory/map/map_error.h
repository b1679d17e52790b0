// The exception for misuse while a map is built or changed. What guest software does wrong at run time is never an
// exception but an AccessResult.
#pragma once

#include <stdexcept>
#include <string>

namespace sc_memory {

/// The message names the regions and addresses involved and says what would be right. The map is as it was before the
/// call.
class MapError : public std::logic_error {
 public:
  explicit MapError(const std::string& message) : std::logic_error(message) {}
};

}  // namespace sc_memory
