"""What a name says of a file: data, or something that lies beside it and must not be loaded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from resources.sources.landing.name_patterns import NamePattern

USUAL_ENDINGS = {
    "csv": ("csv", "txt", "tsv", "dat"),
    "fixed_width": ("dat", "txt", "asc", "fix"),
    "jsonl": ("jsonl", "ndjson", "json"),
    "parquet": ("parquet", "parq"),
}
_HALF_UPLOADS = (
    "filepart", "part", "partial", "tmp", "temp", "crdownload", "download", "opdownload",
    "upload", "uploading", "inprogress", "in_progress", "incomplete", "writing", "aria2", "!ut",
)  # fmt: skip
_BACKUPS = ("bak", "backup", "bck", "old", "orig", "save", "sav", "swp", "swo", "rej", "autosave")
_DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "crc", "crc32", "sfv", "blake2")
_SIGNATURES = ("sig", "asc", "sign", "p7s")
_MANIFESTS = ("manifest", "mf", "ctl", "ok", "done", "ready", "flag", "trg")
_NOTES = re.compile(
    r"((md5|sha1|sha224|sha256|sha384|sha512|b2)sums?(\.txt)?|checksums?(\.\w+)?"
    r"|manifest(\.\w+)?|.*[._-]manifest(\.\w+)?|read[ _]?me(\.\w+)?|thumbs\.db|desktop\.ini)",
    re.IGNORECASE,
)
_COPY = re.compile(
    r".*\(\d+\)|.*[ _-]+(copy|kopie|copie|copia|cópia|kopia|kopio)([ _-]?\(?\d+\)?)?"
    r"|.*(副本|复制|複本|コピー|사본|복사본)([ _-]?\(?\d+\)?)?"
    r"|(copy|copie|kopie|copia|cópia)([ _-]?\(?\d+\)?)? (of|de|von|di|d') ?.*|副本.*",
    re.IGNORECASE,
)


class Kind(Enum):
    """What a name says; the value is how a person reads it."""

    DATA = "data"
    OTHER = "does not match the pattern"
    NOTE = "a checksum, manifest or note that the source does not declare"
    BACKUP = "an editor's backup"
    HALF = "an upload that is not finished"
    COPY = "a second copy by its name"


@dataclass(frozen=True)
class FileNames:
    """Which names are data of one source.

    Attributes:
        patterns: A name that matches one of them is data.
        gzipped: Whether `.gz` may stand behind a name.
        declared: Whether a person wrote the pattern, which then decides about notes too.
    """

    patterns: tuple[NamePattern, ...]
    gzipped: bool
    declared: bool

    @property
    def text(self) -> str:
        """The patterns as people read them."""
        return " or ".join(pattern.text for pattern in self.patterns)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that names give values to."""
        return tuple(name for pattern in self.patterns for name in pattern.columns)

    def kind(self, name: str) -> Kind:
        """What the name says."""
        plain = self.plain(name)
        matching = next((each for each in self.patterns if each.fits(plain)), None)
        ending = name.lower().rsplit(".", 1)[-1] if "." in name else ""
        if self._is_note(name, ending, matching):
            return Kind.NOTE
        if ending in _HALF_UPLOADS:
            return Kind.HALF
        if ending in _BACKUPS or name.endswith("~") or name.startswith(("#", "~$")):
            return Kind.BACKUP
        if matching is None:
            return Kind.OTHER
        return Kind.COPY if _COPY.fullmatch(plain.rsplit(".", 1)[0]) else Kind.DATA

    def values(self, name: str) -> dict[str, str]:
        """What a matching name says of all rows of its file."""
        plain = self.plain(name)
        found = next((each.values(plain) for each in self.patterns if each.fits(plain)), None)
        return dict(found or {})

    def plain(self, name: str) -> str:
        """The name without the `.gz` that may stand behind it."""
        return name[:-3] if self.gzipped and name.lower().endswith(".gz") else name

    def as_one(self, name: str) -> str:
        """The name as people and file systems take it: any case, `.gz` or not, any accents."""
        plain = unicodedata.normalize("NFC", self.plain(name)).casefold()
        stem, point, ending = plain.rpartition(".")
        return f"{stem.strip()}{point}{ending.strip()}"

    def _is_note(self, name: str, ending: str, matching: NamePattern | None) -> bool:
        if ending in _DIGESTS or ending in _SIGNATURES:
            return True
        if matching is not None and self.declared and "manifest" in matching.text.lower():
            return False
        if _NOTES.fullmatch(name):
            return True
        return ending in _MANIFESTS and matching is None


def file_names(endings: Sequence[str], pattern: NamePattern | None, *, gzipped: bool) -> FileNames:
    """The names of a source's data: those of its pattern, or those that end as is usual.

    `gzipped`: whether `.gz` may stand behind a name.
    """
    if pattern is not None:
        return FileNames((pattern,), gzipped and not pattern.text.endswith(".gz"), declared=True)
    usual = [f"*.{ending}" for ending in endings] if endings else ["*"]
    patterns = tuple(NamePattern(text, ignores_case=True) for text in usual)
    return FileNames(patterns, gzipped, declared=False)
