#!/usr/bin/env python3
"""Checks the budget of sizes and the list of top-level entries.

    python3 .ci/check_sizes.py [ROOT]

Header at most 150 lines, source 300, file of apps/ 150, function 60 (from its signature to its closing brace). A file that
wants more is two things. Functions are found by a scan of braces, with comments, strings and preprocessor lines blanked.
Prints one line per offence and exits 1 when there is any.
"""
import re
import subprocess
import sys
from pathlib import Path

HEADER, SOURCE, APP, FUNCTION = 150, 300, 150, 60
TOP_LEVEL = set(
    "CMakeLists.txt CMakePresets.json README.md LICENSE CHANGELOG.md CONTRIBUTING.md CITATION.cff .clang-format .clang-tidy"
    " .gitignore .gitattributes .ci apps cmake data docs kernels pipelines src tests".split()
)
BLANKED = re.compile(
    r'R"(?P<tag>[^()\\ ]{0,16})\(.*?\)(?P=tag)"'  # raw string
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'"  # character, but not the ' of 1'000
    r"|//[^\n]*|/\*.*?\*/"
    r"|^[ \t]*#(?:[^\n\\]|\\\n|\\.)*",  # preprocessor line with its continuations
    re.S | re.M,
)
NO_FUNCTION = re.compile(r"\b(namespace|class|struct|union|enum)\b|^\s*extern\s*$")
TEMPLATE_PARAMETER = re.compile(r"([<,]\s*)(class|typename)\b")
CONSTRUCTOR_LIST = re.compile(r"\)\s*(noexcept\s*(\([^)]*\))?\s*)?:(?!:)")


def blank(match):
    return "\n" * match[0].count("\n")


def is_initializer(head):
    """Whether a brace after `head` starts an initializer (`a_{1}` of a constructor's list) and not a body."""
    return bool(CONSTRUCTOR_LIST.search(head)) and not head.rstrip().endswith((")", "}"))


def skip_braces(text, start):
    """The position of the brace that closes the one at `start`."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return len(text) - 1


def functions(text):
    """(name, first line, number of lines) of every function body outside other functions."""
    text = BLANKED.sub(blank, text)
    head_start, parentheses, position = 0, 0, 0
    while position < len(text):
        letter = text[position]
        if letter in "()":
            parentheses += 1 if letter == "(" else -1
        elif letter == "{":
            head = text[head_start:position]
            close = skip_braces(text, position)
            signature = TEMPLATE_PARAMETER.sub(r"\1", head).split("(")[0]
            if parentheses or is_initializer(head):
                position = close
            elif "(" in head and not NO_FUNCTION.search(signature):
                start = position - len(head.lstrip())
                first = text.count("\n", 0, start) + 1
                yield "".join(signature.split()[-1:]), first, text.count("\n", start, close) + 1
                position = close
                head_start = close + 1
            elif NO_FUNCTION.search(signature):
                head_start = position + 1
            else:
                position = close  # the braces of a variable
        elif letter in ";}" and not parentheses:
            head_start = position + 1
        position += 1


def limit_of(path):
    if path.parts[0] == "apps":
        return APP
    return HEADER if path.suffix in (".hpp", ".cuh") else SOURCE


def check_file(root, path):
    text = (root / path).read_text()
    lines, limit = len(text.splitlines()), limit_of(path)
    if lines > limit:
        yield f"{path}: {lines} lines, the budget is {limit}"
    for name, first, length in functions(text):
        if length > FUNCTION:
            yield f"{path}:{first}: function {name} has {length} lines, the budget is {FUNCTION}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, check=True, capture_output=True
    )
    paths = [Path(name) for name in listed.stdout.decode().split("\0") if name and (root / name).is_file()]
    offences = [f"{top}: not in the list of top-level entries" for top in sorted({p.parts[0] for p in paths} - TOP_LEVEL)]
    sources = [path for path in paths if path.suffix in (".hpp", ".cpp", ".cu", ".cuh")]
    for path in sorted(sources):
        offences += check_file(root, path)
    print("\n".join(offences + [f"sizes: {len(sources)} files, {len(offences)} offences"]))
    sys.exit(1 if offences else 0)


if __name__ == "__main__":
    main()
