"""The documents: their command lines run, the options and variables that they name exist, and numbers stand beside commit and machine."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from harness import check, fasta_text, python_with, random_bases

ROOT = Path(__file__).resolve().parents[2]
# Their command lines take hours or real genomes: they name commit and machine instead.
MEASURED = ("docs/results.md", "docs/benchmarks.md")
# Blocks that set up, build or run the other tests, by document and first words, and who runs them.
ELSEWHERE = {
    ("README.md", "pipelines/quickstart/run.sh"): ".ci/run",
    ("CONTRIBUTING.md", "cmake/bootstrap.sh --tests"): ".ci/run and tests/run.sh",
    ("pipelines/tracks/config/README.md", "cp -r pipelines/tracks/config mine/config"): "workflow.py",
}
# The same command in less time.
SHORTER = {"--steps 300": "--steps 2"}


def documents():
    found = [path for pattern in ("README.md", "CONTRIBUTING.md", "docs/*.md", "pipelines/**/README.md") for path in sorted(ROOT.glob(pattern))]
    return [str(path.relative_to(ROOT)) for path in found]


def blocks_of(name):
    """(line, language, text) of each block of code."""
    blocks, opened = [], None
    for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
        if line.startswith("```"):
            if opened:
                blocks.append(opened)
                opened = None
            else:
                opened = (number, line[3:].strip(), "")
        elif opened:
            opened = (opened[0], opened[1], opened[2] + line + "\n")
    check(opened is None, f"{name}: a block of code without an end")
    return blocks


def scratch(w, with_run):
    """A folder with the files that the documents name, and dna-hnet on the PATH."""
    folder = w.new_folder("document")
    genes = "chr3\tx\tgene\t101\t700\t.\t+\t.\tgene_id \"g\";\nchr3\tx\tCDS\t201\t500\t.\t+\t0\tgene_id \"g\";\n"
    for name, content in (
        ("genome.fa", fasta_text([(f"chr{i}", random_bases(4000, i) + random_bases(2000, 10 + i).lower()) for i in (1, 2, 3)])),
        ("cds.bed", "chr3\t200\t500\n"),
        ("genes.gtf", genes),
    ):
        (folder / name).write_text(content)
    (folder / "bin").mkdir()
    (folder / "bin" / "dna-hnet").symlink_to(w.binary)
    if with_run:
        shutil.copytree(w.model, folder / "run")
    return folder


def in_folder(w, folder, place, program, text):
    for long, short in SHORTER.items():
        text = text.replace(long, short)
    done = subprocess.run([*program, text], cwd=folder, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"})
    check(done.returncode == 0, f"{place}: exit code {done.returncode}\n{text}\n{done.stderr}")
    return done


def run_block(w, place, text):
    folder = scratch(w, with_run=not re.search(r"-o run\b", text))
    in_folder(w, folder, place, ["bash", "-euo", "pipefail", "-c"], text)


def test_command_lines(w):
    """Every block of sh runs as it stands, here or where ELSEWHERE says."""
    elsewhere, ran = set(), 0
    for name in documents():
        for line, language, text in blocks_of(name):
            if language != "sh":
                check(not re.search(r"^(dna-hnet|cmake) [a-z-]", text, re.M), f"{name}:{line}: commands in a block that is not marked sh")
                continue
            listed = [key for key in ELSEWHERE if key[0] == name and text.startswith(key[1])]
            if name in MEASURED or any(other == "python" for _, other, _ in blocks_of(name)):
                continue
            if listed:
                elsewhere.update(listed)
                continue
            run_block(w, f"{name}:{line}", text)
            ran += 1
    check(ran > 0, "no command line was run")
    check(elsewhere == set(ELSEWHERE), f"no such blocks: {sorted(set(ELSEWHERE) - elsewhere)}")


def test_python(w):
    """Every block of python runs in the folder where its document's command lines have run."""
    python, ran = python_with("anndata, h5py, pandas, pyBigWig, pysam"), 0
    for name in documents():
        blocks = blocks_of(name)
        if not any(language == "python" for _, language, _ in blocks):
            continue
        folder = scratch(w, with_run=False)
        for line, language, text in blocks:
            if language == "sh":
                in_folder(w, folder, f"{name}:{line}", ["bash", "-euo", "pipefail", "-c"], text)
            elif language == "python":
                done = in_folder(w, folder, f"{name}:{line}", [python, "-W", "error::FutureWarning", "-c"], text)
                check(done.stdout, f"{name}:{line}: prints nothing")
                ran += 1
    check(ran > 4, f"{ran} blocks of python")


def test_a_wrong_line_fails(w):
    for text in ("dna-hnet generate --model run --no-such-option\ntrue\n", "dna-hnet generate --model runs | cat\n"):
        try:
            run_block(w, "here", text)
        except AssertionError as said:
            check("exit code" in str(said), str(said))
        else:
            raise AssertionError(f"passed: {text}")


