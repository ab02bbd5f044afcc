#include "variant_flags.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace dna_hnet::apps {

char VariantFlags::target_type() const {
    const std::string& path = request.target.path;
    if (!type.empty()) {
        if (type.size() == 1 && std::string("zbuv").find(type) != std::string::npos) {
            return type[0];
        }
        throw usage_error(fmt::format("-O: got '{}', expected z, b, u or v", type));
    }
    if (path.ends_with(".vcf.gz")) return 'z';
    if (path.ends_with(".bcf")) return 'b';
    if (path == "-" || path.ends_with(".vcf") || path.starts_with("/dev/")) return 'v';
    throw usage_error(
        fmt::format("-o {}: expected a name that ends in .vcf.gz, .vcf or .bcf, or -O", path));
}

void VariantFlags::fill(const Program& program) {
    const auto options = reading.options(program.threads(), program.device());
    if (options.mode != evaluate::Mode::windows) {
        throw usage_error("--mode carry: variants are scored in windows");
    }
    auto& model = request.model;
    model.device = options.device;
    model.context = options.context;
    model.attention_window = options.attention_window;
    model.reading.threads = options.threads;
    request.strands = reading.strands();
}

void VariantFlags::add_to(CLI::App& command) {
    command.add_option("--model", request.model.path,
                       "checkpoint, or run: then its best checkpoint");
    genome.add_to(command);
    reading.add_model_options_to(command);
    command.add_option("--suffix", request.model.reading.suffix,
                       "bases behind the allele that count; default: to the window's end");
    command.add_flag("--boundary-effects", request.model.reading.boundary_effects,
                     "how far chunk boundaries rise and fall near the allele");
    command.add_option("--vcf", vcf, "VCF, VCF.gz or BCF, sorted; - is standard input");
    command.add_option("--saturate", saturate,
                       "BED: every single-base substitution in it, in place of --vcf");
    command.add_option("--haplotypes", haplotypes,
                       "TSV: a row per region and haplotype of --sample, in place of -o");
    command.add_option("--sequences", sequences,
                       "FASTA of the sample's haplotypes, beside --haplotypes");
    command.add_option("--sample", sample, "whose phased genotypes --haplotypes takes");
    command
        .add_option("--max-indel", request.max_indel,
                    "bases of reference or alternative that a difference may have")
        ->capture_default_str();
    command
        .add_option("--max-ref-mismatch", request.max_ref_mismatch,
                    "share of the first 1,000 records whose REF may differ from the reference")
        ->capture_default_str();
    command.add_option("-O,--output-type", type,
                       "z: VCF.gz, b: BCF, u: uncompressed BCF, v: VCF; default: by the name");
    command.add_option("-o,--output", request.target.path, "OUT.vcf.gz, OUT.bcf, OUT.vcf or -");
}

}  // namespace dna_hnet::apps
