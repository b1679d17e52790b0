// docs/integrating.md and docs/analysis.md say what is compiled: every block of code in them is, word for word, a part
// of a file here. A block is preceded by a comment that names where it comes from: `<!-- examples/directory/file -->`
// for a whole file of docs/examples/ or successive lines of it, `<!-- guide_test.cpp: name -->` for what that file
// marks with the name.
#include <algorithm>
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

/// Whether lines of the file that follow each other are the text.
bool is_in_file(const std::string& text, const std::string& path) {
  const Lines lines = lines_of(path);
  const auto count = static_cast<std::ptrdiff_t>(std::count(text.begin(), text.end(), '\n'));
  for (auto line = lines.begin(); lines.end() - line >= count; ++line) {
    if (text_of(Lines(line, line + count)) == text) return true;
  }
  return false;
}

struct Block {
  std::string language;
  std::string source;  ///< What the comment before it says; empty without one.
  std::string text;
};

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> blocks;
  Lines body;
  std::string source;
  bool inside = false;
  for (const std::string& line : lines_of(document)) {
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

std::map<std::string, std::string> parts_of(const std::string& test) {
  static const std::string mark = "// guide: ";
  std::map<std::string, std::string> parts;
  std::string name;
  Lines body;
  for (const std::string& line : lines_of("tests/integration/" + test)) {
    const std::size_t at = line.find_first_not_of(' ');
    const bool marked = at != std::string::npos && line.compare(at, mark.size(), mark) == 0;
    if (marked && name.empty()) {
      name = line.substr(at + mark.size());
      body.clear();
    } else if (marked) {
      EXPECT_EQ(line.substr(at + mark.size()), "end") << "of " << name;
      EXPECT_TRUE(parts.emplace(test + ": " + name, text_of(body)).second) << name << " is there twice";
      name.clear();
    } else if (!name.empty()) {
      body.push_back(line);
    }
  }
  return parts;
}

/// Compares every block of the document, and looks for parts that it does not have. Returns the number of blocks.
int compare(const std::string& document, const std::string& test) {
  const auto parts = parts_of(test);
  int compared = 0;
  int of_test = 0;
  for (const Block& block : blocks_of(document)) {
    if (block.language != "cpp" && block.language != "cmake") continue;
    EXPECT_NE(block.source, "") << "nothing says where this comes from:\n" << block.text;
    if (block.source.rfind(test + ": ", 0) == 0) {
      const auto part = parts.find(block.source);
      EXPECT_EQ(part != parts.end() ? part->second : "nothing of that name", block.text) << block.source;
      ++of_test;
    } else {
      EXPECT_TRUE(is_in_file(block.text, "docs/" + block.source)) << block.source << " does not have\n" << block.text;
    }
    ++compared;
  }
  EXPECT_GE(of_test, static_cast<int>(parts.size())) << "a part of " << test << " is not in " << document;
  return compared;
}

TEST(GuideText, EveryBlockIsCodeThatIsCompiled) {
  EXPECT_GT(compare("docs/integrating.md", "guide_test.cpp"), 2);
  EXPECT_GT(compare("docs/analysis.md", "analysis_guide_test.cpp"), 0);
}

}  // namespace
