// What the map says of a misuse, for tests that compare the whole message.
#pragma once

#include <string>

#include "sc_memory/map/map_error.h"

namespace sc_memory::testing {

/// The message of the MapError that `action` throws, or "no error".
template <typename Action>
std::string map_error_of(Action&& action) {
  try {
    action();
  } catch (const MapError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace sc_memory::testing
