#include "tasks/parts_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/version.hpp"
#include "genome/segments.hpp"
#include "tasks/settings.hpp"

namespace dna_hnet::tasks {

using genome::Interval;

namespace {

// Where the file system knows no locks there is none.
std::shared_ptr<const void> lock_of(const std::filesystem::path& folder) {
    const int file = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
        throw run_error(
            fmt::format("{}: cannot write: {}", (folder / "lock").string(), errno_text()));
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        ::close(file);
        throw run_error(fmt::format("--resume: another run works in {}", folder.string()));
    }
    return {nullptr, [file](const void*) { ::close(file); }};
}

}  // namespace

PartsFolder::PartsFolder(std::filesystem::path folder, const std::string& signature)
    : folder_(std::move(folder)) {
    const auto described = path("signature.txt");
    std::error_code failed;
    std::filesystem::create_directory(folder_, failed);
    if (failed) {
        throw run_error(
            fmt::format("{}: cannot make the folder: {}", folder_.string(), failed.message()));
    }
    const std::string made_by = fmt::format("version={}\n{}", version(), signature);
    if (!std::filesystem::exists(described)) {
        const auto entries = std::filesystem::directory_iterator(folder_);
        if (std::any_of(begin(entries), end(entries), [](const auto& entry) {
                return entry.path().filename().string().find(".tmp.") == std::string::npos;
            })) {
            throw usage_error(
                fmt::format("--resume: {} is a folder of something else", folder_.string()),
                "choose another output, or move the folder away");
        }
        write_file_atomically(described, made_by);
    } else if (read_file(described) != made_by) {
        throw usage_error(
            fmt::format("--resume: {} was made with another version, model, genome or options",
                        folder_.string()),
            "remove the folder to begin anew");
    }
    lock_ = lock_of(folder_);
}

void PartsFolder::remove() {
    lock_.reset();
    std::error_code failed;
    std::filesystem::remove_all(folder_, failed);
    if (failed) {
        log_warning(fmt::format("{}: cannot remove it: {}", folder_.string(), failed.message()));
    }
}

std::string signature_of(const std::string& name, const std::vector<Interval>& intervals) {
    return fmt::format("{}={}\n", name, digest_of(intervals));
}

std::string signature_of(const std::vector<genome::Strand>& strands) {
    std::string text = "strands=";
    for (const genome::Strand strand : strands) {
        text += strand == genome::Strand::forward ? '+' : '-';
    }
    return text + "\n";
}

namespace {

// Contigs that follow each other go together while they hold less than this share of all bases:
// each part costs files, and each of its tracks lists all contigs. Neighbouring parts hold more
// than the share, so there are at most twice as many.
constexpr std::int64_t kPartsOfGenome = 256;

std::vector<std::vector<Interval>> groups_of(genome::Reference& reference,
                                             const std::optional<std::vector<Interval>>& regions) {
    std::map<std::string, std::vector<Interval>> by_name;
    for (std::size_t c = 0; c < reference.contigs().size() && !regions; ++c) {
        const genome::Contig& contig = reference.contigs()[c];
        by_name[contig.name] = {{static_cast<std::int64_t>(c), 0, contig.length}};
    }
    if (regions) {
        for (const Interval& region : genome::merged(*regions)) {
            by_name[reference.contigs()[static_cast<std::size_t>(region.contig)].name].push_back(
                region);
        }
    }
    std::int64_t all = 0;
    for (const auto& [name, group] : by_name) all += genome::total_length(group);
    std::vector<std::vector<Interval>> groups;
    std::vector<Interval> gaps;
    std::int64_t last = all;  // bases in the last group
    for (const auto& [name, group] : by_name) {
        const auto segments = genome::find_segments(reference, group.front().contig);
        if (genome::intersection(group, segments).empty()) {
            gaps.insert(gaps.end(), group.begin(), group.end());
            continue;
        }
        const std::int64_t own = genome::total_length(group);
        if ((last + own) * kPartsOfGenome > all) {
            groups.emplace_back();
            last = 0;
        }
        groups.back().insert(groups.back().end(), group.begin(), group.end());
        last += own;
    }
    if (groups.empty()) groups.emplace_back();
    groups.front().insert(groups.front().end(), gaps.begin(), gaps.end());
    return groups;
}

// "NAME SIZE" of each file of the part, by name.
std::string files_of(const PartsFolder& parts, const std::string& part) {
    std::vector<std::string> lines;
    for (const auto& entry : std::filesystem::directory_iterator(parts.path(""))) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(part) || name.find(".tmp.") != std::string::npos) continue;
        lines.push_back(fmt::format("{} {}\n", name, entry.file_size()));
    }
    std::sort(lines.begin(), lines.end());
    return fmt::format("{}", fmt::join(lines, ""));
}

bool is_done(const PartsFolder& parts, const std::string& part, const std::string& contigs) {
    const auto done = parts.path("done-" + part);
    if (!std::filesystem::exists(done)) return false;
    if (read_file(done) == files_of(parts, part)) {
        log_info(contigs + ": done before");
        return true;
    }
    log_warning(fmt::format("{}: files of {} have changed since: done again", contigs, part));
    return false;
}

}  // namespace

std::vector<std::string> work_by_contig(const PartsFolder& parts, genome::Reference& reference,
                                        const std::optional<std::vector<Interval>>& regions,
                                        const ContigWork& work) {
    std::vector<std::string> stems;
    for (const auto& group : groups_of(reference, regions)) {
        const std::string part = fmt::format("part-{:08}", stems.size());
        stems.push_back(parts.path(part).string());
        const auto name = [&](const Interval& region) {
            return reference.contigs()[static_cast<std::size_t>(region.contig)].name;
        };
        const std::string first = name(group.front()), last = name(group.back());
        if (is_done(parts, part, first == last ? first : fmt::format("{} to {}", first, last))) {
            continue;
        }
        work(stems.back(), group);
        write_file_atomically(parts.path("done-" + part), files_of(parts, part));
    }
    return stems;
}

}  // namespace dna_hnet::tasks
