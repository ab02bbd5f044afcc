// Seconds per variant of the shared-prefix scorer beside a naive one, which reads both haplotypes
// of every allele whole, in the same windows (docs/semantics.md section 7).
//
//     variant_speed MODEL FASTA VCF [CONTEXT] [ALLELES] [THREADS]      default 8192 64 2
//
// isolated: substitutions 20 kb apart on the first long contig, made up; three: the same places
// with all three substitutions; dense: the first alleles of VCF that can be scored. Prints a
// Markdown table.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "evaluate/variant_scorer.hpp"
#include "genome/haplotypes.hpp"
#include "genome/segments.hpp"
#include "hts/indexed_fasta.hpp"
#include "hts/variant_file.hpp"
#include "tasks/variant_check.hpp"
#include "tasks/variant_model.hpp"

namespace {

using namespace dna_hnet;
using genome::Difference;

constexpr std::int64_t kApart = 20000;

struct Bench {
    std::unique_ptr<genome::Reference> reference;
    std::string model;
    std::int64_t context = 8192, threads = 2;

    void add(const genome::Interval& segment, const genome::Replacement& replacement,
             std::vector<Difference>& differences) const {
        for (const auto strand : {genome::Strand::forward, genome::Strand::reverse}) {
            auto found = genome::find_difference(*reference, segment, replacement, strand, context);
            if (found) differences.push_back(std::move(*found));
        }
    }

    // Substitutions at `places` places, the first `alleles` of the three possible.
    std::vector<Difference> substitutions(std::int64_t places, int alleles) const {
        std::vector<Difference> differences;
        for (const genome::Interval& segment : genome::find_segments(*reference, 0)) {
            for (std::int64_t at = segment.begin + kApart; at + kApart < segment.end;
                 at += kApart) {
                if (places == 0) return differences;
                const genome::Interval place{segment.contig, at, at + 1};
                const genome::Base base = genome::base_code(reference->fetch(place)[0]);
                if (base == genome::kN) continue;
                --places;
                for (int i = 1; i <= alleles; ++i) {
                    const auto other = static_cast<genome::Base>((base + i) % 4);
                    add(segment, {place, {other}}, differences);
                }
            }
        }
        return differences;
    }

    std::vector<Difference> of_file(const std::string& path, std::int64_t alleles) const {
        std::vector<Difference> differences;
        tasks::VariantChecker checker(*reference, {}, 200);
        hts::VariantFile file(path);
        hts::VariantRecord record;
        while (alleles > 0 && file.next(record)) {
            const auto checked = checker.check(record.variant());
            for (std::size_t i = 0; i < checked.statuses.size() && alleles > 0; ++i) {
                if (checked.statuses[i] != genome::AlleleStatus::ok) continue;
                add(checked.segment,
                    {checked.replaced, tasks::allele_bases(record.variant().alternatives[i])},
                    differences);
                --alleles;
            }
        }
        return differences;
    }

    double seconds(const std::vector<Difference>& differences, std::optional<std::int64_t> suffix,
                   bool shared, std::vector<evaluate::DirectionScore>& scores) const {
        tasks::VariantModelRequest request;
        request.path = model;
        request.context = context;
        request.reading.threads = threads;
        request.reading.suffix = suffix;
        request.reading.shared_prefix = shared;
        tasks::VariantModel variants(*reference, request);
        const auto start = std::chrono::steady_clock::now();
        scores = variants.scorer().score(*reference, differences);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
};

double largest_difference(const std::vector<evaluate::DirectionScore>& a,
                          const std::vector<evaluate::DirectionScore>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(a[i].llr() - b[i].llr()));
    }
    return largest;
}

double spread(const std::vector<evaluate::DirectionScore>& scores) {
    double sum = 0, squares = 0;
    for (const auto& score : scores) {
        sum += score.llr();
        squares += score.llr() * score.llr();
    }
    const auto count = static_cast<double>(scores.size());
    return std::sqrt(squares / count - sum / count * (sum / count));
}

void row(const Bench& bench, const char* name, const std::vector<Difference>& differences) {
    std::vector<evaluate::DirectionScore> naive, shared, shorter;
    const double slow = bench.seconds(differences, std::nullopt, false, naive);
    const double fast = bench.seconds(differences, std::nullopt, true, shared);
    const double faster = bench.seconds(differences, 512, true, shorter);
    double change = 0;
    for (std::size_t i = 0; i < shared.size(); ++i) {
        change += std::abs(shared[i].llr() - shorter[i].llr());
    }
    fmt::print(
        "| {} | {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.1e} | {:.3f} | {:.3f} |\n",
        name, differences.size() / 2, slow, fast, slow / fast, faster, slow / faster,
        largest_difference(naive, shared), change / static_cast<double>(shared.size()),
        spread(shared));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        fmt::print(stderr, "usage: variant_speed MODEL FASTA VCF [CONTEXT] [ALLELES] [THREADS]\n");
        return 2;
    }
    try {
        Bench bench;
        bench.model = argv[1];
        bench.reference = hts::open_reference(argv[2]);
        if (argc > 4) bench.context = std::atoll(argv[4]);
        const std::int64_t alleles = argc > 5 ? std::atoll(argv[5]) : 64;
        if (argc > 6) bench.threads = std::atoll(argv[6]);
        fmt::print("context {}, {} threads\n\n", bench.context, bench.threads);
        fmt::print(
            "| variants | alleles | naive, s | shared, s | times | suffix 512, s | times | "
            "largest difference to naive, bits | mean change by the suffix, bits | SD of LLR |\n"
            "|---|---|---|---|---|---|---|---|---|---|\n");
        row(bench, "isolated", bench.substitutions(alleles, 1));
        row(bench, "isolated, three alternatives", bench.substitutions(alleles, 3));
        row(bench, "dense", bench.of_file(argv[3], 4 * alleles));
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
