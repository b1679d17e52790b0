// Images that are replaced as a whole.
#include "models/storage/replaceable_image.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <sys/stat.h>

#include "tests/models/boot/load_error_matcher.h"
#include "tests/models/boot/temporary_directory.h"

namespace sc_memory::models {
namespace {

using test::load_error_of;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kWanted[] = "a wish";

class ReplaceableImageTest : public testing::Test {
 protected:
  static Bytes contents_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(directory_.path(""));
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  test::TemporaryDirectory directory_;
  const Bytes old_ = Bytes(100'000, 0x11);
  const Bytes new_ = Bytes(100'000, 0x22);
  std::string path_ = directory_.file("image", old_);
};

TEST_F(ReplaceableImageTest, IsReplacedAgainAndAgain) {
  ReplaceableImage image(path_, kWanted, ImageMode::writable_if_permitted);
  EXPECT_EQ(image.size(), old_.size());
  for (const Bytes& bytes : {new_, old_, new_}) {
    image.replace(bytes.data());
    EXPECT_EQ(contents_of(path_), bytes);
    Bytes read(bytes.size());
    image.read(0, read.data(), read.size());
    EXPECT_EQ(read, bytes);
  }
  EXPECT_EQ(files(), 1U);
}

TEST_F(ReplaceableImageTest, WhoeverReadsMeanwhileReadsTheOldContents) {
  ReplaceableImage image(path_, kWanted, ImageMode::writable_if_permitted);
  std::ifstream reader(path_, std::ios::binary);
  image.replace(new_.data());
  const Bytes read{std::istreambuf_iterator<char>(reader), {}};
  EXPECT_EQ(read, old_);
}

TEST_F(ReplaceableImageTest, StaysLocked) {
  ReplaceableImage image(path_, kWanted, ImageMode::writable_if_permitted);
  const auto attempt = [&] { ReplaceableImage(path_, kWanted, ImageMode::readonly); };
  EXPECT_THAT(load_error_of(attempt), HasSubstr("in use"));
  image.replace(new_.data());
  EXPECT_THAT(load_error_of(attempt), HasSubstr("in use"));
}

TEST_F(ReplaceableImageTest, KeepsItsPermissionsAndTheLinkThatLeadsToIt) {
  std::filesystem::create_directory(directory_.path("elsewhere"));
  const std::string link = directory_.path("elsewhere/link");
  std::filesystem::create_symlink(path_, link);
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  ReplaceableImage image(link, kWanted, ImageMode::writable_if_permitted);
  image.replace(new_.data());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(contents_of(path_), new_);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_F(ReplaceableImageTest, WhatCannotBeReplacedStaysAsItWas) {
  ReplaceableImage image(path_, kWanted, ImageMode::writable_if_permitted);
  // There is no file any more whose permissions the new one could have.
  std::filesystem::remove(path_);
  const std::string message = load_error_of([&] { image.replace(new_.data()); });
  EXPECT_THAT(message, StartsWith(path_ + ": cannot be written back (No such file or directory)"));
  EXPECT_EQ(files(), 0U);
  Bytes read(old_.size());
  image.read(0, read.data(), read.size());
  EXPECT_EQ(read, old_);
}

}  // namespace
}  // namespace sc_memory::models
