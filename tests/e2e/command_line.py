"""The command line: help, versions, where options stand, configuration files, signals."""
import json
import os
import time

from harness import SIGNALS, check

COMMANDS = ("train", "score", "boundaries", "annotate", "hub", "report", "baseline", "merge", "simulate", "generate", "inspect", "cache", "doctor", "embed",
            "variants")


def test_help(w):
    for arguments in ((), ("--help",)):
        done = w.run(*arguments)
        check(all(command in done.stdout for command in COMMANDS), f"help {arguments} names not every command")
        check(not done.stderr, f"help {arguments} says on stderr: {done.stderr}")
    for command in COMMANDS:
        done = w.run(command, "--help")
        check("Example:" in done.stdout and f"dna-hnet {command}" in done.stdout, f"{command} --help has no example")


def test_version(w):
    lines = w.run("--version").stdout.splitlines()
    check(lines[0].startswith("dna-hnet ") and lines[1].startswith("htslib ") and lines[2].startswith("LibTorch "), str(lines))


def test_usage_errors(w):
    out = w.new_folder("usage")
    fails = w.fails
    fails(2, "no command given|expected", "-v")
    fails(2, "did you mean boundaries", "boundary")
    fails(2, "did you mean --context", "boundaries", "--contxt", "5")
    fails(2, "--threads: got -3", "doctor", "-@", "-3")
    fails(2, "--device: got 'tpu'", "boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", "--device", "tpu")
    fails(2, "--dtype: got 'fp8'", "boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", "--dtype", "fp8")
    fails(2, "--model is required", "boundaries", "-f", w.fasta, "-o", out / "x")
    fails(2, "-f/--fasta is required", "boundaries", "--model", w.model, "-o", out / "x")
    fails(2, "--formats: got 'bam', expected bed, bigwig and bigbed", "boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", "--formats", "bam")
    score = ("score", "--model", w.model, "-f", w.fasta, "-o", out / "x.tsv")
    fails(2, "--logo: belongs to --tracks", *score, "--logo")
    fails(2, "--precision: got 2", *score, "--tracks", out / "x", "--precision", "2")
    fails(2, "--precision: belongs to --tracks", *score, "--precision", "2")
    fails(2, "--tracks -", *score, "--tracks", "-")
    fails(2, "is a folder, expected a prefix", *score, "--tracks", f"{out}/")
    fails(2, "got '--attention-window', expected an option of this command", "baseline", "-f", w.fasta, "-o", out / "x.tsv", "--attention-window", "64")
    check("attention" not in w.run("baseline", "--help").stdout, "baseline offers an option of models")
    fails(2, "--stage: got 7", "boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", "--stage", "7")
    fails(2, "--mode: got 'both'", "boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", "--mode", "both")
    fails(2, "did you mean tiny", "train", "--preset", "tinny", "--steps", "1", "-f", w.fasta, "-o", out / "x")
    fails(2, "--steps or --bases", "train", "--preset", "tiny", "-f", w.fasta, "-o", out / "x")
    fails(2, "--preset NAME and --model-config", "train", "--steps", "1", "-f", w.fasta, "-o", out / "x")
    fails(2, "warmup_fraction", "train", "--preset", "tiny", "--steps", "1", "--warmup-fraction", "3", "-f", w.fasta, "-o", out / "x")
    fails(2, "--prompt: letter 3 is 'X'", "generate", "--model", w.model, "--prompt", "ACX")
    fails(2, "--top-p", "generate", "--model", w.model, "--top-p", "0")
    fails(2, r"\.dhg", "cache", "-f", w.fasta, "-o", out / "x.bin")
    fails(2, "expected", "simulate", "--length", "10", "-o", out / "x")
    fails(2, "expected", "train", "score", "-f", w.fasta, leaves_nothing_in=out)
    bed = w.write("class.bed", "chr1\t0\t10\n")
    twice = ("--class", f"A={bed}", "--class", f"A={bed}")
    fails(2, "A is given twice", *score, *twice, leaves_nothing_in=out)
    fails(2, "A is given twice", "boundaries", "--model", w.model, "-f", w.fasta, "-o", out / "x", *twice, leaves_nothing_in=out)
    for by in ("0", "-5", "1.5"):
        fails(2, f"--by: got {by}, expected a BED or a number from 1", *score, f"--by={by}", leaves_nothing_in=out)
    fails(2, "is a folder", "boundaries", "--model", w.model, "-f", w.fasta, "-o", f"{out}/", leaves_nothing_in=out)
    fails(3, "no base of it", "baseline", "-f", w.fasta, "--train", bed, "--eval", bed, "-r", "chr2", "-o", out / "x.tsv", leaves_nothing_in=out)


