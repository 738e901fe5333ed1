"""JSON that is data; keys that make a loader import or evaluate something are found."""

from typing import Any, ClassVar

from steeled.scanner.harmful import severity
from steeled.scanner.part import Part
from steeled.scanner.strict_json import looks_like_json, pairs, parse
from steeled.scanner.template import is_harmless
from steeled.scanner.verdict import ScanVerdict

_CODE_KEYS = {
    "auto_map": "names classes in code of its own (auto_map)",
    "_target_": "names a class that a loader would call (_target_)",
    "custom_pipelines": "names code of its own (custom_pipelines)",
}


class Json:
    """One JSON text from the first byte to the last."""

    refines: ClassVar[tuple[str, ...]] = ("text",)
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return looks_like_json(part)

    def read(self, part: Part) -> str:
        tree = parse(part)
        for key, value in pairs(tree):
            _judge(part, key, value)
        for value in _objects(tree):
            _judge_layer(part, value)
        return "text"


def _judge(part: Part, key: str, value: Any) -> None:
    if key in _CODE_KEYS and value:
        part.note(ScanVerdict.CODE_CARRYING, _CODE_KEYS[key], name=str(value))
    elif "chat_template" in key and value:
        texts = [value] if isinstance(value, str) else [text for _, text in pairs(value) if isinstance(text, str)]
        if not texts or not all(is_harmless(text) for text in texts):
            part.note(ScanVerdict.UNVERIFIABLE, "holds a chat template that does more than print messages")


def _objects(tree: Any) -> list[dict[str, Any]]:
    return [value for value in [tree, *(value for _, value in pairs(tree))] if isinstance(value, dict)]


def _judge_layer(part: Part, value: dict[str, Any]) -> None:
    """Keras: an object that names a module and a class is imported by its loader."""
    if not {"class_name", "config"} <= set(value):
        return
    module, name = str(value.get("module") or "keras"), str(value["class_name"])
    if module.split(".")[0] not in ("keras", "keras_core", "tf_keras", "tensorflow"):
        verdict = max(ScanVerdict.CODE_CARRYING, severity(module, name, called=True))
        part.note(verdict, f"makes a loader import {module}.{name}", name=f"{module}.{name}")
    elif "ambda" in name or name == "function":
        part.note(ScanVerdict.CODE_CARRYING, f"holds a Keras {name}", name=f"{module}.{name}")
    else:
        part.note(ScanVerdict.UNVERIFIABLE, "describes a Keras model, which is not read here", name=f"{module}.{name}")
