#include "hts/bgzf_text.hpp"

#include "core/signals.hpp"
#include "hts/handles.hpp"

namespace dna_hnet::hts {

void for_each_line(const std::string& path, const std::function<void(std::string_view)>& line) {
    LineReader reader(path);
    std::string_view text;
    while (reader.next(text)) {
        throw_if_stopped();
        line(text);
    }
}

struct TextReader::Impl {
    explicit Impl(const std::string& path) : reader(path) {}
    LineReader reader;
};

TextReader::TextReader(const std::string& path) : impl_(std::make_unique<Impl>(path)) {}
TextReader::~TextReader() = default;
TextReader::TextReader(TextReader&&) noexcept = default;
bool TextReader::next(std::string_view& line) {
    throw_if_stopped();
    return impl_->reader.next(line);
}

std::vector<genome::BedRecord> read_bed(const std::string& path) {
    genome::BedParser parser(path);
    std::vector<genome::BedRecord> records;
    genome::BedRecord record;
    for_each_line(path, [&](std::string_view line) {
        if (parser.parse_line(line, record)) records.push_back(std::move(record));
    });
    return records;
}

std::vector<genome::Interval> read_bed_intervals(const std::string& path,
                                                 const genome::Reference& reference) {
    const genome::ContigTable contigs(reference);
    genome::BedParser parser(path);
    std::vector<genome::Interval> intervals;
    genome::BedRecord record;
    for_each_line(path, [&](std::string_view line) {
        if (parser.parse_line(line, record)) {
            intervals.push_back(genome::resolve(record, contigs, path));
        }
    });
    return intervals;
}

}  // namespace dna_hnet::hts
