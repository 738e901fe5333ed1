"""Write the scanner's generated data: classes that a model file may restore, and PyTorch operators that only compute.

Walks the installed libraries, in an environment that is trusted: importing runs their code. What is kept is listed
below, with the reason for each rule. Read the printed review lists before committing a new version: a class whose
``__new__``, ``__setstate__`` or ``__del__`` is its own is kept only when a person has read it.

    python scripts/generate_allow_list.py          write src/steeled/scanner/allowed.json and allowed_ops.json
    python scripts/generate_allow_list.py --review print what was left out and why
"""

import enum
import importlib
import json
import pkgutil
import pydoc
import re
import sys
import types
import warnings
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

SCANNER = Path(__file__).parent.parent / "src" / "steeled" / "scanner"
SKIPPED = re.compile(
    r"(^|\.)(estimator_checks|_mocking|_plotting|_pprint|deprecation|tests?|testing|_testing|conftest|f2py|distutils|distributed|package|hub|jit|fx|_dynamo|"
    r"_inductor|multiprocessing|cpp_extension|onnx|export|__main__|dask|spark|datasets|setup|_build_utils|"
    r"plotting|io|_config|clipboard|compat|callback|train|engine|cv|collective|tracker|federated|"
    r"dev_utils|carry|formats|parallel|attention|_external|externals|ao|_numba|_array_api|"
    r"array_api_compat|array_api_extra|inspection|_repr_html|_pyarrow_hotfix|computation|nditer|ctypeslib|"
    r"_pyinstaller)(\.|$)"
)
# Only what derives from one of these is kept; other classes of a package have no business in a model. Empty: all of it.
KINDS = {
    "sklearn": (),
    "numpy": (
        "numpy.ndarray", "numpy.generic", "numpy.dtype", "numpy.random.Generator", "numpy.random.RandomState",
        "numpy.random.BitGenerator", "numpy.random.SeedSequence", "numpy.poly1d",
        "numpy.polynomial._polybase.ABCPolyBase",
    ),
    "scipy.sparse": (
        "scipy.sparse._base._spbase",
    ),
    "scipy.spatial": (
        "scipy.spatial.cKDTree", "scipy.spatial.KDTree",
    ),
    "pandas": (
        "pandas.core.generic.NDFrame", "pandas.Index", "pandas.api.extensions.ExtensionArray",
        "pandas.api.extensions.ExtensionDtype", "pandas.core.internals.managers.BaseBlockManager",
        "pandas.core.internals.blocks.Block", "pandas.Timestamp", "pandas.Timedelta", "pandas.Period",
        "pandas.Interval", "pandas.tseries.offsets.BaseOffset", "pandas._libs.arrays.NDArrayBacked",
        "pandas._libs.internals.BlockManager", "pandas.core.flags.Flags",
    ),
    "xgboost": (
        "xgboost.Booster", "xgboost.XGBModel",
    ),
    "lightgbm": (
        "lightgbm.Booster", "lightgbm.LGBMModel",
    ),
    "catboost": (
        "catboost.core._CatBoostBase",
    ),
    "torch.nn": (
        "torch.nn.Module", "torch.nn.utils.prune.BasePruningMethod", "torch.nn.utils.spectral_norm.SpectralNorm",
        "torch.nn.utils.weight_norm.WeightNorm",
    ),
    "torch.optim": (
        "torch.optim.Optimizer", "torch.optim.lr_scheduler.LRScheduler",
        "torch.optim.lr_scheduler.ReduceLROnPlateau",
    ),
}  # fmt: skip
# Constructors or methods that open files or the network, or evaluate text; read one by one.
UNWANTED = {
    "numpy.memmap", "numpy.core.memmap.memmap", "numpy._core.memmap.memmap", "numpy.lib.npyio.DataSource",
    "numpy.lib._datasource.DataSource", "numpy.lib._datasource.Repository", "numpy.lib._npyio_impl.NpzFile",
    "numpy.lib.npyio.NpzFile", "xgboost.core.DMatrix", "xgboost.core.QuantileDMatrix",
    "xgboost.core.ExtMemQuantileDMatrix", "xgboost.core.DataIter", "lightgbm.basic.Dataset",
    "lightgbm.basic.Sequence", "catboost.core.Pool", "sklearn.utils._param_validation.InvalidParameterError",
    "numpy.vectorize", "numpy.lib._function_base_impl.vectorize", "numpy.lib.function_base.vectorize",
}  # fmt: skip
# Own __setstate__ or __new__ that was read: restores attributes, or hands bytes to the library's own model parser.
READ_SETSTATE = (
    "sklearn.", "numpy.", "pandas.", "xgboost.core.Booster",
    "lightgbm.basic.Booster", "catboost.core.", "torch.nn.", "torch.optim.", "scipy.sparse.", "scipy.spatial.",
)  # fmt: skip
READ_NEW = ("numpy.", "pandas.", "scipy.sparse.", "scipy.spatial.", "sklearn.", "torch.nn.parameter.", "enum.")
READ_DEL = ("xgboost.core.Booster", "lightgbm.basic.Booster", "catboost.core.")
FUNCTION_MODULES = (
    "sklearn.metrics.", "sklearn.feature_selection._univariate_selection", "sklearn.feature_selection._mutual_info",
    "sklearn.cluster._kmeans", "torch.nn.functional", "sklearn.preprocessing._data",
)  # fmt: skip
NUMPY_FUNCTIONS = (
    "mean", "median", "sum", "prod", "min", "max", "amin", "amax", "std", "var", "nanmean", "nanmedian", "nansum",
    "nanmax", "nanmin", "nanstd", "nanvar", "percentile", "quantile", "argmax", "argmin", "any", "all", "clip",
    "round", "around", "where", "ravel", "squeeze", "diff", "cumsum", "average", "asarray", "array",
    "ascontiguousarray", "asfortranarray", "nan_to_num", "atleast_1d", "atleast_2d", "stack", "concatenate",
    "hstack", "vstack", "dot", "zeros", "ones", "full", "zeros_like", "ones_like", "unique",
)  # fmt: skip
PURE_PRIM = (
    "NumToTensor", "RaiseException", "Uninitialized", "abs", "data", "device", "dtype", "index", "is_cpu",
    "is_cuda", "is_meta", "is_mkldnn", "is_mps", "is_nested", "is_quantized", "is_sparse", "is_sparse_csr",
    "is_vulkan", "is_xla", "is_xpu", "itemsize", "layout", "max", "min", "nbytes", "rangelist", "requires_grad",
    "tolist", "type", "unchecked_cast", "unchecked_unwrap_optional", "EnumName", "EnumValue", "isinstance", "shape",
)  # fmt: skip
PURE_OPERATOR = (
    "add", "sub", "mul", "truediv", "floordiv", "mod", "neg", "pos", "pow", "eq", "ne", "lt", "le", "gt", "ge",
    "and_", "or_", "xor", "not_", "getitem", "abs", "lshift", "rshift",
)  # fmt: skip
PURE_MATH = (
    "ceil", "floor", "trunc", "sqrt", "exp", "log", "log2", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin",
    "acos", "atan", "pow",
)  # fmt: skip
PURE_TORCH = (
    "sym_float", "sym_int", "sym_max", "sym_min", "sym_not", "sym_ite", "sym_sqrt", "sym_sum", "sym_fresh_size",
)  # fmt: skip
IMPURE_ATEN = re.compile(
    r"^(save|from_file|warn|_?print|set_?|set_data|wait|hash|manual_seed|seed|initial_seed|record_stream|"
    r"backward|grad|get_gradients|to_here|local_value|owner|owner_name|is_owner|confirmed_by_owner|"
    r"resize_?|resize_as_?|cuda|save_.*|load.*|_test.*|get_autocast_dtype|is_autocast.*|set_grad_enabled|"
    r".*_backward|_cuda.*|_cudnn.*|cudnn.*|miopen.*|_mps.*|_nnpack.*|data_ptr|_resize.*|_pin.*|pin_memory|"
    r"is_pinned|_local_scalar.*|_unsafe_set.*|_set_item_file|_foreach.*|_amp.*|_fused.*|_sparse_semi.*|"
    r"_cslt.*|_nested_tensor_storage.*|storage.*)$"
)
NATIVE = tuple(EXTENSION_SUFFIXES)


