// Reading scripts and following them.
#include "sim/script.h"

#include <algorithm>
#include <fmt/format.h>

#include "models/boot/file_bytes.h"
#include "models/boot/load_error.h"

namespace sc_memory::sim {
namespace {

constexpr const char* default_prompt = "=> ";
constexpr const char* blanks = " \t";
constexpr uint64_t largest_script = 1U << 20;
constexpr char enter = '\r';  // what the Enter key of a terminal sends

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string shown(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (is_control(c)) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

// Reads one script, line by line.
class Parser {
 public:
  explicit Parser(const std::string& name) : name_(name) {}

  std::vector<Script::Step> parse(std::string_view text) {
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find('\n', start), text.size());
      std::string_view line = text.substr(start, end - start);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      ++line_;
      take(line);
      start = end + 1;
    }
    if (steps_.empty()) {
      throw models::LoadError(name_,
                              "has nothing to type or to wait for; expected a script with lines for the console");
    }
    return std::move(steps_);
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw models::LoadError(fmt::format("{}:{}", name_, line_), problem);
  }

  void take(std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    if (line.front() == '@') return take_directive(line.substr(1));
    if (line.front() == '\\') line.remove_prefix(1);
    for (const char c : line) {
      if (is_control(c)) {
        fail(fmt::format("a line with the control character \\x{:02x}; expected printable text (@key types the rest)",
                         static_cast<unsigned char>(c)));
      }
    }
    add(Script::Action::type_at_prompt, prompt_, std::string(line) + enter);
  }

  void take_directive(std::string_view directive) {
    const size_t end = std::min(directive.find_first_of(blanks), directive.size());
    const std::string_view word = directive.substr(0, end);
    const std::string_view argument = without_blanks(directive.substr(end));
    if (word == "prompt") {
      prompt_ = text_of(word, argument);
    } else if (word == "expect") {
      add(Script::Action::expect_text, text_of(word, argument), "");
    } else if (word == "key") {
      add(Script::Action::type_at_once, "", text_of(word, argument));
    } else if (word == "wait") {
      if (!argument.empty()) fail(fmt::format("@wait {}; expected @wait alone: it waits for the prompt", argument));
      add(Script::Action::type_at_prompt, prompt_, "");
    } else {
      fail(fmt::format(
          "unknown directive @{}; expected @prompt, @expect, @key or @wait (a line that begins with \\ is typed)",
          word));
    }
  }

  void add(Script::Action action, std::string awaited, std::string typed) {
    steps_.push_back({action, std::move(awaited), std::move(typed), line_});
  }

  static std::string_view without_blanks(std::string_view text) {
    const size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
  }

  // The argument of a directive, without its quotes and with its escapes resolved.
  std::string text_of(std::string_view word, std::string_view argument) const {
    const bool quoted = !argument.empty() && argument.front() == '"';
    if (quoted) argument.remove_prefix(1);
    std::string text;
    bool closed = false;
    while (!argument.empty()) {
      if (quoted && argument.front() == '"') {
        closed = true;
        argument.remove_prefix(1);
        break;
      }
      text += next_character(argument);
    }
    if (quoted && (!closed || !argument.empty())) {
      fail(fmt::format("@{} with quotes that do not enclose all of its text; expected @{} \"...\"", word, word));
    }
    if (text.empty()) fail(fmt::format("@{} without text; expected @{} TEXT", word, word));
    return text;
  }

  // Takes one character, which may be an escape, off the front of `rest`.
  char next_character(std::string_view& rest) const {
    const char first = rest.front();
    rest.remove_prefix(1);
    if (first != '\\') return first;
    const char kind = rest.empty() ? '\0' : rest.front();
    if (!rest.empty()) rest.remove_prefix(1);
    switch (kind) {
      case '\\':
      case '"':
        return kind;
      case 'r':
        return '\r';
      case 'n':
        return '\n';
      case 't':
        return '\t';
      case 'e':
        return '\x1b';
      case 'x':
        return hexadecimal(rest);
      default:
        fail(R"(a backslash that begins no escape; expected \\ \" \r \n \t \e or \xHH)");
    }
  }

