// The page's own files, compiled in (CMakeLists.txt makes the source from them).
#pragma once

#include <string_view>

namespace sc_memory {

extern const std::string_view kReportHtml;  ///< With the places @title@, @style@, @data@ and @script@, in this order.
extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;

}  // namespace sc_memory
