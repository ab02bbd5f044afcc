#include "genome/genome_cache.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "core/atomic_file.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/json_reader.hpp"
#include "core/signals.hpp"

namespace dna_hnet::genome {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the file is little-endian and mapped as it is");

constexpr std::string_view kMagic = "DNAHNETG";
constexpr std::uint32_t kVersion = 1;
constexpr std::int64_t kAlignment = 4096, kFixedHeader = 24, kBlock = 4 << 20;

std::int64_t first_base_at(std::int64_t header_length) {
    return (kFixedHeader + header_length + kAlignment - 1) / kAlignment * kAlignment;
}

template <class T>
T number_at(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

// A base other than 0..4 with or without the soft-mask bit.
bool is_broken(Base base) {
    return (base & ~kSoftMasked) > kN;
}

template <class Action>
void for_each_block(Reference& reference, std::int64_t contig, Action action) {
    const std::int64_t length = reference.contigs()[static_cast<std::size_t>(contig)].length;
    std::vector<Base> block(static_cast<std::size_t>(std::min(kBlock, length)));
    for (std::int64_t begin = 0; begin < length; begin += kBlock) {
        throw_if_stopped();
        const std::int64_t end = std::min(begin + kBlock, length);
        reference.fetch_into({contig, begin, end}, block.data());
        action(block.data(), static_cast<std::size_t>(end - begin));
    }
}

std::string contig_md5(Reference& reference, std::int64_t contig, Digest& all_bases) {
    Digest md5(Digest::Kind::md5);
    std::string letters;
    for_each_block(reference, contig, [&](const Base* bases, std::size_t count) {
        all_bases.update(bases, count);
        letters.resize(count);
        std::transform(bases, bases + count, letters.begin(),
                       [](Base base) { return decode_base(base_code(base)); });
        md5.update(letters.data(), count);
    });
    return md5.hex();
}

}  // namespace

struct GenomeCache::Mapping {
    std::string path, sha256;
    std::vector<Contig> contigs;
    std::vector<std::int64_t> offsets;
    std::int64_t total = 0;
    const char* bytes = nullptr;  // the whole file
    std::int64_t size = 0;
    const Base* bases = nullptr;

    explicit Mapping(const std::string& file) : path(file) {}
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        if (bytes) munmap(const_cast<char*>(bytes), static_cast<std::size_t>(size));
    }

    [[noreturn]] void fail(const std::string& problem) const {
        throw input_error(fmt::format("{}: not a whole genome cache: {}", path, problem),
                          "write it again: dna-hnet cache -f REF.fa.gz -o X.dhg");
    }

    void map() {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            throw input_error(fmt::format("{}: cannot open: {}", path, errno_text()));
        struct stat status {};
        if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
            ::close(descriptor);
            throw input_error(fmt::format("{}: cannot open: not a file", path));
        }
        size = status.st_size;
        void* address = size == 0 ? nullptr
                                  : mmap(nullptr, static_cast<std::size_t>(size), PROT_READ,
                                         MAP_PRIVATE, descriptor, 0);
        const std::string problem = errno_text();
        ::close(descriptor);
        if (size < kFixedHeader) {
            if (address && address != MAP_FAILED) munmap(address, static_cast<std::size_t>(size));
            fail(fmt::format("{} bytes, expected at least {}", size, kFixedHeader));
        }
        if (address == MAP_FAILED)
            throw input_error(fmt::format("{}: cannot map: {}", path, problem));
        bytes = static_cast<const char*>(address);
    }

    void read_header() {
        if (std::string_view(bytes, kMagic.size()) != kMagic)
            fail("it does not begin with DNAHNETG");
        const auto version = number_at<std::uint32_t>(bytes + 8),
                   reserved = number_at<std::uint32_t>(bytes + 12);
        if (version != kVersion) fail(fmt::format("version {}, expected {}", version, kVersion));
        if (reserved != 0) fail(fmt::format("reserved field {}, expected 0", reserved));
        const auto length = number_at<std::uint64_t>(bytes + 16);
        if (length > static_cast<std::uint64_t>(size - kFixedHeader)) {
            fail(fmt::format("a header of {} bytes in a file of {}", length, size));
        }
        const std::string place = path + ": header";
        JsonReader header(parse_json(std::string_view(bytes + kFixedHeader, length), place), place);
        header.get<std::string>("source");
        sha256 = header.get<std::string>("sha256");
        read_contigs(header.raw("contigs"), place);
        header.finish();
        const std::int64_t begin = first_base_at(static_cast<std::int64_t>(length));
        if (size < begin || size - begin != total) {
            fail(fmt::format("{} bytes of bases, expected {}", size - begin, total));
        }
        bases = reinterpret_cast<const Base*>(bytes + begin);
    }

    void read_contigs(const nlohmann::json& list, const std::string& place) {
        if (!list.is_array()) fail("contigs is no list");
        std::set<std::string> names;
        for (std::size_t i = 0; i < list.size(); ++i) {
            JsonReader row(list[i], fmt::format("{}: contigs[{}]", place, i));
            const Contig contig{row.get<std::string>("name"), row.get<std::int64_t>("length"),
                                row.get<std::string>("md5")};
            const auto offset = row.get<std::int64_t>("offset");
            row.finish();
            if (!names.insert(contig.name).second)
                fail(fmt::format("contig '{}' stands twice", contig.name));
            if (contig.length < 0 || offset != total || contig.length > size - total) {
                fail(
                    fmt::format("contig '{}' at offset {} with {} bases, expected offset {} in a "
                                "file of {} bytes",
                                contig.name, offset, contig.length, total, size));
            }
            total += contig.length;
            contigs.push_back(contig);
            offsets.push_back(offset);
        }
    }
};

