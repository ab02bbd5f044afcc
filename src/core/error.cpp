#include "core/error.hpp"

#include <cerrno>
#include <cstring>

namespace dna_hnet {

std::string errno_text() {
    return std::strerror(errno);
}

}  // namespace dna_hnet
