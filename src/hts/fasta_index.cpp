#include "hts/fasta_index.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "core/split.hpp"
#include "genome/alphabet.hpp"
#include "hts/handles.hpp"

namespace dna_hnet::hts {
namespace {

bool parse_length(std::string_view text, std::int64_t& length) {
    const auto [rest, status] = std::from_chars(text.data(), text.data() + text.size(), length);
    return status == std::errc() && rest == text.data() + text.size() && length >= 0;
}

// A row of X.fai. htslib divides by the bases of a line without looking.
bool parse_fai_row(std::string_view line, genome::Contig& contig) {
    const std::vector<std::string_view> fields = split(line, '\t');
    std::int64_t offset = 0, line_bases = 0, line_width = 0;
    if (fields.size() != 5 || fields[0].empty() || !parse_length(fields[1], contig.length) ||
        !parse_length(fields[2], offset) || !parse_length(fields[3], line_bases) ||
        !parse_length(fields[4], line_width)) {
        return false;
    }
    contig.name = fields[0];
    return contig.length == 0 || (line_bases > 0 && line_width >= line_bases);
}

// One pass over a FASTA that is about to be indexed.
class FastaCheck {
  public:
    explicit FastaCheck(const std::string& path) : path_(path) {}

    void read() {
        LineReader reader(path_);
        std::string_view line;
        while (reader.next(line)) {
            ++line_;
            if (!line.empty() && line[0] == '>') {
                start_record(line.substr(1));
            } else {
                sequence_line(line);
            }
        }
        if (names_.empty()) throw input_error(fmt::format("{}: empty: no FASTA record", path_));
        end_record();
    }

  private:
    [[noreturn]] void fail(const std::string& problem) const {
        throw input_error(fmt::format("{}:{}: {}", path_, line_, problem));
    }

    void end_record() const {
        if (!names_.empty() && length_ == 0) {
            throw input_error(fmt::format("{}:{}: '{}' has no bases", path_, name_line_, name_));
        }
    }

    void start_record(std::string_view header) {
        end_record();
        name_line_ = line_;
        name_ = header.substr(0, std::min(header.find_first_of(" \t\v\f"), header.size()));
        if (name_.empty()) fail("a record without a name, expected '>NAME'");
        if (!names_.insert(name_).second) fail(fmt::format("the name '{}' stands twice", name_));
        length_ = width_ = 0;
        last_line_ = false;
    }

    void sequence_line(std::string_view line) {
        if (names_.empty()) {
            if (line.empty()) return;
            fail(fmt::format("begins with '{}', expected '>' of a FASTA record",
                             printable(line[0])));
        }
        if (last_line_ && !line.empty()) {
            fail(fmt::format(
                "'{}' goes on after a line that is shorter than its first ({} bases): an index "
                "needs lines of one length",
                name_, width_));
        }
        const auto size = static_cast<std::int64_t>(line.size());
        if (width_ == 0 && !line.empty()) width_ = size;
        if (size > width_)
            fail(fmt::format("'{}' has a line of {} bases after lines of {}", name_, size, width_));
        if (size < width_ || line.empty()) last_line_ = true;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (genome::encode_base(line[i]) == genome::kInvalidBase) {
                fail_at_byte(path_, name_, length_ + static_cast<std::int64_t>(i) + 1, line[i]);
            }
        }
        length_ += size;
    }

    static std::string printable(char byte) {
        return byte >= ' ' && byte <= '~'
                   ? std::string(1, byte)
                   : fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }

