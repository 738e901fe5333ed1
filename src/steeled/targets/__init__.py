"""A target adapter makes a foreign model answer as ``core.target.Target``; one framework, one file.

An adapter is a module named after its framework that imports it at the top and has

* ``open_object(model: object, request: Opening) -> Opened`` for a live model, and
* ``open_file(path: Path, format: str, request: Opening) -> Opened`` where the framework has files of its own;
  ``format`` is the scanner's word, whose part before the first underscore names the adapter.

``_dispatch.py`` finds adapters by name: the root module of a model's classes is the name of its file. Members from
outside join through the entry-point group ``steeled.targets``. The other files are what adapters share: how rows go in
(``_inputs``), how answers come out (``_answers``, ``_find_answers``), and the check on opening (``_self_check``).
"""
