"""The figures of the main job: time to the first verdict, a repeated run, and ``--help``; one JSON line each.

Each line: figure, ours, peer, ratio, limit, holds, unit, versions, seed. Ours and peer are medians of repeats on this
machine, run one after the other; compare ratios between machines, not seconds.
"""

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version

STEELED = [sys.executable, "-m", "steeled"]
REPEATS = 3
_CPU = (
    "import resource, subprocess, sys\n"
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(used.ru_utime + used.ru_stime)\n"
)


def main() -> None:
    audits, demos, repeats = [], [], []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            demo = [*STEELED, "demo", "--json", "--out", folder]
            seconds, record = _timed(demo)
            demos.append(seconds)
            audits.append(json.loads(record)["seconds"])
            repeats.append(_timed(demo)[0])
    bare = [sys.executable, "-c", "pass"]
    _line("demo, from command to verdict", demos, None, limit=90.0, unit="wall s")
    _line("audit of the demo", audits, None, limit=30.0, unit="wall s")
    _line("demo again, nothing changed", repeats, None, limit=3.0, unit="wall s")
    _line("--help", *_pairs(lambda: _cpu([*STEELED, "--help"]), lambda: _cpu(bare)), limit=8.0, unit="CPU s")


def _timed(command: list[str]) -> tuple[float, str]:
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, done.stdout


def _cpu(command: list[str]) -> float:
    return float(subprocess.run([sys.executable, "-c", _CPU, *command], capture_output=True, check=True).stdout)


def _pairs(ours: Callable[[], float], peer: Callable[[], float]) -> tuple[list[float], list[float]]:
    """Both measured in turn, so that a slow moment of the machine hits both."""
    pairs = [(ours(), peer()) for _ in range(4 * REPEATS + 1)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _line(figure: str, ours: list[float], peer: list[float] | None, limit: float, unit: str) -> None:
    """A limit on the ratio where there is a peer (bare Python), else on the seconds."""
    mine = statistics.median(ours)
    other = statistics.median(peer) if peer else None
    ratio = mine / other if other else None
    judged = mine if ratio is None else ratio
    entry = {
        "figure": figure,
        "ours": round(mine, 3),
        "spread": [round(min(ours), 3), round(max(ours), 3)],
        "peer": None if other is None else round(other, 4),
        "peer_name": None if other is None else "python -c pass",
        "ratio": None if ratio is None else round(ratio, 2),
        "limit": limit,
        "holds": judged <= limit,
        "unit": unit,
        "repeats": len(ours),
        "seed": 0,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("steeled", "numpy", "scikit-learn", "pandas", "click")},
        },
        "machine": platform.machine(),
    }
    sys.stdout.write(json.dumps(entry) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
