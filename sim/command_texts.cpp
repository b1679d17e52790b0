// The walk over CLI11's commands and options.
#include "sim/command_texts.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <sstream>
#include <vector>

#include "sim/version.h"

namespace sc_memory::sim {

namespace {

/// The options that help lists: those of no group are hidden.
std::vector<const CLI::Option*> listed_options(const CLI::App& command) {
  std::vector<const CLI::Option*> listed;
  for (const CLI::Option* option : command.get_options())
    if (!option->get_group().empty()) listed.push_back(option);
  return listed;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// Text as roff takes it: a hyphen that may be copied, no escape and no request by accident.
std::string roff(const std::string& text) {
  std::string result;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
    at_line_start = c == '\n';
  }
  return result;
}

std::string option_entry(const CLI::Option& option) {
  std::string entry = fmt::format(".TP\n\\fB{}\\fR", roff(option.get_name(false, true)));
  if (!option.get_type_name().empty()) entry += fmt::format(" \\fI{}\\fR", roff(option.get_type_name()));
  entry += "\n" + roff(option.get_description());
  if (!option.get_default_str().empty()) entry += fmt::format(" (default: {})", roff(option.get_default_str()));
  return entry + "\n";
}

std::string command_section(const CLI::App& command) {
  std::string upper = command.get_name();
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string section = fmt::format(".SH VPSIM {}\n{}\n", upper, roff(command.get_description()));
  for (const CLI::Option* option : listed_options(command)) section += option_entry(*option);
  if (!command.get_footer().empty()) section += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(command.get_footer()));
  return section;
}

/// The words of a type name such as "text|json|svg"; none where it does not list what there is.
std::string words_of(const std::string& type_name) {
  if (type_name.find('|') == std::string::npos) return {};
  std::string words = type_name;
  std::replace(words.begin(), words.end(), '|', ' ');
  const bool are_words = std::all_of(words.begin(), words.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == ' ' || c == '-';
  });
  return are_words ? words : std::string();
}

std::string names_of(const CLI::App& command) {
  std::string names;
  for (const CLI::Option* option : listed_options(command)) {
    std::istringstream all(option->get_name(false, true));
    for (std::string name; std::getline(all, name, ',');) names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

}  // namespace

std::string manual_page(const CLI::App& app) {
  std::string page = fmt::format(".TH VPSIM 1 \"\" \"sc_memory {}\" \"User Commands\"\n", version_number());
  page += ".SH NAME\nvpsim \\- a RISC\\-V machine as a SystemC virtual platform\n.SH SYNOPSIS\n";
  for (const CLI::App* command : commands_of(app))
    page += fmt::format(".B vpsim {}\n[\\fIOPTION\\fR...]\n.br\n", command->get_name());
  page += fmt::format(".SH DESCRIPTION\n{}\n.SH OPTIONS\n", roff(app.get_description()));
  for (const CLI::Option* option : listed_options(app)) page += option_entry(*option);
  for (const CLI::App* command : commands_of(app)) page += command_section(*command);
  return page;
}

std::string bash_completion(const CLI::App& app) {
  std::string commands;
  std::string options;
  std::string values;
  for (const CLI::App* command : commands_of(app)) {
    commands += (commands.empty() ? "" : " ") + command->get_name();
    options += fmt::format("    {}) options='{}' ;;\n", command->get_name(), names_of(*command));
    for (const CLI::Option* option : listed_options(*command)) {
      const std::string words = words_of(option->get_type_name());
      if (!words.empty())
        values += fmt::format("    {}:{}) words='{}' ;;\n", command->get_name(), option->get_name(), words);
    }
  }
  return fmt::format(R"(# Completes vpsim's command line in bash.
_vpsim() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}} options words=
  COMPREPLY=()
  case $command in
{options}    *) command= options='{all}' ;;
  esac
  case $command:$before in
{values}  esac
  if [[ $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  elif ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '{commands}' -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F _vpsim vpsim
)",
                     fmt::arg("options", options), fmt::arg("all", names_of(app)), fmt::arg("values", values),
                     fmt::arg("commands", commands));
}

}  // namespace sc_memory::sim
