#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/error.hpp"
#include "core/signals.hpp"
#include "core/split.hpp"
#include "hts/bgzf_text.hpp"
#include "tasks/boundary_files.hpp"
#include "tasks/merge_files.hpp"
#include "tasks/score_sums.hpp"

namespace dna_hnet::tasks {
namespace {

// One row or, of a table with a row per model, all of one interval.
struct Rows {
    std::string contig, name;
    std::int64_t begin = 0, end = 0;
    std::string text;
    bool empty = false;  // an interval without bases: another job may have read it
    std::string place;   // FILE:LINE
    bool before(const Rows& other) const {
        return std::tie(contig, begin) < std::tie(other.contig, other.begin);
    }
    bool same(const Rows& other) const {
        return std::tie(contig, begin, end, name) ==
               std::tie(other.contig, other.begin, other.end, other.name);
    }
};

// The rows of one job's file, in order.
class RowReader {
  public:
    RowReader(const std::string& path, JobKind kind)
        : path_(path), by_table_(kind == JobKind::by_table), header_(by_table_), reader_(path) {
        ahead_ = read();
        advance();
    }
    bool more() const { return current_.has_value(); }
    const Rows& rows() const { return *current_; }
    void advance() {
        auto last = std::exchange(current_, std::exchange(ahead_, std::nullopt));
        if (!current_) return;
        if (last && current_->before(*last)) {
            throw input_error(
                fmt::format(
                    "{}: {}:{} stands after {}:{}: expected rows sorted by contig and start",
                    current_->place, current_->contig, current_->begin + 1, last->contig,
                    last->begin + 1),
                by_table_ ? "sort the BED of --by as LC_ALL=C sort -k1,1 -k2,2n does" : "");
        }
        for (ahead_ = read(); by_table_ && ahead_ && ahead_->same(*current_); ahead_ = read()) {
            current_->text += ahead_->text;
        }
    }

  private:
    std::optional<Rows> read() {
        for (std::string_view line; reader_.next(line);) {
            ++line_;
            if (line.empty() || line[0] == '#' || std::exchange(header_, false)) continue;
            return parse(line);
        }
        return std::nullopt;
    }
    Rows parse(std::string_view line) const {
        Rows rows;
        rows.place = fmt::format("{}:{}", path_, line_);
        const auto cells = split(line, '\t');
        const std::size_t expected = by_table_ ? interval_columns().size() : 3;
        if (cells.size() < expected) {
            throw input_error(
                fmt::format("{}: got {} columns, expected {}", rows.place, cells.size(), expected));
        }
        rows.contig = cells[0];
        rows.begin = parse_integer(cells[1], rows.place, "start");
        rows.end = parse_integer(cells[2], rows.place, "end");
        if (by_table_) {
            rows.name = cells[3];
            rows.empty = cells[8] == "0" && cells[9] == "0";
        }
        rows.text = std::string(line) + '\n';
        return rows;
    }

    std::string path_;
    bool by_table_, header_;
    hts::TextReader reader_;
    std::int64_t line_ = 0;
    std::optional<Rows> current_, ahead_;
};

// N of the setting by=N, or 0.
std::int64_t step_of(const std::string& settings) {
    constexpr std::string_view kBy = " by=";
    const auto at = settings.rfind(kBy);
    return at == std::string::npos ? 0 : std::atoll(settings.c_str() + at + kBy.size());
}

class JoinedRows : public JoinedFile {
  public:
    JoinedRows(const JoinRequest& request, JobKind kind)
        : request_(request),
          kind_(kind),
          file_(request.target, index(), longest(), request.outputs),
          step_(step_of(request.provenance.settings)) {
        for (const std::string& path : request_.paths) {
            auto job = std::make_unique<RowReader>(path, kind);
            if (kind_ == JobKind::by_table) {
                open_.push_back(std::move(job));  // any of them may have any interval
            } else if (job->more()) {
                waiting_.push_back({path, job->rows()});
            }
        }
        std::sort(waiting_.begin(), waiting_.end(), [](const Waiting& a, const Waiting& b) {
            return b.first_row.before(a.first_row);
        });
        file_.write(request_.provenance.comment_lines());
        if (kind_ == JobKind::chunks) file_.write(kChunkHeader);
        if (kind_ == JobKind::by_table) {
            file_.write(fmt::format("{}\n", fmt::join(interval_columns(), "\t")));
        }
    }

