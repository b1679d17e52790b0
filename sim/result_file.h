// A file that a run writes at its end. It is opened at the begin: a path that cannot be written is refused before
// anything is simulated.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

namespace sc_memory::sim {

class ResultFile {
 public:
  /// Creates the file, or empties it. Throws OptionError, naming `option` and the path, if that cannot be done.
  ResultFile(std::string option, std::string path);

  /// All that is ever written. False if not all of it came to stand there, a full disk being the usual reason; that is
  /// said on standard error.
  bool write(const std::string& text);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string option_;
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace sc_memory::sim
