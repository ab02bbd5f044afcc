#include "tasks/simulate_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/atomic_file.hpp"
#include "hts/bgzf_text.hpp"
#include "hts/indexed_fasta.hpp"
#include "support/test.hpp"

using namespace dna_hnet;

namespace {

std::vector<std::vector<std::string>> rows_of(const std::string& path) {
    std::vector<std::vector<std::string>> rows;
    hts::for_each_line(path, [&](std::string_view line) {
        if (line.empty() || line.front() == '#') return;
        std::istringstream cells{std::string(line)};
        std::vector<std::string> row;
        for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
        rows.push_back(row);
    });
    return rows;
}

}  // namespace

TEST_CASE("the files of a simulation hold the genome and its truth") {
    test::TemporaryFolder folder;
    const std::string target = folder.file("sim");
    const simulate::SimulatedGenome genome = simulate::simulate_genome(120'000, 3);
    Provenance provenance;
    provenance.enabled = false;
    tasks::write_simulation(genome, 120'000, 3, target, provenance);

    // The index that is written is the one that htslib builds.
    const std::string index = read_file(target + "/genome.fa.fai");
    std::filesystem::remove(target + "/genome.fa.fai");
    const auto reference = hts::open_reference(target + "/genome.fa");
    CHECK(read_file(target + "/genome.fa.fai") == index);
    REQUIRE(reference->contigs().size() == genome.contigs.size());
    for (std::size_t c = 0; c < genome.contigs.size(); ++c) {
        const auto contig = static_cast<std::int64_t>(c);
        CHECK(reference->fetch({contig, 0, genome.contigs[c].length}) == genome.bases[c]);
    }

    const auto gtf = rows_of(target + "/genes.gtf");
    std::size_t genes = 0, coding = 0;
    for (const auto& row : gtf) {
        REQUIRE(row.size() == 9);
        genes += row[2] == "gene";
        coding += row[2] == "CDS";
        CHECK((row[7] == ".") == (row[2] == "gene" || row[2] == "transcript" || row[2] == "exon"));
        CHECK(test::contains(row[8], "gene_id \"SIMG"));
        CHECK(test::contains(row[8], "transcript_id") == (row[2] != "gene"));
    }
    const auto count = [&](const std::string& kind) {
        return static_cast<std::size_t>(
            std::count_if(genome.features.begin(), genome.features.end(),
                          [&](const auto& f) { return f.kind == kind; }));
    };
    CHECK((genes > 0 && genes == count("gene") && coding == count("CDS")));
    const auto repeats = hts::read_bed_intervals(target + "/repeats.bed", *reference);
    CHECK(repeats.size() == count("repeat") + count("microsatellite"));
    CHECK(rows_of(target + "/cpg_islands.bed").size() == count("cpg_island"));

    const auto variants = rows_of(target + "/variants.vcf");
    REQUIRE(variants.size() == genome.variants.size());
    for (std::size_t i = 0; i < variants.size(); ++i) {
        CHECK(variants[i][1] == std::to_string(genome.variants[i].position + 1));
        CHECK(variants[i][3] == std::string(1, "ACGT"[genome.variants[i].ref]));
        CHECK(std::stod(variants[i][7].substr(9)) ==
              Approx(genome.variants[i].true_llr).margin(1e-6));
    }
    CHECK(std::filesystem::file_size(target + "/truth.bits.bw") > 100'000);
    const auto record = nlohmann::json::parse(read_file(target + "/parameters.json"));
    CHECK(record["seed"] == 3);
    CHECK(!record.contains("version"));
    CHECK(record["parameters"].contains("repeats"));
    CHECK(rows_of(target + "/families.fa").size() > 5);

    // The same again, byte for byte, in place of the old folder.
    const std::string before = read_file(target + "/truth.bits.bw");
    tasks::write_simulation(simulate::simulate_genome(120'000, 3), 120'000, 3, target, provenance);
    CHECK(read_file(target + "/truth.bits.bw") == before);
}
