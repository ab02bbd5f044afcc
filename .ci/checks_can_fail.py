#!/usr/bin/env python3
"""Shows that the checks of this folder can fail: plants one offence of each kind in a scratch repository and expects its line."""
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LAYERS = "core : : no-torch\ngenome : core : no-torch\nops : : torch\napps : genome : no-torch\n"
LONG_FUNCTION = "int f(int a) {\n" + "    ++a;\n" * 60 + "    return a;\n}\n"

# (what is planted, check, part of the line that it must print; None: the check must pass)
CASES = [
    ({"src/genome/a.hpp": '#pragma once\n#include "core/b.hpp"\n', "src/core/b.hpp": "#pragma once\n"}, "layers", None),
    ({"src/core/a.cpp": '#include "genome/b.hpp"\n', "src/genome/b.hpp": "#pragma once\n"}, "layers",
     "a.cpp:1: layer core may not use genome"),
    ({"src/genome/a.cpp": "#include <ATen/core/Tensor.h>\n"}, "layers", "must not see torch"),
    ({"apps/a.cpp": '#include "genome/b.hpp"\n', "src/genome/b.hpp": '#pragma once\n#include "ops/c.hpp"\n',
      "src/ops/c.hpp": "#pragma once\n#include <torch/types.h>\n"}, "layers", "apps/a.cpp: layer apps must not see torch"),
    ({"src/ops/a.hpp": "#pragma once\n#include <torch/torch.h>\n"}, "layers", "includes torch/torch.h"),
    ({"src/core/a.hpp": "int a;\n"}, "layers", "without #pragma once"),
    ({"src/other/a.cpp": "int a;\n"}, "layers", "has no row"),
    ({"docs/architecture.md": "| `src/core` | a |\n| `apps` | b |\n"}, "layers", "docs/architecture.md: layers ['core', 'apps']"),
    ({"src/core/a.hpp": "//\n" * 151}, "sizes", "151 lines, the budget is 150"),
    ({"src/core/a.cpp": "//\n" * 301}, "sizes", "301 lines, the budget is 300"),
    ({"apps/a.cpp": "//\n" * 151}, "sizes", "151 lines, the budget is 150"),
    ({"src/core/a.cpp": LONG_FUNCTION}, "sizes", "a.cpp:1: function f has 63 lines"),
    ({"src/core/a.cpp": "namespace a {\nstruct B {\n" + LONG_FUNCTION + "};\n}\n"}, "sizes", "a.cpp:3: function f has 63"),
    ({"src/core/a.cpp": "B::B(int a) : a_{a}, b_(a) " + LONG_FUNCTION[12:]}, "sizes", "function B::B has 63 lines"),
    ({"src/core/a.cpp": "template <class T, typename U>\n" + LONG_FUNCTION}, "sizes", "a.cpp:1: function f has 64 lines"),
    ({"src/core/a.cpp": "const char* a = \"{\";  // }\n" + "int b[] = {1};\nint c = d({1}, '{');\n" * 40}, "sizes", None),
    ({"notes.txt": "a\n"}, "sizes", "notes.txt: not in the list"),
    ({"src/core/a.cpp": "// see /" + "home/me/a.fa\n"}, "words", "a.cpp:1:"),
    ({"src/core/a.cpp": "// TO" + "DO: the rest\n"}, "words", "a.cpp:1:"),
    ({"data/a.bin": "a" * (2 * 1024 * 1024 + 1)}, "words", "a.bin: 2097153 bytes"),
    ({"src/core/a.cpp": "// the workshop of /usr/share/todos\n"}, "words", None),
]


def run_case(files, check, expected):
    """None when the check behaves, else what it did."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        for name, text in {"cmake/layers.txt": LAYERS, **files}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        tool = ["bash", HERE / "check_words.sh"] if check == "words" else [sys.executable, HERE / f"check_{check}.py"]
        result = subprocess.run([*tool, folder], capture_output=True, text=True)
    if expected is None:
        return None if result.returncode == 0 else f"expected a pass, got\n{result.stdout}{result.stderr}"
    if result.returncode == 1 and expected in result.stdout:
        return None
    return f"expected exit 1 and '{expected}', got exit {result.returncode} and\n{result.stdout}{result.stderr}"


def main():
    failures = [(case, problem) for case in CASES if (problem := run_case(*case))]
    for (files, check, _), problem in failures:
        print(f"check_{check} on {sorted(files)}: {problem}")
    print(f"checks that can fail: {len(CASES)} cases, {len(failures)} failures")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
