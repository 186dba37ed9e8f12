"""Structs of Thrift's compact protocol, in which Parquet writes its page headers.

https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import TypeAlias

Value: TypeAlias = "int | bytes | list[Value] | Struct | None"
Struct: TypeAlias = dict[int, Value]

_DEEPEST = 16
_TRUE, _FALSE, _BYTE, _INT16, _INT32, _INT64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(
    1, 13
)


def read_struct(data: bytes, at: int = 0, depth: int = 0) -> tuple[Struct, int]:
    """Read one struct that starts at a byte, within `depth` others.

    Returns:
        Number of a field -> its value (doubles and maps are passed over), and where it ends.

    Raises:
        EOFError: If the data ends before the struct does.
        ValueError: If it is none.
    """
    if depth > _DEEPEST:
        raise ValueError("structs in each other without end")
    fields: Struct = {}
    number = 0
    try:
        while head := data[at]:
            at += 1
            if head >> 4:
                number += head >> 4
            else:
                number, at = _signed(data, at)
            fields[number], at = _value(data, at, head & 15, depth)
    except IndexError:
        raise EOFError from None
    return fields, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Value, int]:
    if _INT16 <= kind <= _INT64:
        return _signed(data, at)
    if kind == _STRUCT:
        return read_struct(data, at, depth + 1)
    if kind == _BINARY:
        length, at = _unsigned(data, at)
        return data[at : at + length], _within(data, at + length)
    if kind in (_TRUE, _FALSE):
        return int(kind == _TRUE), at
    if kind == _BYTE:
        return data[at], at + 1
    if kind == _DOUBLE:
        return None, _within(data, at + 8)
    if kind in (_LIST, _SET):
        return _list(data, at, depth)
    if kind == _MAP:
        return None, _after_map(data, at, depth)
    raise ValueError(f"no type {kind}")


def _list(data: bytes, at: int, depth: int) -> tuple[list[Value], int]:
    count, kind = data[at] >> 4, data[at] & 15
    at += 1
    if count == 15:
        count, at = _unsigned(data, at)
    values: list[Value] = []
    for _ in range(count):
        value, at = _element(data, at, kind, depth)
        values.append(value)
    return values, at


def _after_map(data: bytes, at: int, depth: int) -> int:
    count, at = _unsigned(data, at)
    if not count:
        return at
    kinds = data[at]
    at += 1
    for _ in range(count):
        for kind in (kinds >> 4, kinds & 15):
            _, at = _element(data, at, kind, depth)
    return at


def _element(data: bytes, at: int, kind: int, depth: int) -> tuple[Value, int]:
    # A truth value is in the type of a field, but a byte of its own among others.
    return _value(data, at, _BYTE if kind in (_TRUE, _FALSE) else kind, depth + 1)


def _within(data: bytes, end: int) -> int:
    if end > len(data):
        raise EOFError
    return end


def _unsigned(data: bytes, at: int) -> tuple[int, int]:
    value = data[at]
    at += 1
    if value < 128:
        return value, at
    value &= 127
    for shift in range(7, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number of more than 64 bits")


def _signed(data: bytes, at: int) -> tuple[int, int]:
    value, at = _unsigned(data, at)
    return (value >> 1) ^ -(value & 1), at
