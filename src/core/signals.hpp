#pragma once
// SIGINT and SIGTERM ask a run to stop at the next safe point; the program then exits with 130 or
// 143.

namespace dna_hnet {

// A second signal ends the program at once. A file that grows past the size limit is then an error
// of its write, not a signal.
void install_stop_signals();
int stop_signal();        // 0, SIGINT or SIGTERM
void throw_if_stopped();  // throws Stopped

struct Stopped {
    int signal;
};

}  // namespace dna_hnet
