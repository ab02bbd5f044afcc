#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"
#include "core/signals.hpp"
#include "tasks/merge_files.hpp"
#include "tasks/settings.hpp"
#include "tracks/bigbed_reader.hpp"
#include "tracks/bigwig.hpp"
#include "tracks/bigwig_reader.hpp"

namespace dna_hnet::tasks {
namespace {

struct BigWigKind {
    using Reader = tracks::BigWigReader;
    using Item = Reader::Run;
    using Writer = tracks::BigWigWriter;
    static std::int64_t end(const Item& run) { return run.end(); }
    static void add(Writer& writer, const Item& run) {
        writer.add(run.contig, run.begin, run.values);
    }
    static std::unique_ptr<Writer> open(const JoinRequest& request, const Reader& first) {
        return std::make_unique<Writer>(request.target, first.contigs(), request.outputs);
    }
    static bool same_columns(const Reader&, const Reader&) { return true; }
};

struct BigBedKind {
    using Reader = tracks::BigBedReader;
    using Item = Reader::Row;
    using Writer = tracks::BigBedWriter;
    static std::int64_t end(const Item& row) { return row.end; }
    static void add(Writer& writer, const Item& row) {
        writer.add(row.contig, row.begin, row.end, row.rest);
    }
    static std::unique_ptr<Writer> open(const JoinRequest& request, const Reader& first) {
        return std::make_unique<Writer>(request.target, first.contigs(), first.fields(),
                                        request.outputs);
    }
    static bool same_columns(const Reader& a, const Reader& b) {
        return a.fields().auto_sql == b.fields().auto_sql && a.fields().count == b.fields().count;
    }
};

bool same_contigs(const std::vector<genome::Contig>& a, const std::vector<genome::Contig>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.name == y.name && x.length == y.length;
    });
}

std::vector<genome::Contig> by_name(std::vector<genome::Contig> contigs) {
    std::sort(contigs.begin(), contigs.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return contigs;
}

// Tracks of jobs that have read different bases: one track, ascending. A job's file is open from
// its first item to its last, so that thousands of jobs are joined.
template <class Kind>
class JoinedTrack : public JoinedFile {
  public:
    explicit JoinedTrack(const JoinRequest& request) : request_(request) {
        const typename Kind::Reader first(request_.paths.front());
        contigs_ = first.contigs();
        if (request_.coverage &&
            !same_contigs(by_name(contigs_), by_name(request_.coverage->contigs()))) {
            throw input_error(
                fmt::format("{}: has other contigs than the reference", request_.paths.front()));
        }
        for (const std::string& path : request_.paths) {
            typename Kind::Reader reader(path);
            if (!same_contigs(reader.contigs(), contigs_)) {
                throw input_error(
                    fmt::format("{}: has other contigs than {}", path, request_.paths.front()));
            }
            if (!Kind::same_columns(reader, first)) {
                throw input_error(
                    fmt::format("{}: has other columns than {}", path, request_.paths.front()));
            }
            typename Kind::Item item;
            if (reader.next(item)) jobs_.push_back({path, {item.contig, item.begin}, {}, {}});
        }
        std::sort(jobs_.begin(), jobs_.end(),
                  [](const Job& a, const Job& b) { return a.place < b.place; });
        writer_ = Kind::open(request_, first);
        write_record(request_.target, request_.provenance, request_.outputs);
    }

    void join() override {
        const Job* last = nullptr;
        std::int64_t contig = -1, end = 0;
        while (Job* const next = first()) {
            throw_if_stopped();
            const auto& item = next->item;
            if (item.contig == contig && item.begin < end) {
                throw input_error(fmt::format("{}: {} lies in what {} holds already", next->path,
                                              place_text(next->place), last->path),
                                  "is a job given twice, or do regions of two jobs overlap?");
            }
            Kind::add(*writer_, item);
            contig = item.contig;
            end = Kind::end(item);
            last = next;
            advance(*next);
        }
    }

    void close() override { writer_->close(); }

  private:
    using Place = std::pair<std::int64_t, std::int64_t>;  // contig, base
    struct Job {
        std::string path;
        Place place;  // of its next item
        std::unique_ptr<typename Kind::Reader> reader;
        typename Kind::Item item;
    };
    // The open job whose item comes first; opens what begins no later.
    Job* first() {
        const auto by_place = [](const Job* a, const Job* b) { return a->place < b->place; };
        const auto least = [&] {
            const auto found = std::min_element(open_.begin(), open_.end(), by_place);
            return found == open_.end() ? nullptr : *found;
        };
        Job* next = least();
        while (waiting_ < jobs_.size() && (!next || jobs_[waiting_].place <= next->place)) {
            Job& job = jobs_[waiting_++];
            job.reader = std::make_unique<typename Kind::Reader>(job.path);
            open_.push_back(&job);
            advance(job);
            next = least();
        }
        return next;
    }
    void advance(Job& job) {
        if (job.reader->next(job.item)) {
            job.place = {job.item.contig, job.item.begin};
            return;
        }
        job.reader.reset();
        open_.erase(std::find(open_.begin(), open_.end(), &job));
    }
    std::string place_text(const Place& place) const {
        const auto& contig = contigs_[static_cast<std::size_t>(place.first)];
        return fmt::format("{}:{}", contig.name, place.second + 1);
    }

    JoinRequest request_;
    std::vector<genome::Contig> contigs_;
    std::vector<Job> jobs_;    // by their first items; those without any are left out
    std::size_t waiting_ = 0;  // the first that was not opened
    std::vector<Job*> open_;
    std::unique_ptr<typename Kind::Writer> writer_;
};

}  // namespace

std::unique_ptr<JoinedFile> join_bigwigs(const JoinRequest& request) {
    return std::make_unique<JoinedTrack<BigWigKind>>(request);
}

std::unique_ptr<JoinedFile> join_bigbeds(const JoinRequest& request) {
    return std::make_unique<JoinedTrack<BigBedKind>>(request);
}

}  // namespace dna_hnet::tasks