def test_numbers(w):
    """What is no number is refused in the same words wherever it comes from, and nothing wraps around or is cut off."""
    out = w.new_folder("numbers")
    whole, natural, decimal = "expected a whole number$", "expected a whole number from 0 on$", "expected a number$"
    score = ("score", "--model", w.model, "-f", w.fasta, "-o", out / "x.tsv")
    generate = ("generate", "--model", w.model, "-o", out / "x.fa")
    train = ("train", "--preset", "tiny", "--steps", "1", "-f", w.fasta, "-o", out / "run")
    for words, option, got, expected in (
        (score, "--context", "abc", whole),
        (score, "--context", "12.5", whole),
        (score, "--context", "0x10", whole),
        (score, "--context", "99999999999999999999", whole),
        (score, "--precision", "fine", decimal),
        (score, "--precision", "nan", decimal),
        (generate, "--seed", "-1", natural),
        (generate, "--seed", "18446744073709551616", natural),
        (generate, "--temperature", "1,5", decimal),
        (("simulate", "-o", out / "sim"), "--seed", "-1", natural),
        (train, "--seed", "one", whole),
        (train, "--lr", "inf", decimal),
        (train, "--target-ratio", "3,x", decimal),
        (("doctor",), "--threads", "many", whole),
    ):
        said = got.split(",")[-1] if option == "--target-ratio" else got
        w.fails(2, f"error: {option}: got '{said}', (?m:{expected})", *words, option, got, leaves_nothing_in=out)
    w.fails(2, "error: --threads: got 99999999999, expected a whole number of at most", "doctor", "--threads", "99999999999")
    w.fails(2, "error: --context: expected a value", "score", "--context")
    w.fails(2, "error: --threads: got 2 values, expected one", "doctor", "-@", "1", "-@", "2")
    w.fails(2, "error: --json: got 'x', expected no value", "inspect", "--json=x")
    w.fails(2, "seed", *train, "--seed", "-1", leaves_nothing_in=out)
    w.fails(2, f"error: --threads: got 'x', (?m:{whole})", "doctor", env={"DNA_HNET_THREADS": "x"})
    for text, option in (('[generate]\ncount = "two"\n', "--count"), ("[generate]\ncount = 1.5\n", "--count"), ("[simulate]\nseed = -1\n", "--seed")):
        w.fails(2, f"error: {option}: got '.*', expected a whole number", "--config", w.write("numbers.toml", text), *generate, leaves_nothing_in=out)
    good = w.write("numbers.toml", "[generate]\ncount = 2\ntemperature = 1e-1\nlength = 4\n")
    check(w.run("generate", "--model", w.model, "--config", good).stdout.count(">") == 2, "numbers of --config")


def test_simulate_replaces_its_own_files_alone(w):
    out = w.new_folder("foreign")
    (out / "mine.txt").write_text("kept")
    w.fails(2, "holds 'mine.txt'", "simulate", "--length", "20000", "-o", out)
    check((out / "mine.txt").read_text() == "kept", "simulate removed a file that is not its own")
    w.fails(2, "is a file", "simulate", "--length", "20000", "-o", out / "mine.txt")
    w.run("simulate", "--length", "20000", "-o", out / "sim")
    w.run("simulate", "--length", "20000", "-o", out / "sim")


def test_model_config_key(w):
    out = w.new_folder("key")
    config = json.loads(w.run("inspect", "--preset", "tiny", "--json").stdout)["model"]
    config["d_modle"] = config.pop("d_model")
    path = w.write("misspelt.json", json.dumps(config))
    w.fails(2, "d_modle", "train", "--model-config", path, "--steps", "1", "-f", w.fasta, "-o", out / "run", leaves_nothing_in=out)
    w.fails(3, "missing.json", "train", "--model-config", out / "missing.json", "--steps", "1", "-f", w.fasta, "-o", out / "run", leaves_nothing_in=out)


