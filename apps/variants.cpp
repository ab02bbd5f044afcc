// dna-hnet variants
#include "tasks/variants.hpp"

#include <fmt/format.h>

#include "command.hpp"
#include "core/error.hpp"
#include "tasks/sample_haplotypes.hpp"
#include "variant_flags.hpp"

namespace dna_hnet::apps {
namespace {

void run_haplotypes(const Program& program, VariantFlags& flags) {
    require_option(flags.vcf, "--haplotypes: --vcf");
    require_option(flags.sample, "--haplotypes: --sample");
    if (!flags.request.target.path.empty() || !flags.saturate.empty()) {
        throw usage_error("--haplotypes: writes a table, expected no -o and no --saturate");
    }
    if (flags.request.strands.size() != 2) {
        throw usage_error("--strand: the columns of --haplotypes are means of both, expected both");
    }
    const auto reference = flags.genome.open();
    AtomicGroup outputs;
    TextOutput table(flags.haplotypes, &outputs);
    std::optional<TextOutput> sequences;
    tasks::HaplotypeRequest request;
    request.model = flags.request.model;
    request.max_indel = flags.request.max_indel;
    request.max_ref_mismatch = flags.request.max_ref_mismatch;
    request.vcf = flags.vcf;
    request.sample = flags.sample;
    if (!flags.genome.regions.empty() || !flags.genome.bed.empty()) {
        request.regions.emplace();
        for (const auto& region : flags.genome.listed(*reference)) {
            request.regions->push_back(region.first);
        }
    }
    request.output = table.sink();
    if (!flags.sequences.empty()) {
        request.sequences = sequences.emplace(flags.sequences, &outputs).sink();
    }
    request.provenance = program.provenance();
    tasks::score_haplotypes(*reference, request);
    table.close();
    if (sequences) sequences->close();
    outputs.commit();
}

void run_variants(const Program& program, VariantFlags flags) {
    tasks::VariantRequest& request = flags.request;
    require_option(request.model.path, "--model");
    flags.fill(program);
    if (request.max_indel < 1) {
        throw usage_error(
            fmt::format("--max-indel: got {}, expected at least 1", request.max_indel));
    }
    if (!(request.max_ref_mismatch >= 0 && request.max_ref_mismatch <= 1)) {
        throw usage_error(
            fmt::format("--max-ref-mismatch: got {}, expected 0 to 1", request.max_ref_mismatch));
    }
    if (!flags.haplotypes.empty()) return run_haplotypes(program, flags);
    if (!flags.sample.empty() || !flags.sequences.empty()) {
        throw usage_error("--sample, --sequences: belong to --haplotypes");
    }
    if (!flags.genome.regions.empty() || !flags.genome.bed.empty()) {
        throw usage_error("-r, -R: belong to --haplotypes",
                          "bcftools view -r takes some records of a file");
    }
    if (flags.vcf.empty() == flags.saturate.empty()) {
        throw usage_error("expected one of --vcf and --saturate");
    }
    require_option(request.target.path, "-o/--output");
    request.target.type = flags.target_type();
    request.provenance = program.provenance();
    const auto reference = flags.genome.open();
    if (!flags.vcf.empty()) {
        hts::VariantFile file(flags.vcf);
        const auto next = [&](hts::VariantRecord& record) { return file.next(record); };
        tasks::score_variants(*reference, file, next, request);
        return;
    }
    const hts::VariantFile made(reference->contigs());
    tasks::SaturatedRegions regions(*reference, read_intervals(flags.saturate, *reference));
    genome::Variant variant;
    const auto next = [&](hts::VariantRecord& record) {
        if (!regions.next(variant)) return false;
        made.make(variant, record);
        return true;
    };
    tasks::score_variants(*reference, made, next, request);
}

}  // namespace

void add_variants(Program& program) {
    auto flags = std::make_shared<VariantFlags>();
    CLI::App* const command = program.add_command(
        "variants", "likelihood of alternative alleles, as INFO fields of a VCF",
        "dna-hnet variants --model run -f genome.fa --vcf in.vcf.gz -o out.vcf.gz",
        [&program, flags] { run_variants(program, *flags); });
    flags->add_to(*command);
}

}  // namespace dna_hnet::apps