    const std::string& path_;
    std::int64_t line_ = 0, name_line_ = 0, length_ = 0, width_ = 0;
    bool last_line_ = false;
    std::string name_;
    std::unordered_set<std::string> names_;
};

std::string rebuild_hint(const std::string& path) {
    return fmt::format("where the folder can be written, run: samtools faidx {}", path);
}

void build_index(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
        throw input_error(
            fmt::format("{}: no index beside it, and its folder cannot be written: {}", path,
                        errno_text()),
            rebuild_hint(path));
    }
    FastaCheck(path).read();
    try {
        AtomicPath fai(path + ".fai"), gzi(path + ".gzi");
        errno = 0;
        if (fai_build3(path.c_str(), fai.temporary().c_str(), gzi.temporary().c_str()) != 0) {
            throw input_error(
                fmt::format("{}: cannot build its index: {}", path,
                            errno != 0 ? errno_text()
                                       : "line ends differ (LF and CRLF) or blanks inside lines"),
                rebuild_hint(path));
        }
        // The .fai last: with it there, nobody looks for a missing .gzi of a file that is not
        // compressed.
        if (std::filesystem::exists(gzi.temporary())) gzi.commit();
        fai.commit();
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::bad_input) throw;
        throw input_error(error.what(), rebuild_hint(path));
    }
}

std::string dict_path(const std::string& path) {
    std::filesystem::path name = path;
    if (name.extension() == ".gz") name.replace_extension();
    return name.replace_extension(".dict").string();
}

// M5 of every @SQ line, by name; only where LN agrees is it the sequence that we have.
void add_md5s(const std::string& dict, std::vector<genome::Contig>& contigs) {
    std::unordered_map<std::string, std::pair<std::int64_t, std::string>> known;
    LineReader reader(dict);
    std::string_view line;
    while (reader.next(line)) {
        if (line.substr(0, 4) != "@SQ\t") continue;
        std::string name, md5;
        std::int64_t length = -1;
        for (const std::string_view field : split(line, '\t')) {
            if (field.substr(0, 3) == "SN:") name = field.substr(3);
            if (field.substr(0, 3) == "M5:") md5 = field.substr(3);
            if (field.substr(0, 3) == "LN:" && !parse_length(field.substr(3), length)) length = -1;
        }
        std::transform(md5.begin(), md5.end(), md5.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (md5.size() == 32 && md5.find_first_not_of("0123456789abcdef") == std::string::npos) {
            known[name] = {length, md5};
        }
    }
    for (genome::Contig& contig : contigs) {
        const auto found = known.find(contig.name);
        if (found != known.end() && found->second.first == contig.length)
            contig.md5 = found->second.second;
    }
}

}  // namespace

void fail_at_byte(const std::string& path, const std::string& contig, std::int64_t position,
                  char byte) {
    const auto code = static_cast<unsigned char>(byte);
    const std::string shown = byte >= ' ' && byte <= '~' ? fmt::format("'{}' ", byte) : "";
    throw input_error(fmt::format("{}: {}:{}: byte {}(0x{:02x}) is no IUPAC nucleotide code", path,
                                  contig, position, shown, code));
}

void require_fasta_index(const std::string& path) {
    bool bgzip = false;
    {
        if (path == "-") throw input_error("-: a reference cannot be read from stdin");
        const LineReader reader(path);
        if (reader.compression() == Compression::gzip) {
            const std::string plain =
                path.size() > 3 && path.ends_with(".gz") ? path.substr(0, path.size() - 3) : path;
            throw input_error(
                fmt::format("{}: plain gzip, expected bgzip or no compression", path),
                fmt::format("recompress with: gunzip -c {} | bgzip > {}.bgz.gz", path, plain));
        }
        bgzip = reader.compression() == Compression::bgzip;
    }
    if (!std::filesystem::exists(path + ".fai") ||
        (bgzip && !std::filesystem::exists(path + ".gzi"))) {
        build_index(path);
    }
}

std::vector<genome::Contig> read_fasta_index(const std::string& path) {
    const std::string fai = path + ".fai";
    std::vector<genome::Contig> contigs;
    LineReader reader(fai);
    std::string_view line;
    while (reader.next(line)) {
        genome::Contig contig;
        if (!parse_fai_row(line, contig)) {
            throw input_error(
                fmt::format("{}:{}: expected name, length, offset, line bases, line width", fai,
                            contigs.size() + 1),
                rebuild_hint(path));
        }
        contigs.push_back(std::move(contig));
    }
    if (contigs.empty()) throw input_error(fmt::format("{}: empty: no FASTA record", path));
    const std::string dict = dict_path(path);
    if (std::filesystem::exists(dict)) add_md5s(dict, contigs);
    return contigs;
}

}  // namespace dna_hnet::hts
