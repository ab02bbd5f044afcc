#include <fmt/format.h>
#include <htslib/hts.h>
#include <htslib/tbx.h>

#include <filesystem>

#include "core/error.hpp"
#include "hts/bgzf_text.hpp"
#include "hts/handles.hpp"

namespace dna_hnet::hts {
namespace {

struct CloseFile {
    void operator()(htsFile* file) const { static_cast<void>(hts_close(file)); }
};
struct DestroyIndex {
    void operator()(tbx_t* index) const { tbx_destroy(index); }
};
struct DestroyIterator {
    void operator()(hts_itr_t* iterator) const { hts_itr_destroy(iterator); }
};
struct Line {
    kstring_t text = KS_INITIALIZE;
    Line() = default;
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { ks_free(&text); }
};

}  // namespace

void for_each_line_in(const std::string& path, const std::string& contig, std::int64_t begin,
                      std::int64_t end, const std::function<void(std::string_view)>& line) {
    { const LineReader checked(path); }  // missing or truncated: says so
    if (!std::filesystem::exists(path + ".tbi") && !std::filesystem::exists(path + ".csi")) {
        throw input_error(fmt::format("{}: no index {}.tbi or {}.csi beside it", path, path, path),
                          fmt::format("tabix -p bed {}", path));
    }
    const std::unique_ptr<htsFile, CloseFile> file(hts_open(path.c_str(), "r"));
    const std::unique_ptr<tbx_t, DestroyIndex> index(
        file ? tbx_index_load3(path.c_str(), nullptr, HTS_IDX_SILENT_FAIL) : nullptr);
    const auto damaged = [&] {
        return input_error(fmt::format("{}: damaged, or its index belongs to another file", path),
                           fmt::format("tabix -f -p bed {}", path));
    };
    if (!index) throw damaged();
    const int number = tbx_name2id(index.get(), contig.c_str());
    if (number < 0) return;
    const std::unique_ptr<hts_itr_t, DestroyIterator> iterator(
        tbx_itr_queryi(index.get(), number, begin, end));
    if (!iterator) throw damaged();
    Line buffer;
    int status = 0;
    while ((status = tbx_itr_next(file.get(), index.get(), iterator.get(), &buffer.text)) >= 0) {
        line({buffer.text.s, buffer.text.l});
    }
    if (status < -1) throw damaged();
}

}  // namespace dna_hnet::hts
