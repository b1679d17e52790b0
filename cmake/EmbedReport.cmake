# Run at build time: writes a source file that holds the report's page as string constants.
#
#   cmake -DOUTPUT=report_files.cpp -DHTML=report.html -DSTYLE=report.css -DSCRIPTS=a.js,b.js -P EmbedReport.cmake
#
# Scripts are joined in their order.
string(REPLACE "," ";" scripts "${SCRIPTS}")
file(READ "${HTML}" html)
file(READ "${STYLE}" style)
set(script "")
foreach(file IN LISTS scripts)
  file(READ "${file}" text)
  string(APPEND script "${text}")
endforeach()
set(source "// Made from the files of the report; edit those.\n#include \"sc_memory/analysis/report/report_files.h\"\n\nnamespace sc_memory {\n\n")
foreach(constant kReportHtml=html kReportStyle=style kReportScript=script)
  string(REPLACE "=" ";" constant "${constant}")
  list(GET constant 0 name)
  list(GET constant 1 part)
  string(APPEND source "const std::string_view ${name} = R\"~~~~(${${part}})~~~~\";\n")
endforeach()
string(APPEND source "\n}  // namespace sc_memory\n")
file(WRITE "${OUTPUT}" "${source}")
