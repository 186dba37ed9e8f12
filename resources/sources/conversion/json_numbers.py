"""Numbers of a JSON document, digit by digit, in SQL.

DuckDB's JSON numbers are doubles. So each number of a document is put into quotes before it is
parsed, and none passes a double.
"""

from __future__ import annotations

from resources.identifiers import text_literal

# Whatever is no number, strings as a whole, then a number; or the end, marked by a character that
# no JSON holds. Without an end to find, the engine would look for numbers inside strings.
_END = "\x1f"
_NUMBER = rf"-(?:[0-9][0-9.eE+\-]*|[A-Za-z]*)|[0-9][0-9.eE+\-]*|{_END}"
_UP_TO_NUMBER = rf'((?:"(?:[^"\\]|\\.)*"|[^"0-9\-{_END}])*)({_NUMBER})'

# Tells a number in quotes from a text: for private use, no character of any language.
_MARK = "\ue000"


def spelled_at(document: str, path: str) -> str:
    """SQL of the value at a path, numbers as they are spelled: a number, an object, an array."""
    found = f"json_extract_string({_quoted(document, _MARK)}, {text_literal(path)})"
    return f"regexp_replace({found}, '\"?{_MARK}([^{_MARK}]*){_MARK}\"?', '\\1', 'g')"


def marked_numbers(document: str) -> str:
    """SQL of a JSON document in which each number is a text that `number_or_text` can tell."""
    return _quoted(document, _MARK)


def number_or_text(found: str, decimal_mark: str | None) -> str:
    """SQL of a text out of `marked_numbers`, without its marks.

    `decimal_mark` is the mark of the source's texts; None: no number is read from it.
    """
    bare = f"replace({found}, '{_MARK}', '')"
    spelled = bare if decimal_mark is None else as_declared(bare, decimal_mark)
    return f"CASE WHEN starts_with({found}, '{_MARK}') THEN {spelled} ELSE {found} END"


def as_declared(number: str, decimal_mark: str) -> str:
    """SQL of a JSON number as texts of its source spell it. Four decimals cannot be thousands."""
    padded = f"regexp_replace({number}, '^(-?[1-9]\\d{{0,2}}\\.\\d{{3}})$', '\\10')"
    return padded if decimal_mark == "." else f"replace({padded}, '.', '{decimal_mark}')"


def _quoted(document: str, mark: str) -> str:
    found = (
        f"regexp_replace({document} || '{_END}', {text_literal(_UP_TO_NUMBER)}, "
        f"'\\1\"{mark}\\2{mark}\"', 'g')"
    )
    return f"replace({found}, '\"{mark}{_END}{mark}\"', '')"
