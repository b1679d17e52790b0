// The main of test programs that use SystemC: the tests run inside sc_main. ctest starts each test case in a process of its own,
// because a process can elaborate and start only one simulation.
#include <gtest/gtest.h>

#include <systemc>

int sc_main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