def modules(package: str) -> Iterator[types.ModuleType]:
    """The package and everything below it that imports and is not skipped."""
    try:
        root = importlib.import_module(package)
    except ImportError:
        sys.stderr.write(f"not installed, left out: {package}\n")
        return
    yield root
    for found in pkgutil.walk_packages(root.__path__, f"{package}.", onerror=lambda name: None):
        if SKIPPED.search(found.name.removeprefix(package)):
            continue
        try:
            yield importlib.import_module(found.name)
        except Exception as problem:  # noqa: BLE001 - an optional dependency is missing: the module cannot be in a file either
            sys.stderr.write(f"does not import: {found.name}: {problem}\n")


def uses(cls: type, spelled: str, kinds: tuple[type, ...], review: list[str]) -> str:
    """Letters for one class, as ``scanner/allow_list.py`` explains them; empty to leave it out."""
    own = f"{cls.__module__}.{cls.__qualname__}"
    if {own, spelled} & UNWANTED or any(f"{b.__module__}.{b.__qualname__}" in UNWANTED for b in cls.__mro__):
        return ""
    if kinds and not issubclass(cls, (*kinds, enum.Enum)):
        return ""
    if issubclass(cls, enum.Enum):
        return "vc"  # members are restored by calling the class with their value
    if issubclass(cls, BaseException | types.ModuleType):
        return ""
    for name, read in (("__new__", READ_NEW), ("__setstate__", READ_SETSTATE), ("__del__", READ_DEL)):
        definer = _definer(cls, name)
        if definer and not definer.startswith(read):
            review.append(f"{own} has {name} of {definer}")
            return ""
    letters = "vnb"
    if issubclass(cls, dict | list | set):
        letters += "i"
    if _is_native(cls) and own.startswith("sklearn."):
        letters += "c"  # Cython classes are restored by calling them; none of scikit-learn's does input or output
    return letters


