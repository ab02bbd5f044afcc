#pragma once
// Errors of the whole toolkit. Library code throws Error where a C call fails or an input is bad;
// it neither prints nor exits. A message has place, got, expected: `regions.bed:17: end 90 is
// before begin 100`. `hint` is a second line that says what to do.
//
//   throw input_error(fmt::format("{}:{}: end {} is before begin {}", path, line, end, begin));
#include <stdexcept>
#include <string>

namespace dna_hnet {

// The value is the exit code of the program.
enum class ErrorKind {
    run_failed = 1,  // writing or running failed: full disk, output not writable, non-finite loss
    usage = 2,       // the command line or configuration is wrong
    bad_input = 3,   // an input is missing, unreadable or refused
};

class Error : public std::runtime_error {
  public:
    Error(ErrorKind kind, const std::string& message, std::string hint = {})
        : std::runtime_error(message), kind_(kind), hint_(std::move(hint)) {}
    ErrorKind kind() const { return kind_; }
    const std::string& hint() const { return hint_; }

  private:
    ErrorKind kind_;
    std::string hint_;
};

inline Error run_error(const std::string& message, std::string hint = {}) {
    return Error(ErrorKind::run_failed, message, std::move(hint));
}
inline Error usage_error(const std::string& message, std::string hint = {}) {
    return Error(ErrorKind::usage, message, std::move(hint));
}
inline Error input_error(const std::string& message, std::string hint = {}) {
    return Error(ErrorKind::bad_input, message, std::move(hint));
}

// "No such file or directory" and the like, for the current errno.
std::string errno_text();

}  // namespace dna_hnet
