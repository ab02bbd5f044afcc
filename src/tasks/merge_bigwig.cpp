#include <fmt/format.h>

#include <algorithm>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/signals.hpp"
#include "tasks/merge_files.hpp"
#include "tracks/bigwig.hpp"
#include "tracks/bigwig_reader.hpp"

namespace dna_hnet::tasks {
namespace {

class JoinedBigWig : public JoinedFile {
  public:
    explicit JoinedBigWig(const JoinRequest& request) : request_(request) {
        for (const std::string& path : request_.paths) {
            jobs_.push_back({path, tracks::BigWigReader(path), {}, true});
            if (!same_contigs(jobs_.back().reader.contigs(), jobs_.front().reader.contigs())) {
                throw input_error(
                    fmt::format("{}: has other contigs than {}", path, request_.paths.front()));
            }
        }
        writer_ =
            std::make_unique<tracks::BigWigWriter>(request_.target, jobs_.front().reader.contigs());
    }

    void join() override {
        for (Job& job : jobs_) job.more = job.reader.next(job.run);
        const Job* last = nullptr;
        std::int64_t contig = -1, end = 0;
        for (;;) {
            throw_if_stopped();
            Job* next = nullptr;
            for (Job& job : jobs_) {
                if (job.more && (!next || place(job) < place(*next))) next = &job;
            }
            if (!next) return;
            const auto& run = next->run;
            if (run.contig == contig && run.begin < end) {
                throw input_error(fmt::format("{}: {} has a value in {} already", next->path,
                                              place_text(*next), last->path),
                                  "is a job given twice, or do regions of two jobs overlap?");
            }
            writer_->add(run.contig, run.begin, run.values);
            contig = run.contig;
            end = run.end();
            last = next;
            next->more = next->reader.next(next->run);
        }
    }

    void close() override {
        writer_->close();
        if (request_.provenance.enabled) {
            write_file_atomically(request_.target + ".json", request_.provenance.json());
        }
    }

  private:
    struct Job {
        std::string path;
        tracks::BigWigReader reader;
        tracks::BigWigReader::Run run;
        bool more;
    };
    static std::pair<std::int64_t, std::int64_t> place(const Job& job) {
        return {job.run.contig, job.run.begin};
    }
    static std::string place_text(const Job& job) {
        const auto contig = static_cast<std::size_t>(job.run.contig);
        return fmt::format("{}:{}", job.reader.contigs()[contig].name, job.run.begin + 1);
    }
    static bool same_contigs(const std::vector<genome::Contig>& a,
                             const std::vector<genome::Contig>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
            return x.name == y.name && x.length == y.length;
        });
    }

    JoinRequest request_;
    std::vector<Job> jobs_;
    std::unique_ptr<tracks::BigWigWriter> writer_;
};

}  // namespace

std::unique_ptr<JoinedFile> join_bigwigs(const JoinRequest& request) {
    return std::make_unique<JoinedBigWig>(request);
}

}  // namespace dna_hnet::tasks
