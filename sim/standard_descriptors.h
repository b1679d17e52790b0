// Standard input, output and error when whoever started the program closed them.
#pragma once

namespace sc_memory::sim {

/// Opens those of the descriptors 0 to 2 that are closed, for reading an end of file and for writing to nowhere: else
/// the next file that is opened, a recording or a disk, would get the number, and the console's text with it. To be
/// called before any file is opened.
void open_standard_descriptors();

}  // namespace sc_memory::sim
