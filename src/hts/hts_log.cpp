#include "hts/hts_log.hpp"

#include <htslib/hts_log.h>

#include <algorithm>

namespace dna_hnet::hts {

void quiet_htslib(int verbosity) {
    hts_set_log_level(verbosity <= 3
                          ? HTS_LOG_OFF
                          : static_cast<htsLogLevel>(std::min<int>(verbosity, HTS_LOG_TRACE)));
}

}  // namespace dna_hnet::hts
