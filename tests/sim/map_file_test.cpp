// A map in a file.
#include "sim/map_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sc_memory/map/map_text.h"
#include "sc_memory/map/region_kinds.h"

#include "models/boot/file_bytes.h"
#include "sim/options.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::sim {
namespace {

using ::testing::HasSubstr;

std::string contents_of(const std::string& path) {
  const models::Bytes bytes = models::read_whole_file(path, "a map");
  return {bytes.begin(), bytes.end()};
}

class MapFileTest : public testing::Test {
 protected:
  MapFileTest() { system_.add(0x1000, ram_); }

  models::test::TemporaryDirectory directory_;
  Container system_{"system"};
  RamRegion ram_{"ram", 4_KiB};
  AddressSpace space_{"memory", system_};
};

TEST_F(MapFileTest, IsTextAsAnywhereElse) {
  const std::string path = directory_.path("map.txt");
  MapFile file("--map-at-end", path);
  ram_.set_enabled(false);
  ram_.set_enabled(true);
  file.write(space_);
  EXPECT_EQ(contents_of(path), tree_text(space_) + flat_text(space_));
}

TEST_F(MapFileTest, IsJsonForAFileOfThatName) {
  const std::string path = directory_.path("map.json");
  MapFile("--map-at-end", path).write(space_);
  const auto map = nlohmann::json::parse(contents_of(path));
  EXPECT_EQ(map.at("address_spaces").at(0).at("flat").at(0).at("region"), "ram");
}

TEST_F(MapFileTest, APlaceThatCannotBeWrittenIsToldBeforeTheRun) {
  const std::string path = directory_.path("missing") + "/map.txt";
  try {
    const MapFile file("--map-at-end", path);
    FAIL() << "there is no such directory";
  } catch (const OptionError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--map-at-end"));
    EXPECT_THAT(error.what(), HasSubstr(path));
    EXPECT_THAT(error.what(), HasSubstr("No such file"));
  }
}

TEST_F(MapFileTest, AFullDiskIsAnError) {
  MapFile file("--map-at-end", "/dev/full");
  EXPECT_THROW(file.write(space_), std::runtime_error);
}

}  // namespace
}  // namespace sc_memory::sim
