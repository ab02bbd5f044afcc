#include "fuzz/parsers.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>

#include "annotation/boundary_set.hpp"
#include "annotation/feature_file.hpp"
#include "config/train_config.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"
#include "formats/metrics_log.hpp"
#include "formats/safetensors.hpp"
#include "formats/tsv_table.hpp"
#include "genome/genome_cache.hpp"
#include "genome/splits.hpp"
#include "hts/alignment_file.hpp"
#include "hts/bgzf_text.hpp"
#include "hts/hts_log.hpp"
#include "hts/indexed_fasta.hpp"
#include "hts/variant_file.hpp"
#include "support/memory_reference.hpp"
#include "tracks/bigbed_reader.hpp"
#include "tracks/bigwig_reader.hpp"

namespace dna_hnet::fuzz {
namespace {

namespace fs = std::filesystem;

// What the files of the corpus are about.
const genome::Reference& small_genome() {
    static const test::MemoryReference reference(
        {{"chr1", std::string(1000, 'A')}, {"chr2", std::string(200, 'c')}});
    return reference;
}

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void read_all_bases(genome::Reference& reference) {
    for (std::size_t contig = 0; contig < reference.contigs().size(); ++contig) {
        // A damaged index may promise more than memory holds.
        const std::int64_t length =
            std::min<std::int64_t>(reference.contigs()[contig].length, 1 << 20);
        std::vector<genome::Base> bases(static_cast<std::size_t>(length));
        reference.fetch_into({static_cast<std::int64_t>(contig), 0, length}, bases.data());
    }
}

void read_bed(const std::string& path) {
    hts::read_bed_intervals(path, small_genome());
}

void read_splits(const std::string& path) {
    genome::SplitOptions options;
    options.bed = hts::read_bed(path);
    options.bed_place = path;
    genome::make_splits(small_genome(), options);
}

void read_features(const std::string& path) {
    annotation::read_features("features", path, {}, small_genome());
}

void read_chunks(const std::string& path) {
    annotation::read_boundaries(path, small_genome());
}

void read_fasta(const std::string& path) {
    const auto reference = hts::IndexedFasta::open(path);
    read_all_bases(*reference);
}

void read_fasta_index(const std::string& path) {
    const std::string fasta = fs::path(path).replace_extension().string();  // x.fa of x.fa.fai
    std::ofstream(fasta) << ">chr1 a\nACGTACGT\nACGT\n>chr2\nNNNNAC\n";
    read_fasta(fasta);
}

void read_region(const std::string& path) {
    hts::parse_region(small_genome(), text_of(path));
}

void read_lines(const std::string& path) {
    hts::for_each_line(path, [](std::string_view /*line*/) {});
}

void read_table(const std::string& path) {
    formats::TsvTable table(path);
    hts::for_each_line(path, [&](std::string_view line) { table.add_line(line); });
    for (std::size_t row = 0; row < table.rows(); ++row) table.number(row, table.column("bits"));
}

void read_config(const std::string& path) {
    config::parse_config_file(read_json_file(path), path);
}

void read_metrics(const std::string& path) {
    const formats::MetricsLog log(fs::path(path).parent_path(), {"loss"}, 10);
}

void read_safetensors(const std::string& path) {
    const formats::SafetensorsFile file(path);
    std::int64_t sum = 0;
    for (const auto& [name, tensor] : file.tensors()) {
        const auto* const bytes = static_cast<const unsigned char*>(tensor.data);
        for (std::int64_t i = 0; i < tensor.bytes; ++i) sum += bytes[i];
    }
    if (sum < 0) throw input_error(path);
}

void read_genome_cache(const std::string& path) {
    const auto cache = genome::GenomeCache::open(path);
    cache->verify();
    read_all_bases(*cache);
}

void read_bigwig(const std::string& path) {
    tracks::BigWigReader reader(path);
    for (tracks::BigWigReader::Run run; reader.next(run);) continue;
    for (const auto& contig : reader.contigs()) {
        reader.values(contig.name, 0, std::min<std::int64_t>(contig.length, 5000));
    }
}

void read_bigbed(const std::string& path) {
    tracks::BigBedReader reader(path);
    for (tracks::BigBedReader::Row row; reader.next(row);) continue;
}

void read_variants(const std::string& path) {
    hts::VariantFile file(path);
    hts::VariantRecord record;
    while (file.next(record)) continue;
}

void read_alignments(const std::string& path) {
    const auto reads = hts::AlignmentFile::open(path, small_genome(), {});
    for (genome::AlignedRead read; reads->next(read);) continue;
}

}  // namespace

const std::vector<Parser>& parsers() {
    static const std::vector<Parser> all = {{"bed", "x.bed", read_bed},
                                            {"splits", "x.bed", read_splits},
                                            {"gtf", "x.gtf", read_features},
                                            {"gff3", "x.gff3", read_features},
                                            {"chunks", "x.chunks.bed", read_chunks},
                                            {"fasta", "x.fa", read_fasta},
                                            {"fasta_index", "x.fa.fai", read_fasta_index},
                                            {"region", "region.txt", read_region},
                                            {"lines", "x.txt.gz", read_lines},
                                            {"table", "x.tsv", read_table},
                                            {"config", "config.json", read_config},
                                            {"metrics", "metrics.jsonl", read_metrics},
                                            {"safetensors", "x.safetensors", read_safetensors},
                                            {"genome_cache", "x.dhg", read_genome_cache},
                                            {"bigwig", "x.bw", read_bigwig},
                                            {"bigbed", "x.bb", read_bigbed},
                                            {"variants", "x.vcf", read_variants},
                                            {"alignments", "x.sam", read_alignments}};
    return all;
}

Verdict judge(const Parser& parser, std::string_view bytes, const fs::path& scratch) {
    hts::quiet_htslib(0);
    const fs::path folder = scratch / "input";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const fs::path path = folder / parser.file;
    std::ofstream(path, std::ios::binary) << bytes;
    Verdict verdict = Verdict::taken;
    try {
        parser.read(path.string());
    } catch (const Error&) {
        verdict = Verdict::refused;
    }
    fs::remove_all(folder);
    return verdict;
}

fs::path scratch_folder() {
    const fs::path memory = "/dev/shm";
    const fs::path parent = access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path();
    std::string pattern = (parent / "dna-hnet-fuzz-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw run_error("mkdtemp: " + errno_text());
    return pattern;
}

}  // namespace dna_hnet::fuzz
