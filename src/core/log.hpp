#pragma once
// The one logger: plain lines on stderr. Results never go through it.
#include <string_view>

namespace dna_hnet {

// -1 errors only (-q), 0 normal, 1 and more verbose (-v).
void set_log_verbosity(int verbosity);
int log_verbosity();

void log_info(std::string_view message);     // verbosity >= 0
void log_detail(std::string_view message);   // verbosity >= 1
void log_warning(std::string_view message);  // verbosity >= 0, "warning: " in front

}  // namespace dna_hnet
