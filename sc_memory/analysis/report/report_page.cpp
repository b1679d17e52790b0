// Putting the page together.
#include <string_view>

#include "sc_memory/analysis/report/report.h"
#include "sc_memory/analysis/report/report_files.h"

namespace sc_memory {

namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else
      result += c;
  }
  return result;
}

/// JSON within a script element: nothing in it may look like the element's end.
std::string as_script(std::string json) {
  for (std::size_t at = json.find("</"); at != std::string::npos; at = json.find("</", at)) json.replace(at, 2, "<\\/");
  for (std::size_t at = json.find("<!--"); at != std::string::npos; at = json.find("<!--", at))
    json.replace(at, 4, "\\u003c!--");
  return json;
}

}  // namespace

std::string report_page(const ReportSources& sources) {
  std::string page;
  std::string_view rest = kReportHtml;
  const auto fill_in = [&](std::string_view place, std::string_view text) {
    const std::size_t at = rest.find(place);
    page += rest.substr(0, at);
    page += text;
    rest.remove_prefix(at + place.size());
  };
  fill_in("@title@", escaped(sources.facts.title));
  fill_in("@style@", kReportStyle);
  fill_in("@data@", as_script(report_data(sources)));
  fill_in("@script@", kReportScript);
  page += rest;
  return page;
}

}  // namespace sc_memory
