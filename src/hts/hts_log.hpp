#pragma once
// htslib's own messages on stderr. Ours name the file and say what to do, so htslib's are off
// unless asked for.

namespace dna_hnet::hts {

// Verbosity of core/log.hpp: up to 3 htslib is silent, above it htslib's log level (4 = info, 5 =
// debug, 6 = trace). Call it once, at the program's start: quiet_htslib(log_verbosity());
void quiet_htslib(int verbosity);

}  // namespace dna_hnet::hts
