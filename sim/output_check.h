// No file that is needed is lost to an output: looked at before anything is opened for writing.
#pragma once

#include <string>
#include <vector>

namespace sc_memory::sim {

/// The files that the options of one run name, by what they are for. Two names are one file if they lead, through links
/// of either kind, to the same device and inode; names of files yet to be made, if they would.
class OutputCheck {
 public:
  /// `option` is how messages call it. An empty path is no file.
  void input(const std::string& option, const std::string& path);
  void output(const std::string& option, const std::string& path);

  /// Throws OptionError, naming the option and the path, for an output that is an input, another output, a directory,
  /// or a file that somebody holds a lock on, such as a disk of another machine. Changes no file. Terminals, pipes and
  /// /dev/null may be given as often as one likes.
  void check() const;

 private:
  struct Named {
    std::string option;
    std::string path;
  };
  std::vector<Named> inputs_;
  std::vector<Named> outputs_;
};

}  // namespace sc_memory::sim
