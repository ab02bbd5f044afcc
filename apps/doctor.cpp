// dna-hnet doctor
#include "command.hpp"
#include "core/error.hpp"
#include "shared_options.hpp"
#include "tasks/machine.hpp"

namespace dna_hnet::apps {

void add_doctor(Program& program) {
    program.add_command("doctor", "says what this machine offers, and tests the arithmetic",
                        "dna-hnet doctor", [&program] {
                            const tasks::DoctorReport report = tasks::run_doctor(program.threads());
                            write_text("-", report.text);
                            if (!report.passed) throw run_error("doctor: the self-test failed");
                        });
}

}  // namespace dna_hnet::apps