def test_carry_with_unlimited_attention(w):
    """Refused unless the attention is limited."""
    out = w.new_folder("carry")
    config = json.loads(w.run("inspect", "--preset", "tiny", "--json").stdout)["model"]
    config["arch_layout"] = ["m1", ["T1"], "m1"]
    config["attn_cfg"] = {"num_heads": [0, 2], "rotary_emb_dim": [0, 8], "window_size": [-1, -1]}
    path = w.write("attention.json", json.dumps(config))
    w.run("train", "--model-config", path, "--context", "256", "--batch-bases", "512", "--steps", "0", "-f", w.fasta, "-o", w.folder / "attention")
    carry = ("--model", w.folder / "attention", "-f", w.fasta, "-r", "chr2:1-300", "--mode", "carry")
    w.fails(2, "--attention-window", "boundaries", *carry, "-o", out / "x", leaves_nothing_in=out)
    w.fails(2, "--attention-window", "score", *carry, "-o", out / "x.tsv", leaves_nothing_in=out)
    w.run("boundaries", *carry, "-o", out / "x", "--attention-window", "64")


def test_options_on_both_sides(w):
    before = w.run("-q", "-@", "1", "inspect", "--preset", "tiny")
    after = w.run("inspect", "--preset", "tiny", "-q", "-@", "1")
    check(before.stdout == after.stdout, "options before and after the command differ")
    check(before.stderr == "" and after.stderr == "", "-q is not quiet")


def test_closing_line(w):
    said = w.run("inspect", "--preset", "tiny").stderr.splitlines()[-1]
    for part in ("dna-hnet ", "command: dna-hnet inspect --preset tiny", "real time", "CPU", "peak memory"):
        check(part in said, f"no '{part}' in the closing line: {said}")


def test_config_file(w):
    # Two sections: only the command that was typed runs.
    good = w.write("good.toml", 'threads = 1\n[inspect]\npreset = "tiny"\n[simulate]\nlength = 30000\n')
    for arguments in (("--config", good, "inspect"), ("inspect", "--config", good)):
        check("tiny" in w.run(*arguments).stdout, "--config did not set the preset")
    check("small" in w.run("inspect", "--preset", "small", "--config", good).stdout, "the command line does not win")
    for text, pattern in (('[inspect]\nprest = "tiny"\n', "inspect.prest.*\nhint: did you mean preset"), ("thraeds = 2\n", "thraeds.*\nhint: did you mean threads"), ("[inspct]\njson = true\n", "inspct")):
        w.fails(2, pattern, "inspect", "--config", w.write("bad.toml", text), "--preset", "tiny")
    w.fails(3, "no.toml", "inspect", "--config", w.folder / "no.toml", "--preset", "tiny")


def test_environment(w):
    check("threads: 1 of" in w.run("doctor", env={"DNA_HNET_THREADS": "1"}).stdout, "DNA_HNET_THREADS is not read")


def test_doctor(w):
    said = w.run("doctor").stdout
    for part in ("dna-hnet:", "htslib:", "LibTorch:", "SIMD level:", "threads:", "GPUs:", "library:", "base by base: passed", "gradients are finite: passed"):
        check(part in said, f"no '{part}' in doctor: {said}")


def test_signals(w):
    for number, code in SIGNALS.items():
        run = w.new_folder("signal") / "run"
        process = w.start("train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "1000000", "-f", w.fasta, "-o", run)
        try:
            log = run / "metrics.jsonl"
            for _ in range(600):
                if process.poll() is not None or (log.exists() and log.stat().st_size > 0):
                    break
                time.sleep(0.1)
            check(process.poll() is None, f"train ended by itself: {process.communicate()[1] if process.poll() is not None else ''}")
            os.kill(process.pid, number)
            _, said = process.communicate(timeout=120)
        finally:
            process.kill()
        check(process.returncode == code, f"signal {number}: exit code {process.returncode}, expected {code}\n{said}")
        check((run / "latest").exists(), f"signal {number}: no checkpoint was saved\n{said}")
        check("steps=1000000" in (run / "command.toml").read_text(), f"signal {number}: the run does not say how it was called")
        w.run("inspect", "--model", run)
