#include "edge.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <new>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/signals.hpp"

namespace dna_hnet::apps {
namespace {

int print_error(const std::string& where, const std::string& message, const std::string& hint,
                int code) {
    std::string text = fmt::format("{}: error: {}\n", where, message);
    if (!hint.empty()) text += fmt::format("hint: {}\n", hint);
    std::fwrite(text.data(), 1, text.size(), stderr);
    return code;
}

// LibTorch's messages carry the C++ stack from the second line on.
std::string first_line(const std::string& text) {
    return log_verbosity() > 0 ? text : text.substr(0, text.find('\n'));
}

}  // namespace

int report_error(const std::string& where, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const Error& e) {
        return print_error(where, e.what(), e.hint(), static_cast<int>(e.kind()));
    } catch (const Stopped& stopped) {
        return print_error(where, stopped.signal == SIGINT ? "interrupted" : "terminated", "",
                           128 + stopped.signal);
    } catch (const std::bad_alloc&) {
        return print_error(where, "out of memory", "", 1);
    } catch (const std::exception& e) {
        return print_error(where, first_line(e.what()), "", 1);
    } catch (...) {
        return print_error(where, "an error of unknown kind", "", 1);
    }
}

void check_standard_output() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout) || close(STDOUT_FILENO) != 0) {
        throw run_error(fmt::format("standard output: cannot write: {}", errno_text()));
    }
}

void print_closing_line(const Program& program, double real_seconds) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    log_info(
        fmt::format("dna-hnet {}; command: {}; real time: {:.3f} s; CPU: {:.3f} s; peak "
                    "memory: {:.3f} GB",
                    version(), program.command_line(), real_seconds,
                    seconds(usage.ru_utime) + seconds(usage.ru_stime),
                    static_cast<double>(usage.ru_maxrss) * 1024 / 1e9));
}

}  // namespace dna_hnet::apps
