// docs/integrating.md says what is compiled: every block of code in it is, word for word, a part of a file here. A
// block is preceded by a comment that names where it comes from: `<!-- file -->` for a whole file of
// tests/integration/guide/,
// `<!-- guide_test.cpp: name -->` for what guide_test.cpp marks with that name.
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& path) {
  std::ifstream file(std::string(SC_MEMORY_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path << " cannot be read";
  Lines lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// Without the indentation that all lines share.
std::string text_of(const Lines& lines) {
  std::size_t indentation = std::string::npos;
  for (const std::string& line : lines) indentation = std::min(indentation, line.find_first_not_of(' '));
  std::string text;
  for (const std::string& line : lines) text += (line.empty() ? line : line.substr(indentation)) + "\n";
  return text;
}

struct Block {
  std::string language;
  std::string source;  ///< What the comment before it says; empty without one.
  std::string text;
};

std::vector<Block> blocks_of_guide() {
  std::vector<Block> blocks;
  Lines body;
  std::string source;
  bool inside = false;
  for (const std::string& line : lines_of("docs/integrating.md")) {
    const bool fence = line.rfind("```", 0) == 0;
    if (fence && !inside) {
      blocks.push_back({line.substr(3), source, ""});
      body.clear();
    } else if (fence) {
      blocks.back().text = text_of(body);
    } else if (inside) {
      body.push_back(line);
    }
    if (fence) inside = !inside;
    const bool comment = line.rfind("<!-- ", 0) == 0;
    if (!inside) source = comment ? line.substr(5, line.find(" -->") - 5) : "";
  }
  EXPECT_FALSE(inside) << "the last block has no end";
  return blocks;
}

std::map<std::string, std::string> parts_of_test() {
  static const std::string mark = "// guide: ";
  std::map<std::string, std::string> parts;
  std::string name;
  Lines body;
  for (const std::string& line : lines_of("tests/integration/guide_test.cpp")) {
    const std::size_t at = line.find_first_not_of(' ');
    const bool marked = at != std::string::npos && line.compare(at, mark.size(), mark) == 0;
    if (marked && name.empty()) {
      name = line.substr(at + mark.size());
      body.clear();
    } else if (marked) {
      EXPECT_EQ(line.substr(at + mark.size()), "end") << "of " << name;
      EXPECT_TRUE(parts.emplace("guide_test.cpp: " + name, text_of(body)).second) << name << " is there twice";
      name.clear();
    } else if (!name.empty()) {
      body.push_back(line);
    }
  }
  return parts;
}

TEST(GuideText, EveryBlockIsCodeThatIsCompiled) {
  const auto parts = parts_of_test();
  int compared = 0;
  for (const Block& block : blocks_of_guide()) {
    if (block.language != "cpp" && block.language != "cmake") continue;
    ASSERT_NE(block.source, "") << "nothing says where this comes from:\n" << block.text;
    if (block.source.rfind("guide_test.cpp: ", 0) == 0) {
      ASSERT_EQ(parts.count(block.source), 1u) << block.source << " is not in guide_test.cpp";
      EXPECT_EQ(block.text, parts.at(block.source)) << block.source;
    } else {
      EXPECT_EQ(block.text, text_of(lines_of("tests/integration/guide/" + block.source))) << block.source;
    }
    ++compared;
  }
  EXPECT_GE(compared, 2 + static_cast<int>(parts.size())) << "a part of guide_test.cpp is not in the guide";
}

}  // namespace
