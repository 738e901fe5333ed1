"""TorchScript archives: code in a small language, constants and parameters.

The code is judged by ``torch_code``: a model that only computes is safe, anything else carries code.
"""

from typing import ClassVar

from steeled.scanner.allow_list import allow_list
from steeled.scanner.archive import directory, members, root_of
from steeled.scanner.part import Part
from steeled.scanner.pickle.walk import walk
from steeled.scanner.torch_code import impure
from steeled.scanner.torch_judge import ScriptJudge, Storage
from steeled.scanner.torch_members import judge_rest
from steeled.scanner.verdict import ScanVerdict


class TorchScript:
    """A torch archive with ``constants.pkl``: that is how PyTorch tells them apart, too."""

    refines: ClassVar[tuple[str, ...]] = ("zip", "torch_zip", "torch_export")
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        listing = directory(part)
        if listing is None:
            return False
        ends = {name.rpartition("/")[2] for name in listing.names}
        return {"constants.pkl", "data.pkl"} <= ends and any("/code/" in name for name in listing.names)

    def read(self, part: Part) -> str:
        contents = members(part)
        root = root_of(tuple(contents))
        if not root or f"{root}constants.pkl" not in contents or f"{root}data.pkl" not in contents:
            part.note(ScanVerdict.MALFORMED, "keeps its parts in more than one folder, so that loaders may pick either")
        _judge_code(part, {name: data for name, data in contents.items() if name.endswith(".py")})
        storages: dict[str, Storage] = {}
        for name in [name for name in contents if name.endswith((".pkl", ".debug_pkl"))]:
            inner = part.child(name, contents.pop(name))
            judge = ScriptJudge(inner, allow_list())
            walked = walk(inner, judge)
            if walked.is_whole:
                inner.leftover(walked.end, len(inner.data))
            folder = name.removeprefix(root).removesuffix(".pkl")
            storages |= {f"{folder}/{key}": storage for key, storage in judge.storages.items()}
        rest = {name: data for name, data in contents.items() if not name.endswith(".py")}
        judge_rest(part, rest, root, storages, "")
        return "torch_script"


def _judge_code(part: Part, files: dict[str, memoryview]) -> None:
    try:
        sources = [str(data, "utf-8") for data in files.values()]
    except UnicodeDecodeError:
        part.note(ScanVerdict.MALFORMED, "holds code that is not UTF-8")
        return
    if why := impure(sources):
        part.note(ScanVerdict.CODE_CARRYING, f"holds TorchScript code that {why}")
