#include "tasks/simulate_files.hpp"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/version.hpp"
#include "hts/bgzf_text.hpp"
#include "tracks/bigwig.hpp"
#include "tracks/track_contigs.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Strand;
using simulate::SimulatedFeature;
using simulate::SimulatedGenome;

constexpr std::int64_t kLineBases = 60;

char strand_sign(Strand strand) {
    return strand == Strand::forward ? '+' : '-';
}

char upper_letter(genome::Base base) {
    return "ACGTN"[genome::base_code(base)];
}

char letter(genome::Base base) {
    const char upper = upper_letter(base);
    return genome::is_soft_masked(base) ? static_cast<char>(upper - 'A' + 'a') : upper;
}

// One text file; `fill` writes its lines.
void write_text(const std::filesystem::path& path,
                const std::function<void(hts::TextWriter&)>& fill) {
    hts::TextWriter writer(path.string(), hts::TextWriter::Index::none);
    fill(writer);
    writer.close();
}

// Returns the offset after the record, for the index.
std::int64_t write_record(hts::TextWriter& out, const std::string& name,
                          const std::vector<genome::Base>& bases, std::int64_t offset,
                          std::string& index) {
    const std::string header = fmt::format(">{}\n", name);
    out.write(header);
    offset += static_cast<std::int64_t>(header.size());
    const auto length = static_cast<std::int64_t>(bases.size());
    index += fmt::format("{}\t{}\t{}\t{}\t{}\n", name, length, offset, kLineBases, kLineBases + 1);
    std::string line;
    for (std::int64_t begin = 0; begin < length; begin += kLineBases) {
        const std::int64_t end = std::min(begin + kLineBases, length);
        line.clear();
        for (std::int64_t i = begin; i < end; ++i) line += letter(bases[i]);
        line += '\n';
        out.write(line);
        offset += static_cast<std::int64_t>(line.size());
    }
    return offset;
}

void write_fasta(const SimulatedGenome& genome, const std::filesystem::path& path) {
    std::string index;
    write_text(path, [&](hts::TextWriter& out) {
        std::int64_t offset = 0;
        for (std::size_t c = 0; c < genome.contigs.size(); ++c) {
            offset = write_record(out, genome.contigs[c].name, genome.bases[c], offset, index);
        }
    });
    write_text(path.string() + ".fai", [&](hts::TextWriter& out) { out.write(index); });
}

void write_families(const std::filesystem::path& path) {
    write_text(path, [](hts::TextWriter& out) {
        std::string index;
        for (const simulate::RepeatFamily& family : simulate::repeat_families()) {
            write_record(out, family.name, family.consensus, 0, index);
        }
    });
}

void write_gtf(const SimulatedGenome& genome, const std::filesystem::path& path) {
    static const std::set<std::string> kKinds{"gene", "exon", "CDS", "start_codon", "stop_codon"};
    write_text(path, [&](hts::TextWriter& out) {
        for (const SimulatedFeature& feature : genome.features) {
            if (!kKinds.count(feature.kind)) continue;
            const bool has_frame = feature.kind != "gene" && feature.kind != "exon";
            const auto row = [&](const std::string& kind, const std::string& attributes) {
                out.write(fmt::format("{}\tdna-hnet\t{}\t{}\t{}\t.\t{}\t{}\t{}\n",
                                      genome.contigs[feature.place.contig].name, kind,
                                      feature.place.begin + 1, feature.place.end,
                                      strand_sign(feature.strand),
                                      has_frame ? std::to_string(feature.frame) : ".", attributes));
            };
            const std::string gene = fmt::format(
                "gene_id \"{0}\"; gene_name \"{0}\"; gene_type \"protein_coding\";", feature.name);
            const std::string transcript = fmt::format(
                "gene_id \"{0}\"; transcript_id \"{0}.1\"; gene_name \"{0}\"; "
                "gene_type \"protein_coding\"; transcript_type \"protein_coding\";",
                feature.name);
            row(feature.kind, feature.kind == "gene" ? gene : transcript);
            if (feature.kind == "gene") row("transcript", transcript);
        }
    });
}

