#include "core/log.hpp"

#include <atomic>
#include <cstdio>
#include <string>

namespace dna_hnet {
namespace {

std::atomic<int> verbosity{0};

void put_line(std::string_view prefix, std::string_view message) {
    std::string line(prefix);
    line += message;
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace

void set_log_verbosity(int value) {
    verbosity = value;
}
int log_verbosity() {
    return verbosity;
}

void log_info(std::string_view message) {
    if (verbosity >= 0) put_line("", message);
}
void log_detail(std::string_view message) {
    if (verbosity >= 1) put_line("", message);
}
void log_warning(std::string_view message) {
    if (verbosity >= 0) put_line("warning: ", message);
}

}  // namespace dna_hnet
