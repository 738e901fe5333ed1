"""How bad a name is that is not on the allow-list: never whether it is safe, only how loud the answer is."""

import sys

from steeled.scanner.verdict import ScanVerdict

# Packages and modules outside the standard library that have no business in a model file and can run code or reach
# files.
_GADGETS = (
    "IPython", "_pyrepl", "aiohttp", "commands", "distutils", "httpx", "mlflow", "numpy.distutils", "numpy.f2py",
    "numpy.testing", "pandas.core.computation", "pandas.io", "pip", "popen2", "requests", "setuptools", "test",
    "torch._C._jit", "torch._dynamo", "torch._inductor", "torch.distributed", "torch.fx", "torch.hub", "torch.jit",
    "torch.package", "torch.serialization", "torch.utils", "urllib2", "urllib3",
)  # fmt: skip
_HARMLESS_ROOTS = (
    "collections",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "numbers",
    "array",
    "re",
    "uuid",
    "copyreg",
)
# Makers of functions and classes at load time: whoever pickled by them meant to ship code.
_CODE_MAKERS = ("cloudpickle", "dill", "joblib.externals.cloudpickle", "__main__", "__mp_main__", "ipykernel")


def severity(module: str, name: str, *, called: bool) -> ScanVerdict:
    """Dangerous for known gadgets and calls into the standard library, code-carrying for a script's own classes.

    Args:
        module, name: as Python 3 would import them.
        called: whether the stream calls it, rather than holding it or making an instance of it.
    """
    root = module.partition(".")[0]
    if _below(module, _CODE_MAKERS):
        return ScanVerdict.CODE_CARRYING
    if _below(module, _GADGETS) or "__" in name.strip("_"):
        return ScanVerdict.DANGEROUS
    if root in sys.stdlib_module_names and (called or root not in _HARMLESS_ROOTS):
        return ScanVerdict.DANGEROUS
    if "." in name:
        return ScanVerdict.DANGEROUS  # reaches through a module into whatever that module imported
    return ScanVerdict.UNVERIFIABLE


def is_known(module: str) -> bool:
    """Whether a module is one that a payload would import: of the standard library, or a known gadget."""
    return module.partition(".")[0] in sys.stdlib_module_names or _below(module, _GADGETS)


def _below(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
