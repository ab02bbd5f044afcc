#include <fmt/format.h>

#include <algorithm>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/signals.hpp"
#include "tasks/merge_files.hpp"
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

// Tracks of jobs that have read different bases: one track, ascending.
template <class Kind>
class JoinedTrack : public JoinedFile {
  public:
    explicit JoinedTrack(const JoinRequest& request) : request_(request) {
        for (const std::string& path : request_.paths) {
            jobs_.push_back({path, typename Kind::Reader(path), {}, true});
            const auto &reader = jobs_.back().reader, &first = jobs_.front().reader;
            if (!same_contigs(reader.contigs(), first.contigs())) {
                throw input_error(
                    fmt::format("{}: has other contigs than {}", path, request_.paths.front()));
            }
            if (!Kind::same_columns(reader, first)) {
                throw input_error(
                    fmt::format("{}: has other columns than {}", path, request_.paths.front()));
            }
        }
        writer_ = Kind::open(request_, jobs_.front().reader);
        if (request_.provenance.enabled) {
            write_file_atomically(request_.target + ".json", request_.provenance.json(),
                                  request_.outputs);
        }
    }

    void join() override {
        for (Job& job : jobs_) job.more = job.reader.next(job.item);
        const Job* last = nullptr;
        std::int64_t contig = -1, end = 0;
        for (;;) {
            throw_if_stopped();
            Job* next = nullptr;
            for (Job& job : jobs_) {
                if (job.more && (!next || place(job) < place(*next))) next = &job;
            }
            if (!next) return;
            const auto& item = next->item;
            if (item.contig == contig && item.begin < end) {
                throw input_error(fmt::format("{}: {} lies in what {} holds already", next->path,
                                              place_text(*next), last->path),
                                  "is a job given twice, or do regions of two jobs overlap?");
            }
            Kind::add(*writer_, item);
            contig = item.contig;
            end = Kind::end(item);
            last = next;
            next->more = next->reader.next(next->item);
        }
    }

    void close() override { writer_->close(); }

  private:
    struct Job {
        std::string path;
        typename Kind::Reader reader;
        typename Kind::Item item;
        bool more;
    };
    static std::pair<std::int64_t, std::int64_t> place(const Job& job) {
        return {job.item.contig, job.item.begin};
    }
    static std::string place_text(const Job& job) {
        const auto contig = static_cast<std::size_t>(job.item.contig);
        return fmt::format("{}:{}", job.reader.contigs()[contig].name, job.item.begin + 1);
    }

    JoinRequest request_;
    std::vector<Job> jobs_;
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