GenomeCache::GenomeCache(std::shared_ptr<const Mapping> mapping) : mapping_(std::move(mapping)) {}

std::unique_ptr<GenomeCache> GenomeCache::open(const std::string& path) {
    auto mapping = std::make_shared<Mapping>(path);
    mapping->map();
    mapping->read_header();
    return std::unique_ptr<GenomeCache>(new GenomeCache(std::move(mapping)));
}

void GenomeCache::write(Reference& reference, const std::filesystem::path& target) {
    AtomicFile file(target);  // first, so that an unwritable folder is known before the work
    nlohmann::json header;
    header["contigs"] = nlohmann::json::array();
    header["source"] = reference.path();
    Digest all_bases(Digest::Kind::sha256);
    const auto count = static_cast<std::int64_t>(reference.contigs().size());
    std::int64_t offset = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        const Contig& contig = reference.contigs()[static_cast<std::size_t>(i)];
        header["contigs"].push_back({{"name", contig.name},
                                     {"length", contig.length},
                                     {"md5", contig_md5(reference, i, all_bases)},
                                     {"offset", offset}});
        offset += contig.length;
    }
    const std::string digest = all_bases.hex();
    header["sha256"] = digest;
    const std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);

    file.write(kMagic);
    const std::uint32_t words[2] = {kVersion, 0};
    file.write(words, sizeof words);
    const std::uint64_t length = text.size();
    file.write(&length, sizeof length);
    file.write(text);
    const auto written = kFixedHeader + static_cast<std::int64_t>(length);
    file.write(std::string(
        static_cast<std::size_t>(first_base_at(written - kFixedHeader) - written), '\0'));
    Digest again(Digest::Kind::sha256);
    for (std::int64_t i = 0; i < count; ++i) {
        for_each_block(reference, i, [&](const Base* bases, std::size_t size) {
            again.update(bases, size);
            file.write(bases, size);
        });
    }
    if (again.hex() != digest) {
        throw run_error(
            fmt::format("{}: {} changed while it was read", target.string(), reference.path()));
    }
    file.commit();
}

const std::vector<Contig>& GenomeCache::contigs() const {
    return mapping_->contigs;
}
const std::string& GenomeCache::path() const {
    return mapping_->path;
}

void GenomeCache::fetch_into(const Interval& interval, Base* out) {
    check_interval(*this, interval);
    if (interval.length() == 0) return;
    const Base* const first = mapping_->bases +
                              mapping_->offsets[static_cast<std::size_t>(interval.contig)] +
                              interval.begin;
    std::memcpy(out, first, static_cast<std::size_t>(interval.length()));
    bool broken = false;
    for (std::int64_t i = 0; i < interval.length(); ++i) broken |= is_broken(out[i]);
    if (!broken) return;
    const std::int64_t at = std::find_if(out, out + interval.length(), is_broken) - out;
    mapping_->fail(fmt::format("byte {} at {}:{} is no base", out[at],
                               contigs()[static_cast<std::size_t>(interval.contig)].name,
                               interval.begin + at + 1));
}

std::unique_ptr<Reference> GenomeCache::clone() const {
    return std::unique_ptr<Reference>(new GenomeCache(mapping_));
}

void GenomeCache::verify() const {
    Digest digest(Digest::Kind::sha256);
    digest.update(mapping_->bases, static_cast<std::size_t>(mapping_->total));
    const std::string found = digest.hex();
    if (found != mapping_->sha256) {
        mapping_->fail(
            fmt::format("sha256 of the bases is {}, expected {}", found, mapping_->sha256));
    }
}

}  // namespace dna_hnet::genome
