from resources.sources.files import files
from tests.sources.conftest import FOLDER, Landing, DAY
import pytest
def test_case(landing: Landing):
    landing.deliver("a.jsonl", '{"Key": 1, "key": 2}\n')
    with landing.load(files(FOLDER, format="jsonl", columns={"a":"Key","b":"key"}), {"a":"BIGINT?","b":"BIGINT?"}) as l: print(landing.accepted(l))
def test_long(landing: Landing):
    landing.deliver("a.csv", 'a,b\n1,"'+"x"*3_000_000+'"\n2,y\n')
    with landing.load(files(FOLDER, format="csv"), {"a":"BIGINT?","b":"VARCHAR?"}) as l: print(l.rows, l.rejected, [len(r["b"]) for r in landing.accepted(l)])
def test_longj(landing: Landing):
    landing.deliver("a.jsonl", '{"a":1,"b":"'+"x"*3_000_000+'"}\n')
    with landing.load(files(FOLDER, format="jsonl"), {"a":"BIGINT?","b":"VARCHAR?"}) as l: print(l.rows, l.rejected, [len(r["b"]) for r in landing.accepted(l)])
def test_one(landing: Landing):
    landing.deliver("a.csv", 'a\n1\n\n2\n  \n\n')
    with landing.load(files(FOLDER, format="csv"), {"a":"BIGINT?"}) as l: print(l.rows, l.rejected, l.blank, landing.accepted(l), landing.refused(l))
def test_two_names(landing: Landing):
    landing.deliver("a.csv", 'a\n1\n')
    with landing.load(files(FOLDER, format="csv", columns={"b":"a"}), {"a":"BIGINT?","b":"VARCHAR"}) as l: print(landing.accepted(l))
    landing.deliver("a.jsonl", '{"a":5}\n'); (landing.folder()/"a.csv").unlink()
    with landing.load(files(FOLDER, format="jsonl", columns={"b":"a"}), {"a":"BIGINT?","b":"VARCHAR"}) as l: print(landing.accepted(l))