    void join() override {
        for (RowReader* next = first(); next; next = first()) {
            throw_if_stopped();
            const Rows rows = kind_ == JobKind::by_table ? one_of_all(next->rows()) : next->rows();
            if (kind_ == JobKind::by_table) {
                require_whole_step(rows);
                file_.write(rows.text);
                continue;
            }
            cover(rows);
            if (kind_ == JobKind::chunks) file_.write(rows.text);
            next->advance();
        }
        if (kind_ == JobKind::intervals) {
            for (const auto& [contig, begin, end] : covered_) {
                file_.write(fmt::format("{}\t{}\t{}\n", contig, begin, end));
            }
        }
        const bool exact =
            kind_ == JobKind::intervals || (kind_ == JobKind::chunks && request_.whole_contigs);
        if (request_.coverage && exact) request_.coverage->check(covered_, request_.target);
    }
    void close() override { file_.close(); }

  private:
    hts::TextWriter::Index index() const {
        const bool indexed = kind_ != JobKind::by_table && request_.target.ends_with(".gz");
        return indexed ? hts::TextWriter::Index::bed : hts::TextWriter::Index::none;
    }
    // The jobs' own index says whether a contig is too long for tabix.
    std::int64_t longest() const {
        return std::filesystem::exists(request_.paths.front() + ".csi") ? std::int64_t{1} << 30 : 0;
    }
    // The job whose row comes first. It mostly stays the same one until it passes the second.
    RowReader* first() {
        if (first_ && first_->more() && is_first(first_->rows())) return first_;
        find_first();
        while (!waiting_.empty() && !(first_ && first_->rows().before(waiting_.back().first_row))) {
            open_.push_back(std::make_unique<RowReader>(waiting_.back().path, kind_));
            waiting_.pop_back();
            find_first();
        }
        return first_;
    }
    bool is_first(const Rows& rows) const {
        return (!second_ || rows.before(second_->rows())) &&
               (waiting_.empty() || rows.before(waiting_.back().first_row));
    }
    void find_first() {
        std::erase_if(open_, [](const auto& job) { return !job->more(); });
        first_ = second_ = nullptr;
        for (const auto& job : open_) {
            if (!first_ || job->rows().before(first_->rows())) {
                second_ = std::exchange(first_, job.get());
            } else if (!second_ || job->rows().before(second_->rows())) {
                second_ = job.get();
            }
        }
    }
    // Of an interval that several jobs list, the rows of the one that has read it.
    Rows one_of_all(const Rows& wanted) {
        const Rows key = wanted;
        std::optional<Rows> chosen;
        first_ = nullptr;  // several jobs go on
        for (const auto& job : open_) {
            if (!job->more() || !job->rows().same(key)) continue;
            if (chosen && !chosen->empty && !job->rows().empty) fail_twice(job->rows(), *chosen);
            if (!chosen || chosen->empty) chosen = job->rows();
            job->advance();
        }
        return *chosen;
    }
    // Of `--by N`: a row that begins where the last one ended begins at a multiple of N.
    void require_whole_step(const Rows& rows) {
        const bool goes_on = last_.contig == rows.contig && last_.end == rows.begin;
        if (step_ > 0 && goes_on && rows.begin % step_ != 0) {
            throw input_error(
                fmt::format("{}: {}:{} is inside a step of {} bases, of which {} "
                            "has the first",
                            rows.place, rows.contig, rows.begin + 1, step_, last_.place),
                "regions of jobs with --by N end at multiples of N");
        }
        last_ = rows;
    }
    // Joins the row to what is covered: rows of a BED do not overlap.
    void cover(const Rows& rows) {
        if (covered_.empty() || covered_.back().contig != rows.contig ||
            covered_.back().end < rows.begin) {
            covered_.push_back({rows.contig, rows.begin, rows.end});
        } else if (rows.begin < covered_.back().end) {
            fail_twice(rows, last_);
        } else {
            covered_.back().end = rows.end;
        }
        last_ = rows;
    }
    [[noreturn]] static void fail_twice(const Rows& rows, const Rows& other) {
        throw input_error(fmt::format("{}: {}:{}-{} overlaps {}:{}-{} of {}", rows.place,
                                      rows.contig, rows.begin + 1, rows.end, other.contig,
                                      other.begin + 1, other.end, other.place),
                          "is a job given twice, or do regions of two jobs overlap?");
    }

    JoinRequest request_;
    JobKind kind_;
    hts::TextWriter file_;
    std::int64_t step_;  // of `--by N`; 0: of a BED, or not said
    // A job's file is open from its first row to its last, so that thousands of jobs are joined.
    struct Waiting {
        std::string path;
        Rows first_row;
    };
    std::vector<Waiting> waiting_;  // the first one last
    std::vector<std::unique_ptr<RowReader>> open_;
    RowReader *first_ = nullptr, *second_ = nullptr;
    std::vector<Coverage::Named> covered_;
    Rows last_;
};

}  // namespace

std::unique_ptr<JoinedFile> join_rows(const JoinRequest& request, JobKind kind) {
    return std::make_unique<JoinedRows>(request, kind);
}

}  // namespace dna_hnet::tasks