void write_bed(const SimulatedGenome& genome, const std::set<std::string>& kinds,
               const std::filesystem::path& path) {
    write_text(path, [&](hts::TextWriter& out) {
        for (const SimulatedFeature& feature : genome.features) {
            if (!kinds.count(feature.kind)) continue;
            const char strand = feature.kind == "repeat" ? strand_sign(feature.strand) : '.';
            out.write(fmt::format("{}\t{}\t{}\t{}\t0\t{}\n",
                                  genome.contigs[feature.place.contig].name, feature.place.begin,
                                  feature.place.end, feature.name, strand));
        }
    });
}

void write_vcf(const SimulatedGenome& genome, const std::filesystem::path& path) {
    write_text(path, [&](hts::TextWriter& out) {
        out.write("##fileformat=VCFv4.3\n");
        for (const genome::Contig& contig : genome.contigs) {
            out.write(fmt::format("##contig=<ID={},length={}>\n", contig.name, contig.length));
        }
        out.write(
            "##INFO=<ID=TRUE_LLR,Number=A,Type=Float,Description=\"log2 P(genome with ALT) - log2 "
            "P(genome) under the "
            "generator, exact\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
        for (const simulate::SimulatedVariant& variant : genome.variants) {
            out.write(fmt::format("{}\t{}\t.\t{}\t{}\t.\t.\tTRUE_LLR={:.6f}\n",
                                  genome.contigs[variant.contig].name, variant.position + 1,
                                  upper_letter(variant.ref), upper_letter(variant.alt),
                                  variant.true_llr));
        }
    });
}

void write_bits(const SimulatedGenome& genome, const std::filesystem::path& path) {
    tracks::BigWigWriter writer(path, genome.contigs);
    for (const std::int64_t contig : tracks::contig_order(genome.contigs)) {
        writer.add(contig, 0, genome.bits[contig]);
    }
    writer.close();
}

}  // namespace

void require_replaceable(const std::filesystem::path& folder) {
    static const std::set<std::string> kFiles{"genome.fa",    "genome.fa.fai",   "genes.gtf",
                                              "repeats.bed",  "cpg_islands.bed", "families.fa",
                                              "variants.vcf", "truth.bits.bw",   "parameters.json"};
    require_parent_folder(folder);
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) return;
    if (!std::filesystem::is_directory(folder, error)) {
        throw usage_error(fmt::format("{}: is a file, expected a folder", folder.string()));
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (kFiles.count(name) != 0) continue;
        throw usage_error(
            fmt::format("{}: holds '{}', which is no file of a simulation: not replaced",
                        folder.string(), name),
            "choose another folder, or move the file away");
    }
}

void write_simulation(const SimulatedGenome& genome, std::int64_t length, std::uint64_t seed,
                      const std::filesystem::path& folder, const Provenance& provenance) {
    require_replaceable(folder);
    AtomicFolder output(folder);
    output.fill([&](const std::filesystem::path& inside) {
        write_fasta(genome, inside / "genome.fa");
        write_families(inside / "families.fa");
        write_gtf(genome, inside / "genes.gtf");
        write_bed(genome, {"repeat", "microsatellite"}, inside / "repeats.bed");
        write_bed(genome, {"cpg_island"}, inside / "cpg_islands.bed");
        write_vcf(genome, inside / "variants.vcf");
        write_bits(genome, inside / "truth.bits.bw");
        nlohmann::ordered_json record{{"length", length}, {"seed", seed}};
        if (provenance.enabled) {
            record["version"] = version();
            record["command"] = provenance.command;
        }
        record["parameters"] =
            nlohmann::ordered_json::parse(simulate::simulation_parameters_json());
        write_file_atomically(inside / "parameters.json", record.dump(2) + "\n");
    });
    output.commit();
}

}  // namespace dna_hnet::tasks
