#pragma once
// The options of `variants`.
#include <string>

#include "command.hpp"
#include "shared_options.hpp"
#include "tasks/variants.hpp"

namespace dna_hnet::apps {

struct VariantFlags {
    tasks::VariantRequest request;
    GenomeOptions genome;
    ReadingFlags reading;
    std::string vcf, sequences, saturate, haplotypes, sample;
    std::string type;  // -O

    void add_to(CLI::App& command);
    // How the model reads, from the options; usage error for carry mode.
    void fill(const Program& program);
    // z, b, u or v: as asked, else by the name's ending.
    char target_type() const;
};

}  // namespace dna_hnet::apps
