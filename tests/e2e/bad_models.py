"""Checkpoints that must be refused: exit code 3, one clear line, nothing written."""
import hashlib
import json
import shutil
import struct

from harness import check


def copy_of(w, name):
    """A copy of the untrained run, and the folder of its checkpoint."""
    run = w.folder / "models" / name
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(w.model, run)
    return run, run / (run / "latest").read_text().strip()


def refused(w, pattern, model, code=3):
    out = w.new_folder("model")
    w.fails(code, pattern, "boundaries", "--model", model, "-f", w.fasta, "-o", out / "x", leaves_nothing_in=out)
    w.fails(code, pattern, "score", "--model", model, "-f", w.fasta, "-o", out / "x.tsv", leaves_nothing_in=out)
    w.fails(code, pattern, "generate", "--model", model, "--length", "3", "-o", out / "x.fa", leaves_nothing_in=out)


def test_missing(w):
    refused(w, "nothing-here", w.folder / "nothing-here")
    empty = w.new_folder("empty")
    refused(w, str(empty), empty)
    run, checkpoint = copy_of(w, "no-weights")
    (checkpoint / "model.safetensors").unlink()
    refused(w, "model.safetensors", run)


def test_truncated_weights(w):
    run, checkpoint = copy_of(w, "cut")
    weights = checkpoint / "model.safetensors"
    data = weights.read_bytes()
    for size in (0, 100, len(data) - 1):
        weights.write_bytes(data[:size])
        refused(w, r"model\.safetensors", run)


def test_corrupt_weights(w):
    run, checkpoint = copy_of(w, "corrupt")
    weights = checkpoint / "model.safetensors"
    data = weights.read_bytes()
    for corrupt in (b"\xff" * 8 + data[8:], data[:8] + b"[" + data[9:], data[:-4] + b"\x00\x00\xc0\x7f"):
        weights.write_bytes(corrupt)
        refused(w, r"model\.safetensors", run)
    # A changed bit is a number like any other: only the checksum tells.
    weights.write_bytes(data[:-7] + bytes([data[-7] ^ 1]) + data[-6:])
    refused(w, r"model\.safetensors: sha256 .*, expected", run)
    w.fails(3, r"model\.safetensors: sha256 .*, expected", "inspect", "--model", run)


def test_wrong_files(w):
    for name in ("config.json", "state.json"):
        run, checkpoint = copy_of(w, "wrong")
        text = (checkpoint / name).read_text()
        (checkpoint / name).write_text(text[: len(text) // 2])
        refused(w, name, run)
        parsed = json.loads(text)
        parsed["no_such_key"] = 1
        (checkpoint / name).write_text(json.dumps(parsed))
        refused(w, f"{name}.*no_such_key", run)
        (checkpoint / name).unlink()
        refused(w, name, run)


def test_vocabulary(w):
    run, checkpoint = copy_of(w, "vocabulary")
    config = json.loads((checkpoint / "config.json").read_text())
    check(config["vocab_size"] == 8, f"vocab_size {config['vocab_size']}, expected 8")
    config["vocab_size"] = 256
    (checkpoint / "config.json").write_text(json.dumps(config))
    refused(w, r"model\.safetensors.*embeddings", run)


def test_another_vocabulary(w):
    """Whole and consistent, but its tokens are no bases."""
    run, checkpoint = copy_of(w, "tokens")
    config = json.loads((checkpoint / "config.json").read_text())
    config["vocab_size"] = 12
    (checkpoint / "config.json").write_text(json.dumps(config))
    weights = checkpoint / "model.safetensors"
    data = weights.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header, rest, tensors = json.loads(data[8 : 8 + size]), data[8 + size :], b""
    for name, about in header.items():
        if name == "__metadata__":
            continue
        begin, end = about["data_offsets"]
        values = rest[begin:end]
        if "embeddings" in name or "lm_head" in name:
            values += values[: len(values) // 2]
            about["shape"][0] = 12
        about["data_offsets"] = [len(tensors), len(tensors) + len(values)]
        tensors += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    weights.write_bytes(struct.pack("<Q", len(text)) + text + tensors)
    state = json.loads((checkpoint / "state.json").read_text())
    state["weights_sha256"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    (checkpoint / "state.json").write_text(json.dumps(state))
    w.run("inspect", "--model", run)
    refused(w, r"tokens/.*vocabulary of 12, expected 8 \(dna\) or 256 \(bytes\)", run)


def test_pointer(w):
    run, _ = copy_of(w, "pointer")
    for name in ("best", "latest"):
        (run / name).write_text("checkpoints/step-99\n")
    refused(w, "step-99", run)


def test_diverged(w):
    """Predictions that are no numbers are an error, never a score."""
    train = ("train", "--preset", "tiny", "--context", "256", "--batch-bases", "512", "--steps", "1", "--lr", "1e12", "-f", w.fasta)
    out = w.new_folder("diverged")
    w.fails(1, "step 1: validation .* expected a finite number", *train, "-o", out / "a")
    check(not (out / "a" / "latest").exists(), "a checkpoint of the diverged step was saved")
    unchecked = w.write("diverged.bed", "chr1\t0\t2000\ttrain\n")
    w.run(*train, "--split", unchecked, "-o", out / "b")
    refused(w, "expected a finite number", out / "b", code=1)
