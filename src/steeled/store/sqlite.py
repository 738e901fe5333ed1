"""Evidence in one SQLite file: written as it comes, found again by its key, refused when altered.

Write-ahead logging with full synchronisation: after ``kill -9`` or a power cut the file holds every evidence whose
``put`` returned.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from steeled.core.evidence import Evidence
from steeled.core.record import Record
from steeled.errors import EvidenceError, StorageError
from steeled.store.codec import content_digest, decode, encode

_TABLES = """
CREATE TABLE IF NOT EXISTS evidence (key TEXT PRIMARY KEY, digest TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, digest TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS record (
    run TEXT PRIMARY KEY, digest TEXT NOT NULL, body BLOB NOT NULL, number INTEGER NOT NULL
);
"""


class Store:
    """One file of evidence; a context manager.

    Args:
        path: of the SQLite file; made when missing, with its folder.

    Raises:
        StorageError: the folder cannot be written, the disk is full, or the file is no store.
        EvidenceError: the file is a damaged store.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        except (OSError, sqlite3.Error) as problem:
            raise StorageError(f"cannot write {path.parent}: {problem}; name another folder with --out") from problem
        with self._errors():
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def put(self, evidence: Evidence) -> None:
        """Keep evidence under its key; the newest wins."""
        body = encode(evidence)
        with self._errors():
            self._connection.execute(
                "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?)", (evidence.key, content_digest(body), body)
            )

    def get(self, key: str) -> Evidence | None:
        """The evidence under a key, or None.

        Raises:
            EvidenceError: it does not match its digest, or answers another question.
        """
        with self._errors():
            row = self._connection.execute("SELECT digest, body FROM evidence WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        evidence = decode(self._checked(row[0], row[1], f"evidence {key[:19]}"), Evidence)
        if evidence.key != key:
            raise EvidenceError(f"evidence under {key[:19]} answers another question; delete {self._path}")
        return evidence

    def put_note(self, key: str, body: bytes) -> None:
        """Keep bytes under a key of the caller's; the newest wins."""
        with self._errors():
            self._connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", (key, content_digest(body), body))

    def get_note(self, key: str) -> bytes | None:
        """The bytes under a key, or None.

        Raises:
            EvidenceError: they do not match their digest.
        """
        with self._errors():
            row = self._connection.execute("SELECT digest, body FROM note WHERE key = ?", (key,)).fetchone()
        return None if row is None else self._checked(row[0], row[1], f"note {key[:19]}")

    def put_record(self, record: Record) -> None:
        """Keep the record of a run; it becomes the latest."""
        body = encode(record)
        with self._errors():
            self._connection.execute(
                "INSERT OR REPLACE INTO record SELECT ?, ?, ?, COALESCE(MAX(number), 0) + 1 FROM record",
                (record.run, content_digest(body), body),
            )

    def latest_record(self) -> Record | None:
        """The record kept last, or None.

        Raises:
            EvidenceError: it does not match its digest.
        """
        with self._errors():
            row = self._connection.execute("SELECT digest, body FROM record ORDER BY number DESC LIMIT 1").fetchone()
        return None if row is None else decode(self._checked(row[0], row[1], "the record"), Record)

    def _checked(self, digest: str, body: bytes, what: str) -> bytes:
        if content_digest(body) != digest:
            raise EvidenceError(f"{what} was altered after it was written; delete {self._path} and measure again")
        return body

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            code = getattr(problem, "sqlite_errorcode", None)
            if code == sqlite3.SQLITE_CORRUPT:
                raise EvidenceError(f"{self._path} is damaged: {problem}; delete it and measure again") from problem
            way_out = "delete it" if code == sqlite3.SQLITE_NOTADB else "free the disk"
            raise StorageError(f"cannot use {self._path}: {problem}; {way_out} or name another --out") from problem