  char hexadecimal(std::string_view& rest) const {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    unsigned value = 0;
    for (int i = 0; i < 2; ++i) {
      const size_t digit = rest.empty() ? std::string_view::npos : digits.find(rest.front());
      if (digit == std::string_view::npos) fail(R"(\x without two hexadecimal digits; expected \xHH, such as \x20)");
      value = value * 16 + static_cast<unsigned>(digit < 16 ? digit : digit - 6);
      rest.remove_prefix(1);
    }
    return static_cast<char>(value);
  }

  const std::string& name_;
  size_t line_ = 0;
  std::string prompt_ = default_prompt;
  std::vector<Script::Step> steps_;
};

}  // namespace

Script Script::read(const std::string& path) {
  const models::Bytes bytes = models::read_whole_file(path, "a script with lines for the console", largest_script);
  return parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

Script Script::parse(std::string_view text, std::string name) {
  std::vector<Step> steps = Parser(name).parse(text);
  return Script(std::move(steps), std::move(name));
}

ScriptFeeder::ScriptFeeder(Script script) : script_(std::move(script)) {
  for (const Script::Step& step : script_.steps()) longest_ = std::max(longest_, step.awaited.size());
}

void ScriptFeeder::output(uint8_t byte) {
  const char c = static_cast<char>(byte);
  if (!echo_.empty()) {
    if (echo_.front() == c) {
      echo_.erase(0, 1);
      return;
    }
    echo_.clear();  // the guest prints something of its own: it echoes nothing, or no longer
  }
  printed_ += c;
  ++fresh_;
  if (printed_.size() > 2 * longest_ + 64) printed_.erase(0, printed_.size() - longest_);
  if (finished() || step().action != Script::Action::expect_text) return;
  if (fresh_ >= step().awaited.size() && printed_ends_with(step().awaited)) go_on();
}

std::optional<uint8_t> ScriptFeeder::next_byte() {
  while (!finished() && step().action != Script::Action::expect_text) {
    const Script::Step& now = step();
    if (now.action == Script::Action::type_at_prompt && !may_type_ && !printed_ends_with(now.awaited)) break;
    may_type_ = true;
    if (now.typed.empty()) {
      go_on();
      continue;
    }
    const char c = now.typed[typed_++];
    if (now.action == Script::Action::type_at_prompt) echo_ += c;
    printed_.clear();
    if (typed_ == now.typed.size()) go_on();
    return static_cast<uint8_t>(c);
  }
  return std::nullopt;
}

std::string ScriptFeeder::waiting_for() const {
  if (finished()) return "";
  const Script::Step& now = step();
  const std::string_view typed(now.typed.data(),
                               now.typed.size() - (now.typed.empty() || now.typed.back() != enter ? 0 : 1));
  std::string wait;
  if (now.action == Script::Action::expect_text) {
    wait = fmt::format("still waiting for the text {}", shown(now.awaited));
  } else if (now.action == Script::Action::type_at_once || may_type_) {
    wait = fmt::format("the guest has taken only {} of the {} bytes to type, {}", typed_, now.typed.size(),
                       shown(now.typed));
  } else {
    wait = fmt::format("still waiting for the prompt {}", shown(now.awaited));
    if (!now.typed.empty()) wait += fmt::format(" to type {}", shown(typed));
  }
  return fmt::format("{}:{}: {}", script_.name(), now.line, wait);
}

bool ScriptFeeder::printed_ends_with(const std::string& text) const {
  return printed_.size() >= text.size() && printed_.compare(printed_.size() - text.size(), text.size(), text) == 0;
}

void ScriptFeeder::go_on() {
  ++step_;
  may_type_ = false;
  typed_ = 0;
  fresh_ = 0;
}

}  // namespace sc_memory::sim
