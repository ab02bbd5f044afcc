#include "tracks/disk_space.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace dna_hnet::tracks {

int reserve_space(int descriptor, std::int64_t size) {
    rlimit limit{};
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        static_cast<rlim_t>(size) > limit.rlim_cur) {
        return EFBIG;
    }
    int status = 0;
    do {
        status = fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, size);
    } while (status != 0 && errno == EINTR);
    if (status == 0) return 0;
    return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? errno : 0;
}

void release_space(const std::filesystem::path& path, std::int64_t size) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && status.st_size < size) {
        // Where this is not possible, the blocks stay reserved, which costs space and nothing else.
        static_cast<void>(fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                    status.st_size, size - status.st_size));
    }
    close(descriptor);
}

}  // namespace dna_hnet::tracks
