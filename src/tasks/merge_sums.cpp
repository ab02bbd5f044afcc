#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/split.hpp"
#include "evaluate/score_table.hpp"
#include "hts/bgzf_text.hpp"
#include "tasks/chunk_summary.hpp"
#include "tasks/merge_files.hpp"
#include "tasks/score_sums.hpp"

namespace dna_hnet::tasks {
namespace {

using evaluate::BlockSums;

// The summary and, where they are asked for, the sums.
class JoinedSums : public JoinedFile {
  public:
    explicit JoinedSums(const JoinRequest& request)
        : request_(request),
          file_(request.target, hts::TextWriter::Index::none, 0, request.outputs) {
        if (!request.sums.empty()) {
            sums_file_.emplace(request.sums, hts::TextWriter::Index::none, 0, request.outputs);
        }
    }
    void close() override {
        file_.close();
        if (sums_file_) sums_file_->close();
    }

  protected:
    formats::TextSink summary_sink() {
        return [this](std::string_view text) { file_.write(text); };
    }
    formats::TextSink sums_sink() {
        return [this](std::string_view text) { sums_file_->write(text); };
    }
    bool wants_sums() const { return sums_file_.has_value(); }
    JoinRequest request_;

  private:
    hts::TextWriter file_;
    std::optional<hts::TextWriter> sums_file_;
};

// Names in the order of their first appearance.
class Names {
  public:
    void add(std::string_view name) {
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
            names_.emplace_back(name);
        }
    }
    const std::vector<std::string>& all() const { return names_; }

  private:
    std::vector<std::string> names_;
};

class JoinedBlocks : public JoinedSums {
  public:
    using JoinedSums::JoinedSums;

    void join() override {
        find_names();
        table_.emplace(models_, classes_);
        for (const std::string& path : request_.paths) add(path);
        check_coverage();
        formats::TsvWriter summary(summary_sink(), score_columns(), request_.provenance);
        for (const auto& row : table_->rows()) write_score_row(summary, row);
        if (wants_sums()) write_blocks(*table_, contigs_, sums_sink(), request_.provenance);
    }

  private:
    void find_names() {
        std::set<std::string, std::less<>> contigs;
        for (const std::string& path : request_.paths) {
            Names models, classes, strands;
            for_each_row(path, block_columns(), [&](const auto& cells, const std::string&) {
                classes.add(cells[1]);
                strands.add(cells[2]);
                contigs.emplace(cells[3]);
                models.add(cells[5]);
            });
            if (path == request_.paths.front()) {
                models_ = models.all();
                classes_ = classes.all();
                strands_ = strands.all();
            }
            if (models.all() != models_ || classes.all() != classes_ || strands.all() != strands_) {
                throw input_error(fmt::format("{}: has other classes, strands or models than {}",
                                              path, request_.paths.front()),
                                  "jobs can be joined only when they were asked for the same");
            }
        }
        for (const std::string& name : contigs) contigs_.push_back({name, 0, ""});
    }

    // The rows of one place, one per model, are one sum.
    void add(const std::string& path) {
        BlockSums sums;
        Digest rows(Digest::Kind::sha256);
        bool any = false;
        for_each_row(path, block_columns(), [&](const auto& cells, const std::string& place) {
            any = true;
            for (const std::string_view cell : cells) {
                rows.update(cell.data(), cell.size());
                rows.update("\t", 1);
            }
            const std::size_t model = sums.units.size();
            if (cells[5] != models_[model]) {
                throw input_error(fmt::format("{}: got model '{}', expected {}", place, cells[5],
                                              models_[model]));
            }
            sums.scored = parse_integer(cells[6], place, "scored_bases");
            sums.skipped = parse_integer(cells[7], place, "skipped_bases");
            sums.units.push_back(parse_integer(cells[8], place, "bits_units"));
            if (sums.units.size() < models_.size()) return;
            const auto contig = std::lower_bound(
                contigs_.begin(), contigs_.end(), cells[3],
                [](const genome::Contig& one, std::string_view name) { return one.name < name; });
            const std::int64_t block = parse_integer(cells[4], place, "block");
            table_->add(std::string(cells[0]), std::string(cells[1]), std::string(cells[2]),
                        contig - contigs_.begin(), block, sums);
            sums = {};
        });
        if (!sums.units.empty()) {
            throw input_error(fmt::format("{}: ends within the rows of a block", path));
        }
        const auto [same, fresh] = digests_.emplace(rows.hex(), path);
        if (any && !fresh) {
            throw input_error(fmt::format("{}: has the rows of {}", path, same->second),
                              "is a job given twice?");
        }
    }

