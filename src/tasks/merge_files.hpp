#pragma once
// One joined file of `merge`, by kind. Torch-free.
#include <memory>
#include <string>
#include <vector>

#include "core/atomic_group.hpp"
#include "core/version.hpp"
#include "tasks/merge_inputs.hpp"

namespace dna_hnet::tasks {

// Opened by its maker, so that a target that cannot be written is found before anything is read.
class JoinedFile {
  public:
    virtual ~JoinedFile() = default;
    virtual void join() = 0;   // reads the jobs' files and writes
    virtual void close() = 0;  // the file is whole
};

struct JoinRequest {
    std::vector<std::string> paths;  // of one kind
    std::string target;
    std::string sums;                    // of blocks and counts; or ""
    const Coverage* coverage = nullptr;  // or nothing to check against
    bool whole_contigs = false;          // then chunks must tile the coverage
    Provenance provenance;
    AtomicGroup* outputs = nullptr;  // the files appear with it
};

std::unique_ptr<JoinedFile> join_rows(const JoinRequest& request, JobKind kind);
std::unique_ptr<JoinedFile> join_bigwigs(const JoinRequest& request);
std::unique_ptr<JoinedFile> join_bigbeds(const JoinRequest& request);
std::unique_ptr<JoinedFile> join_sums(const JoinRequest& request, JobKind kind);

}  // namespace dna_hnet::tasks
