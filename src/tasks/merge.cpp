#include "tasks/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/error.hpp"
#include "core/log.hpp"
#include "genome/segments.hpp"
#include "tasks/merge_files.hpp"

namespace dna_hnet::tasks {
namespace {

using genome::Interval;

std::optional<Coverage> expected_coverage(const MergeRequest& request) {
    if (!request.reference) return std::nullopt;
    genome::Reference& reference = *request.reference;
    std::vector<Interval> regions, segments;
    if (request.regions) {
        regions = genome::merged(*request.regions);
    } else {
        for (std::size_t c = 0; c < reference.contigs().size(); ++c) {
            regions.push_back({static_cast<std::int64_t>(c), 0, reference.contigs()[c].length});
        }
    }
    std::int64_t contig = -1;
    for (const Interval& region : regions) {
        if (std::exchange(contig, region.contig) == region.contig) continue;
        const auto found = genome::find_segments(reference, contig);
        segments.insert(segments.end(), found.begin(), found.end());
    }
    auto universe = genome::intersection(regions, segments);
    return Coverage(reference.contigs(), std::move(regions), std::move(universe));
}

class MergeTask {
  public:
    // The files appear when `outputs`, which must outlive this, is committed.
    MergeTask(const MergeRequest& request, AtomicGroup& outputs)
        : request_(request), coverage_(expected_coverage(request)), outputs_(outputs) {}

    void join() {
        const auto prefixed = files_of_prefixes(request_.inputs);
        if (prefixed.empty()) {
            add(request_.inputs, request_.output, request_.sums);
        } else {
            if (!request_.sums.empty()) {
                throw usage_error("--sums: got prefixes, expected tables of sums to be joined");
            }
            if (request_.output == "-") {
                throw usage_error("-o -: got prefixes, expected one for the joined files");
            }
            // What was read comes first: it says most clearly which job is missing.
            for (const bool universe : {true, false}) {
                for (const auto& [suffix, paths] : prefixed) {
                    if ((suffix == "universe.bed.gz") == universe) {
                        add_suffix(suffix, paths, prefixed);
                    }
                }
            }
        }
        for (const auto& file : files_) file->join();
    }
    void close() {
        for (const auto& file : files_) file->close();
    }
    void report() const {
        if (!coverage_) {
            log_warning("merge: without -f nothing tells whether the jobs have read all bases");
        }
        log_info(fmt::format("merge: {} jobs, {} files", request_.inputs.size(), files_.size()));
    }

  private:
    void add_suffix(const std::string& suffix, const std::vector<std::string>& paths,
                    const std::map<std::string, std::vector<std::string>>& all) {
        if (suffix == "summary.tsv") {
            if (all.count("counts.tsv") != 0) return;  // which give the summary
            throw input_error(
                fmt::format("{}: cannot be joined without the sums behind it", paths.front()),
                "run the jobs with boundaries --counts");
        }
        const std::string target = request_.output + "." + suffix;
        if (suffix == "counts.tsv") {
            const std::string summary = request_.output + ".summary.tsv";
            return add(paths, summary, request_.keeps_counts ? target : "");
        }
        add(paths, target, "");
    }

    // The files of one kind that become one.
    void add(const std::vector<std::string>& paths, const std::string& target,
             const std::string& sums) {
        const JobKind kind = kind_of(paths.front());
        std::set<std::filesystem::path> places;
        for (const std::string& path : paths) {
            if (!places.insert(std::filesystem::weakly_canonical(path)).second) {
                throw input_error(fmt::format("{}: is given twice", path));
            }
            if (kind_of(path) != kind) {
                throw input_error(fmt::format("{}: got {}, expected {} as {} is", path,
                                              kind_name(kind_of(path)), kind_name(kind),
                                              paths.front()));
            }
        }
        for (const std::string& output : {target, sums}) {
            if (!output.empty() && places.contains(std::filesystem::weakly_canonical(output))) {
                throw usage_error(fmt::format("-o {}: is one of the inputs", output));
            }
        }
        if (target == "-" && (kind == JobKind::bigwig || kind == JobKind::bigbed)) {
            throw usage_error(fmt::format("-o -: {} is written to files only", kind_name(kind)));
        }
        const bool has_sums = kind == JobKind::blocks || kind == JobKind::counts;
        if (!sums.empty() && !has_sums) {
            throw usage_error(fmt::format("--sums: {} is {}, expected a table of sums",
                                          paths.front(), kind_name(kind)));
        }
        JoinRequest request{
            paths, target,   sums, coverage_ ? &*coverage_ : nullptr, !request_.regions,
            {},    &outputs_};
        request.provenance = joined_provenance(paths, kind, request_.provenance);
        require_one_source(request.provenance, paths.front());
        require_reference(request.provenance, paths.front());
        if (kind == JobKind::bigwig) {
            files_.push_back(join_bigwigs(request));
        } else if (kind == JobKind::bigbed) {
            files_.push_back(join_bigbeds(request));
        } else if (has_sums) {
            files_.push_back(join_sums(request, kind));
        } else {
            files_.push_back(join_rows(request, kind));
        }
    }

    // A job that wrote fewer files than an earlier one under its prefix leaves those of the
    // earlier.
    void require_one_source(const Provenance& found, const std::string& path) {
        if (first_.empty()) first_ = path;
        require_same_source(source_, found, path, first_);
    }

    void require_reference(const Provenance& found, const std::string& path) const {
        if (!request_.reference || found.reference_fingerprint.empty()) return;
        const auto own = genome::reference_fingerprint(request_.reference->contigs());
        if (genome::same_reference(found.reference_fingerprint, own)) return;
        throw input_error(fmt::format("{}: made with another reference than {}", path,
                                      request_.reference->path()));
    }

    const MergeRequest& request_;
    std::optional<Coverage> coverage_;
    AtomicGroup& outputs_;
    Provenance source_;  // of all files
    std::string first_;
    std::vector<std::unique_ptr<JoinedFile>> files_;
};

}  // namespace

void merge(const std::vector<MergeRequest>& requests) {
    AtomicGroup outputs;
    std::vector<std::unique_ptr<MergeTask>> tasks;
    for (const MergeRequest& request : requests) {
        tasks.push_back(std::make_unique<MergeTask>(request, outputs));
        tasks.back()->join();
    }
    for (const auto& task : tasks) task->close();
    outputs.commit();
    for (const auto& task : tasks) task->report();
}

void merge(const MergeRequest& request) {
    merge(std::vector{request});
}

}  // namespace dna_hnet::tasks
