#include "core/signals.hpp"

#include <csignal>
#include <cstring>

namespace dna_hnet {
namespace {

volatile std::sig_atomic_t received = 0;

void on_stop_signal(int signal) {
    if (received) {
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
    received = signal;
}

}  // namespace

void install_stop_signals() {
    struct sigaction action;
    std::memset(&action, 0, sizeof action);
    action.sa_handler = on_stop_signal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGXFSZ, SIG_IGN);
}

int stop_signal() {
    return received;
}

void throw_if_stopped() {
    if (received) throw Stopped{static_cast<int>(received)};
}

}  // namespace dna_hnet
