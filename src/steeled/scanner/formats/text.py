"""Plain text: tables, prose, YAML, XML. Python and shell code, YAML tags and document types are found."""

import ast
import re
from typing import ClassVar

from steeled.scanner.part import Part
from steeled.scanner.source import tree_of
from steeled.scanner.verdict import ScanVerdict

_MOST_CODE = 1 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CODE_NAMES = (".py", ".pyw", ".sh", ".bash", ".ps1", ".bat", ".pth", ".js", ".r", ".jl", ".lua")
_HINTS = re.compile(r"^\s*(import|from|def|class|exec|eval|@)\b|\(", re.MULTILINE)
_YAML_TAG = re.compile(r"!!python|tag:yaml\.org,2002:python|!<[^>]*python|^\s*%TAG\b", re.MULTILINE)
_YAML_TARGET = re.compile(r"^\s*[\"']?(_target_|loader_module|python_model)[\"']?\s*:", re.MULTILINE)
_XML = re.compile(r"\s*<(\?xml|!DOCTYPE|[A-Za-z])")
_ENCODING = re.compile(r"encoding\s*=\s*[\"'](utf-8|us-ascii|iso-8859-1)[\"']", re.IGNORECASE)
_CODE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Call)


class Text:
    """UTF-8 without control characters, that no other format claims."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = True

    def claims(self, part: Part) -> bool:
        return _decoded(part) is not None

    def read(self, part: Part) -> str:
        text = _decoded(part) or ""
        if text.startswith("#!") or part.name.lower().endswith(_CODE_NAMES) or _is_python(text):
            part.note(ScanVerdict.CODE_CARRYING, "is source code")
        if found := _YAML_TAG.search(text):
            part.note(
                ScanVerdict.DANGEROUS,
                f"makes a YAML loader build Python objects ({found.group().strip()})",
                offset=found.start(),
            )
        if found := _YAML_TARGET.search(text):
            part.note(
                ScanVerdict.CODE_CARRYING,
                f"names code that a loader would import ({found.group(1)})",
                offset=found.start(),
            )
        if _XML.match(text):
            _judge_xml(part, text)
        return "csv" if _is_table(text) else "text"


def _decoded(part: Part) -> str | None:
    """The text, or None for anything that is none; decoded once."""
    if "text" not in part.known:
        try:
            text: str | None = str(part.data, "utf-8-sig")
        except UnicodeDecodeError:
            text = None
        part.known["text"] = text if text is not None and _CONTROL.search(text) is None else None
    found = part.known["text"]
    return found if isinstance(found, str) else None


def _is_python(text: str) -> bool:
    """Whether it parses as Python that does something; a table of numbers parses, too."""
    if len(text) > _MOST_CODE or _HINTS.search(text) is None:
        return False
    tree = tree_of(text)
    return tree is not None and any(isinstance(node, _CODE) for node in ast.walk(tree))


def _is_table(text: str) -> bool:
    """Whether the first lines have the same number of commas, semicolons or tabs, at least one."""
    lines = [line for line in text[:20_000].split("\n")[:10] if line]
    return len(lines) > 1 and any(
        len({line.count(mark) for line in lines}) == 1 and mark in lines[0] for mark in ",;\t"
    )


def _judge_xml(part: Part, text: str) -> None:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        part.note(ScanVerdict.DANGEROUS, "declares a document type or entities, by which XML reads other files")
    head = text[:200]
    if "encoding" in head.split("?>")[0] and _ENCODING.search(head) is None:
        part.note(ScanVerdict.UNVERIFIABLE, "is XML in an encoding that is not read here")