    // A block has at most its own length in bases; against the regions asked for, exactly theirs.
    void check_coverage() const {
        std::map<std::pair<std::string, std::int64_t>, std::int64_t> expected;
        if (request_.coverage) expected = request_.coverage->blocks();
        table_->for_each_block([&](const std::string& split, const std::string& klass,
                                   const std::string&, std::int64_t contig, std::int64_t block,
                                   const BlockSums& sums) {
            if (split != "all" || klass != "all") return;
            const std::string& name = contigs_[static_cast<std::size_t>(contig)].name;
            const std::int64_t bases = sums.scored + sums.skipped;
            if (bases > evaluate::kBlockBases) fail(name, block, bases, evaluate::kBlockBases);
            if (!request_.coverage) return;
            const auto found = expected.find({name, block});
            const std::int64_t asked = found == expected.end() ? 0 : found->second;
            if (bases != asked) fail(name, block, bases, asked);
            if (found != expected.end()) expected.erase(found);
        });
        if (!expected.empty()) {
            const auto& [place, bases] = *expected.begin();
            fail(place.first, place.second, 0, bases);
        }
    }
    [[noreturn]] void fail(const std::string& contig, std::int64_t block, std::int64_t got,
                           std::int64_t expected) const {
        throw input_error(
            fmt::format("{}: {}, block {} of {} bases: the jobs have read {} bases, expected {}",
                        request_.target, contig, block, evaluate::kBlockBases, got, expected),
            "is a job missing, or given twice?");
    }

    std::vector<std::string> models_, classes_, strands_;
    std::vector<genome::Contig> contigs_;  // in the C order of their names
    std::optional<evaluate::ScoreTable> table_;
    std::map<std::string, std::string> digests_;  // of the rows of each file
};

class JoinedCounts : public JoinedSums {
  public:
    using JoinedSums::JoinedSums;

    void join() override {
        std::vector<ChunkSums> sums = read(request_.paths.front());
        for (std::size_t i = 1; i < request_.paths.size(); ++i) add(request_.paths[i], sums);
        for (const ChunkSums& one : sums) {
            if (request_.coverage && one.klass == "all") {
                request_.coverage->check_bases(one.bases, request_.target);
            }
        }
        write_chunk_summary(summary_sink(), sums, request_.provenance);
        if (wants_sums()) write_chunk_sums(sums_sink(), sums, request_.provenance);
    }

  private:
    void add(const std::string& path, std::vector<ChunkSums>& sums) const {
        const std::vector<ChunkSums> other = read(path);
        const bool same =
            std::equal(sums.begin(), sums.end(), other.begin(), other.end(),
                       [](const ChunkSums& a, const ChunkSums& b) {
                           return a.stage == b.stage && a.strand == b.strand && a.klass == b.klass;
                       });
        if (!same) {
            throw input_error(fmt::format("{}: has other stages, strands or classes than {}", path,
                                          request_.paths.front()),
                              "jobs can be joined only when they were asked for the same");
        }
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i].add(other[i]);
    }

    static std::vector<ChunkSums> read(const std::string& path) {
        std::vector<ChunkSums> all;
        for_each_row(path, chunk_sum_columns(), [&](const auto& cells, const std::string& place) {
            ChunkSums sums;
            sums.stage = parse_integer(cells[0], place, "stage");
            sums.strand = cells[1];
            sums.klass = cells[2];
            sums.known = cells[3] != "NA";
            if (sums.known) {
                sums.bases = parse_integer(cells[3], place, "bases");
                sums.forced = parse_integer(cells[4], place, "forced");
                sums.bases_in_chunks = parse_integer(cells[5], place, "bases_in_chunks");
                if (cells[6] != ".") read_lengths(cells[6], place, sums);
            }
            all.push_back(std::move(sums));
        });
        return all;
    }
    static void read_lengths(std::string_view text, const std::string& place, ChunkSums& sums) {
        for (const std::string_view pair : split(text, ',')) {
            const auto parts = split(pair, ':');
            if (parts.size() != 2) {
                throw input_error(
                    fmt::format("{}: lengths: got '{}', expected LENGTH:CHUNKS", place, pair));
            }
            sums.lengths[parse_integer(parts[0], place, "lengths")] +=
                parse_integer(parts[1], place, "lengths");
        }
    }
};

}  // namespace

std::unique_ptr<JoinedFile> join_sums(const JoinRequest& request, JobKind kind) {
    if (kind == JobKind::blocks) return std::make_unique<JoinedBlocks>(request);
    return std::make_unique<JoinedCounts>(request);
}

}  // namespace dna_hnet::tasks
