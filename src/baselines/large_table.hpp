#pragma once
// A zeroed array of fixed size for random access: aligned to 2 MB and, where the kernel offers
// them, on huge pages, because most of the time of a look-up in a table of 268 MB on small pages
// goes into the page walk. T is trivial. Throws std::bad_alloc.
//
//   LargeTable<std::uint32_t> table(1 << 26);
//   ++table[42];
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

namespace dna_hnet::baselines {

template <class T>
class LargeTable {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

  public:
    LargeTable() = default;
    explicit LargeTable(std::size_t size) : size_(size) {
        constexpr std::size_t kHugePage = std::size_t{2} << 20;
        const std::size_t bytes = size * sizeof(T);
        // A small table stays on small pages: rounding it up would waste most of a huge one.
        const std::size_t alignment = bytes < kHugePage ? 64 : kHugePage;
        const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
        data_.reset(static_cast<T*>(std::aligned_alloc(alignment, rounded)));
        if (!data_) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
        // Advice: a kernel that does not take it gives small pages, which only costs time.
        if (alignment == kHugePage) static_cast<void>(madvise(data_.get(), rounded, MADV_HUGEPAGE));
#endif
        std::memset(static_cast<void*>(data_.get()), 0, rounded);
    }
    std::size_t size() const {
        return size_;
    }
    T* data() {
        return data_.get();
    }
    const T* data() const {
        return data_.get();
    }
    T& operator[](std::size_t i) {
        return data_.get()[i];
    }
    const T& operator[](std::size_t i) const {
        return data_.get()[i];
    }

  private:
    struct Free {
        void operator()(T* memory) const { std::free(memory); }
    };
    std::unique_ptr<T, Free> data_;
    std::size_t size_ = 0;
};

}  // namespace dna_hnet::baselines
