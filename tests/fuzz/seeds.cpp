#include "fuzz/seeds.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "formats/safetensors.hpp"
#include "genome/genome_cache.hpp"
#include "hts/bgzf_text.hpp"
#include "support/memory_reference.hpp"
#include "support/test.hpp"
#include "tracks/bigbed.hpp"
#include "tracks/bigwig.hpp"

namespace dna_hnet::fuzz {
namespace {

namespace fs = std::filesystem;

const std::vector<genome::Contig> kContigs = {{"chr1", 1000, ""}, {"chr2", 200, ""}};

void write_lines(const std::string& path) {
    hts::TextWriter writer(path, hts::TextWriter::Index::none);
    for (int line = 0; line < 40; ++line) writer.write("chr1\t" + std::to_string(line) + "\n");
    writer.close();
}

void write_tensors(const std::string& path) {
    const std::vector<float> values = {1, 2, 3, 4, 5, 6};
    const std::vector<formats::NamedTensor> tensors = {
        {"a", {formats::Dtype::f32, {2, 3}, values.data(), 24}},
        {"b", {formats::Dtype::f16, {}, values.data(), 2}}};
    formats::write_safetensors(path, tensors, {{"format", "pt"}});
}

void write_cache(const std::string& path) {
    test::MemoryReference reference({{"chr1", "ACGTnnACgt"}, {"chr2", "TTT"}});
    genome::GenomeCache::write(reference, path);
}

void write_bigwig(const std::string& path) {
    tracks::BigWigWriter writer(path, kContigs);
    std::vector<float> values;
    for (int i = 0; i < 300; ++i) values.push_back(static_cast<float>(i % 7) / 4);
    writer.add(0, 10, values);
    writer.add(1, 0, {1, 2, 3});
    writer.close();
}

void write_bigbed(const std::string& path) {
    const std::string columns =
        "table t\n\"t\"\n(\nstring chrom; \"c\"\nuint chromStart; \"s\"\nuint chromEnd; \"e\"\n"
        "string name; \"n\"\n)\n";
    tracks::BigBedWriter writer(path, kContigs, {columns, 4, 4});
    for (int i = 0; i < 60; ++i) writer.add(0, 5 * i, 5 * i + 7, "s0_" + std::to_string(i));
    writer.add(1, 3, 9, "last");
    writer.close();
}

using Write = void (*)(const std::string& path);
const std::vector<std::pair<std::string, Write>> kWriters = {{"lines", write_lines},
                                                             {"safetensors", write_tensors},
                                                             {"genome_cache", write_cache},
                                                             {"bigwig", write_bigwig},
                                                             {"bigbed", write_bigbed}};

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::vector<Seed> seeds_of(const Parser& parser) {
    std::vector<Seed> seeds;
    const char* const source = std::getenv("DNA_HNET_SOURCE_DIR");
    const fs::path folder = fs::path(source ? source : ".") / "tests/fuzz/corpus" / parser.name;
    if (fs::is_directory(folder)) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            seeds.push_back({name, bytes_of(entry.path()),
                             name.rfind("refused-", 0) == 0 ? Verdict::refused : Verdict::taken});
        }
    }
    std::sort(seeds.begin(), seeds.end(),
              [](const Seed& a, const Seed& b) { return a.name < b.name; });
    const test::TemporaryFolder written;
    for (const auto& [name, write] : kWriters) {
        if (name != parser.name) continue;
        write(written.file(parser.file));
        seeds.push_back({"written", bytes_of(written.file(parser.file))});
    }
    return seeds;
}

}  // namespace dna_hnet::fuzz