def _definer(cls: type, name: str) -> str:
    """The class that defines the method in Python; empty when it is the interpreter's or a compiled one."""
    for base in cls.__mro__:
        if name in vars(base):
            written = isinstance(vars(base)[name], types.FunctionType | staticmethod | classmethod)
            return f"{base.__module__}.{base.__qualname__}" if written else ""
    return ""


def _is_native(cls: type) -> bool:
    module = sys.modules.get(cls.__module__)
    return str(getattr(module, "__file__", "")).endswith(NATIVE)


def spellings(module: str) -> list[str]:
    """Old and new names of one module: numpy 2 renamed ``numpy.core``."""
    if module.startswith("numpy._core"):
        return [module, module.replace("numpy._core", "numpy.core", 1)]
    return [module]


def collect(review: list[str]) -> dict[str, dict[str, str]]:
    """Letters by module and qualified name."""
    names: dict[str, dict[str, str]] = {}

    def put(module: str, name: str, letters: str) -> None:
        for spelling in spellings(module):
            names.setdefault(spelling, {})[name] = letters

    for package, bases in KINDS.items():
        kinds = tuple(found for base in bases if (found := pydoc.locate(base)) is not None)
        for module in modules(package):
            for name, value in sorted(vars(module).items()):
                inside = isinstance(value, type) and value.__module__.startswith(package.split(".")[0])
                if inside and not SKIPPED.search(value.__module__):
                    letters = uses(value, f"{module.__name__}.{name}", kinds, review)
                    # where it says it is defined, and where a public module shows it
                    if letters and (value.__module__ == module.__name__ or not name.startswith("_")):
                        put(value.__module__, value.__qualname__, letters)
                        if package in ("numpy", "pandas") or _shows(module):
                            put(module.__name__, name, letters)
                elif isinstance(value, types.FunctionType) and _computes(value, module.__name__):
                    put(module.__name__, name, "v")
    import numpy
    import scipy.special

    for name, value in vars(numpy).items():
        if isinstance(value, numpy.ufunc) or name in NUMPY_FUNCTIONS:
            put("numpy", name, "v")
    for name, value in vars(scipy.special).items():
        if isinstance(value, numpy.ufunc):
            put("scipy.special", name, "v")
            put("scipy.special._ufuncs", name, "v")
    return {module: dict(sorted(entries.items())) for module, entries in sorted(names.items())}


def _computes(function: types.FunctionType, module: str) -> bool:
    """Whether a function is defined in one of the modules whose functions only compute."""
    return function.__module__ == module and (f"{module}.".startswith(FUNCTION_MODULES) or module in FUNCTION_MODULES)


def _shows(module: types.ModuleType) -> bool:
    """Whether a module may be a public spelling of a class: the package, its public subpackages."""
    return hasattr(module, "__path__") and not any(part.startswith("_") for part in module.__name__.split("."))


def operators() -> dict[str, object]:
    """PyTorch's operators: pure by namespace, and the rest of aten."""
    import torch

    aten = {s.name.split("::")[1] for s in torch._C._jit_get_all_schemas() if s.name.startswith("aten::")}
    pure = {name for name in aten if not IMPURE_ATEN.match(name)}
    spaces = {
        "aten": pure,
        "prim": set(PURE_PRIM),
        "_operator": set(PURE_OPERATOR),
        "math": set(PURE_MATH),
        "torch": set(PURE_TORCH),
    }
    return {"pure": {space: sorted(found) for space, found in spaces.items()}, "refused": sorted(aten - pure)}


def versions() -> dict[str, str]:
    found = {}
    for name in ("scikit-learn", "numpy", "scipy", "pandas", "xgboost", "xgboost-cpu", "lightgbm", "catboost", "torch"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    warnings.simplefilter("ignore")
    review: list[str] = []
    names = collect(review)
    if "--review" in sys.argv:
        sys.stdout.write("\n".join(sorted(set(review))) + "\n")
        return
    for file, content in (("allowed.json", {"names": names}), ("allowed_ops.json", operators())):
        text = json.dumps({"generated_with": versions(), **content}, separators=(",", ":"), sort_keys=True)
        (SCANNER / file).write_text(text.replace("},", "},\n") + "\n")
    sys.stderr.write(f"{sum(map(len, names.values()))} names in {len(names)} modules\n")


if __name__ == "__main__":
    main()
