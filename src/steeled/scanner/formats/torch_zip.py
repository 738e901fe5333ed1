"""What ``torch.save`` writes: a zip with ``data.pkl`` and one member for each storage."""

from typing import ClassVar

from steeled.scanner.allow_list import allow_list
from steeled.scanner.archive import directory, members, root_of
from steeled.scanner.part import Part
from steeled.scanner.pickle.walk import walk
from steeled.scanner.torch_judge import Storage, TorchJudge
from steeled.scanner.torch_members import judge_rest
from steeled.scanner.verdict import ScanVerdict


class TorchZip:
    """``torch.load`` looks below the folder of the first member only; others make the archive ambiguous."""

    refines: ClassVar[tuple[str, ...]] = ("zip",)
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        listing = directory(part)
        return listing is not None and any(name.split("/")[-1] == "data.pkl" for name in listing.names)

    def read(self, part: Part) -> str:
        contents = members(part)
        root = root_of(tuple(contents))
        if not root or f"{root}data.pkl" not in contents:
            part.note(ScanVerdict.MALFORMED, "keeps data.pkl beside another folder, so that loaders may pick either")
        storages: dict[str, Storage] = {}
        for name in [name for name in contents if name.split("/")[-1] == "data.pkl"]:
            inner = part.child(name, contents.pop(name))
            judge = TorchJudge(inner, allow_list())
            walked = walk(inner, judge)
            if walked.is_whole:
                inner.leftover(walked.end, len(inner.data))
            storages |= judge.storages
        judge_rest(part, contents, root, storages, "data/")
        return "torch_zip"