def test_measured_numbers(w):
    """The sections of measured numbers that hold a command line name the commit; the document names the machine."""
    for name in MEASURED:
        text = (ROOT / name).read_text()
        check(re.search(r"(?i)\d+ cores of an? (AMD|Intel)", text), f"{name}: no machine is named")
        lines = text.splitlines()
        sh_blocks = [line for line, language, _ in blocks_of(name) if language == "sh"]
        check(sh_blocks, f"{name}: no command line")
        for line in sh_blocks:
            begin = max((i for i in range(line) if lines[i].startswith("## ")), default=0)
            check(re.search(r"(?i)\bcommit [0-9a-f]{7}\b", "\n".join(lines[begin:line])), f"{name}:{line}: no commit is named before this command line")


def options_of(w):
    """The options of each command and the common ones, by its --help."""
    common = w.run("--help").stdout
    names = re.findall(r"^  (\w+)  +", common.split("Subcommands:")[1], re.M)
    own = {name: w.run(name, "--help").stdout for name in names}
    find = lambda text: set(re.findall(r"(?<![\w-])(--?[A-Za-z@][\w-]*)", text))
    return {name: find(text) | find(common) for name, text in own.items()}


def test_options(w):
    """Each option in a command line or a name such as `score --blocks` is one of that command, in measured documents too."""
    known, seen = options_of(w), 0
    command = re.compile(r"(?:dna-hnet )?\b(%s)( [^;|&]*)" % "|".join(known))
    for name in documents() + ["CHANGELOG.md"]:
        text = (ROOT / name).read_text()
        spans = re.findall(r"`([^`\n]+)`", text) + [line for _, language, block in blocks_of(name) if language == "sh" for line in block.splitlines() if line.startswith("dna-hnet ")]
        for span in spans:
            found = command.match(span)
            if not found:
                continue
            for option in re.findall(r"(?<= )(-[A-Za-z@]|--[a-z][a-z-]*)(?=[ =]|$)", found[2]):
                seen += 1
                check(option in known[found[1]], f"{name}: `{span}`: {found[1]} has no {option}")
    check(seen > 50, f"only {seen} options were found in the documents")


def test_variables(w):
    """Every variable that a document names is read somewhere, and those of the binary do what their options do."""
    code = [path for folder in ("apps", "cmake", "pipelines", "src", "tests", ".ci") for path in (ROOT / folder).rglob("*") if path.suffix in (".cpp", ".hpp", ".py", ".sh", ".cmake") or path.name == "run"]
    sources = [path.read_text() for path in code + [ROOT / "CMakeLists.txt"] if path != Path(__file__).resolve()]
    read = lambda name: any(f'"{name}"' in text or re.search(r"\$\{?%s\b|(option|set)\(%s\b" % (name, name), text) for text in sources)
    check(not read("DNA_HNET_NO_SUCH_VARIABLE"), "any name passes")
    for name in documents():
        for variable in set(re.findall(r"DNA_HNET_[A-Z_]+[A-Z]", (ROOT / name).read_text())):
            check(read(variable), f"{name}: {variable} is read nowhere")
    help_text = w.run("--help").stdout
    readme = (ROOT / "README.md").read_text()
    for variable in re.findall(r"\(Env:(\w+)\)", help_text):
        check(variable in readme, f"README.md does not name {variable}")

    out = w.new_folder("variables")
    config = w.write("variables.toml", '[inspect]\npreset = "tiny"\n')
    check("tiny" in w.run("inspect", env={"DNA_HNET_CONFIG": str(config)}).stdout, "DNA_HNET_CONFIG is not read")
    check("small" in w.run("inspect", "--config", w.write("other.toml", '[inspect]\npreset = "small"\n'), env={"DNA_HNET_CONFIG": str(config)}).stdout, "--config does not win")
    w.fails(3, "nowhere.toml", "inspect", env={"DNA_HNET_CONFIG": str(out / "nowhere.toml")})
    check(w.run("inspect", "--preset", "tiny", env={"DNA_HNET_QUIET": "1"}).stderr == "", "DNA_HNET_QUIET is not read")
    check("threads: 1 of" in w.run("doctor", env={"DNA_HNET_THREADS": "1"}).stdout, "DNA_HNET_THREADS is not read")
    generate = ("generate", "--model", w.model, "--length", "3")
    w.fails(2, "--device: got 'abacus'", *generate, env={"DNA_HNET_DEVICE": "abacus"})
    w.fails(2, "--dtype: got 'int1'", *generate, env={"DNA_HNET_DTYPE": "int1"})
    check(" dna-hnet=" not in w.run(*generate, env={"DNA_HNET_NO_VERSION": "1"}).stdout, "DNA_HNET_NO_VERSION is not read")
    score = ("score", "--model", w.model, "-f", w.fasta, "-r", "chr2:1-200", "-o", "-")
    check("--region chr2:1-200" not in w.run(*score).stderr and "--region chr2:1-200" in w.run(*score, env={"DNA_HNET_VERBOSE": "1"}).stderr, "DNA_HNET_VERBOSE is not read")
