"""The formats that `files(format=...)` takes, beside those that a word names."""

from resources.sources.declaration.parquet_format import parquet
from resources.sources.formats.bank.camt053 import camt053
from resources.sources.formats.bank.mt940 import mt940
from resources.sources.formats.json_document.json_document import json_document
from resources.sources.formats.xlsx.xlsx import xlsx

__all__ = ["camt053", "json_document", "mt940", "parquet", "xlsx"]
