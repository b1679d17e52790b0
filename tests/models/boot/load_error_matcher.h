// What every load error must be: one line that begins with the file's name. And what it says.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "models/boot/load_error.h"

namespace sc_memory::models::test {

// The message of the LoadError that `action` throws; a test failure when it throws none.
template <typename Action>
std::string load_error_of(const Action& action) {
  try {
    action();
  } catch (const LoadError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  ADD_FAILURE() << "no LoadError was thrown";
  return "";
}

}  // namespace sc_memory::models::test
