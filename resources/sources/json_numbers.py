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


def numbers_as_texts(document: str) -> str:
    """SQL of a JSON document in which each number is a text of its digits."""
    return _quoted(document, "")


def spelled_at(document: str, path: str) -> str:
    """SQL of the value at a path, its numbers as they are spelled: a number, an object, an array.

    Args:
        document: SQL of the JSON document.
        path: The JSON path, as the engine writes it.
    """
    found = f"json_extract_string({_quoted(document, _MARK)}, {text_literal(path)})"
    return f"regexp_replace({found}, '\"?{_MARK}([^{_MARK}]*){_MARK}\"?', '\\1', 'g')"


def _quoted(document: str, mark: str) -> str:
    found = (
        f"regexp_replace({document} || '{_END}', {text_literal(_UP_TO_NUMBER)}, "
        f"'\\1\"{mark}\\2{mark}\"', 'g')"
    )
    return f"replace({found}, '\"{mark}{_END}{mark}\"', '')"
