"""Who may import whom: the table of the house as an allow-list, read from every import of every file."""

import ast
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "steeled"
FILES = sorted(SOURCE.rglob("*.py"))

# room: rooms it may import (besides itself)
ROOMS = {
    "__init__": set(),
    "__main__": {"cli"},
    "errors": set(),
    "core": {"errors", "__init__"},
    "maths": {"core", "errors"},
    "data": {"core", "maths", "errors"},
    "scanner": {"core", "maths", "errors"},
    "trees": {"core", "maths", "errors"},
    "targets": {"core", "maths", "data", "scanner", "trees", "errors"},
    "detectors": {"core", "maths", "errors"},
    "probes": {"core", "maths", "data", "scanner", "trees", "detectors", "errors"},
    "defenses": {"core", "maths", "detectors", "targets", "probes", "errors"},
    "knowledge": {"core", "errors"},
    "plan": {"core", "errors"},
    "executors": {"core", "errors"},
    "store": {"core", "knowledge", "errors"},
    "policy": {"core", "knowledge", "errors"},
    "reports": {"core", "knowledge", "errors"},
    "guard": {"core", "maths", "detectors", "store", "errors"},
    "testing": {"core", "plan", "errors"},
    "cli": {"workflow", "core", "errors", "reports", "__init__"},
    "server": {"workflow", "core", "errors", "reports", "__init__"},
}
ROOMS["workflow"] = {*ROOMS} - {"cli", "server", "testing", "__main__"}

# third parties: by room, or by file where the room as a whole must do without
THIRD_PARTIES = {
    "core": {"numpy"},
    "maths": {"numpy", "scipy", "array_api_compat"},
    "data": {"numpy", "pandas", "pyarrow"},
    "scanner": {"numpy"},
    "trees": {"numpy", "numba"},
    "targets": {"numpy", "pandas", "scipy"},
    "detectors": {"numpy", "sklearn"},
    "probes": {"numpy", "scipy", "array_api_compat"},
    "defenses": {"numpy"},
    "executors": {"threadpoolctl"},
    "store": {"msgspec"},
    "policy": {"msgspec", "yaml"},
    "reports": {"msgspec", "jinja2", "markupsafe"},
    "guard": {"numpy"},
    "workflow": {"msgspec", "numpy", "yaml"},
    "testing": {"numpy", "pytest", "hypothesis"},
    "cli": {"click", "rich"},
}
FRAMEWORKS = {"sklearn", "xgboost", "lightgbm", "catboost", "torch", "onnx", "onnxruntime", "joblib", "PIL", "ray"}
THIRD_PARTIES_OF_FILES = {
    "data/images.py": {"PIL"},
    "data/credit/train.py": {"sklearn", "joblib"},
    "executors/ray.py": {"ray"},
    "targets/_estimator.py": {"sklearn"},
    "targets/_estimator_recipe.py": {"sklearn"},
    "targets/_load_pickle.py": {"joblib"},
    "targets/_onnx_feeds.py": {"onnxruntime"},
    "targets/_sklearn_gradient.py": {"sklearn"},
    "targets/_torch_files.py": {"torch"},
    "targets/_torch_recipe.py": {"torch"},
    "targets/_torch_target.py": {"torch"},
    "targets/catboost.py": {"catboost"},
    "targets/learner.py": {"sklearn"},
    "targets/lightgbm.py": {"lightgbm"},
    "targets/onnx.py": {"onnxruntime"},
    "targets/sklearn.py": {"sklearn"},
    "targets/torch.py": {"torch"},
    "targets/xgboost.py": {"xgboost"},
}


def imports(file: Path) -> list[tuple[str, int]]:
    """Dotted names of everything a file imports, wherever it stands, with the line."""
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively"
            module = node.module or ""
            names = [f"{module}.{alias.name}" for alias in node.names] if module == "steeled" else [module]
            found += [(name, node.lineno) for name in names]
    return found


def room_of(dotted: str) -> str:
    """The room of ``steeled.<room>...``; names of the package itself, such as ``__version__``, count as its file."""
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else "__init__"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_every_import_is_on_the_allow_list(file: Path) -> None:
    name = str(file.relative_to(SOURCE))
    room = name.split("/")[0].removesuffix(".py")
    strangers = []

    for dotted, line in imports(file):
        top = dotted.split(".")[0]
        if top == "steeled":
            allowed = room_of(dotted) == room or room_of(dotted) in ROOMS[room]
        else:
            parties = THIRD_PARTIES.get(room, set()) | THIRD_PARTIES_OF_FILES.get(name, set())
            allowed = top in sys.stdlib_module_names or top in parties
        if not allowed and not (name == "__init__.py" and top == "steeled"):
            strangers.append(f"{name}:{line} imports {dotted}")

    assert strangers == []


def test_no_framework_is_allowed_for_a_whole_room_but_the_detectors() -> None:
    rooms = {room for room, parties in THIRD_PARTIES.items() if parties & FRAMEWORKS}

    assert rooms == {"detectors"}


def test_the_rooms_form_no_cycle() -> None:
    below = {room: set(allowed) for room, allowed in ROOMS.items()}

    while below:
        floor = {room for room, allowed in below.items() if not allowed}
        assert floor, f"a cycle among {sorted(below)}"
        below = {room: allowed - floor for room, allowed in below.items() if room not in floor}


def test_every_room_in_the_source_is_in_the_table() -> None:
    rooms = {path.name.removesuffix(".py") for path in SOURCE.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert rooms - {"__pycache__", "py.typed"} <= set(ROOMS)


def test_every_file_says_why_it_exists() -> None:
    silent = [str(file) for file in FILES if not ast.get_docstring(ast.parse(file.read_text("utf-8")))]

    assert silent == []


def test_public_names_are_what_all_says() -> None:
    import steeled

    assert dir(steeled) == sorted(steeled.__all__)
    assert all(getattr(steeled, name) is not None for name in steeled.__all__)


def test_importing_steeled_loads_no_framework() -> None:
    import subprocess

    code = "import sys, steeled; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not set(loaded) & (FRAMEWORKS | {"numpy", "pandas", "scipy", "rich", "yaml", "msgspec", "numba"})
