"""How the page of a report looks, on a light and on a dark screen, and on paper."""

STYLE = """
:root { --ink: #1c2733; --soft: #5b6b7c; --line: #d9e0e8; --paper: #ffffff; --head: #eef2f6;
  --good: #1a7f4b; --warn: #9a6200; --bad: #b3261e; --bar: #5b8db8; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e3e9ef; --soft: #9aa9b8; --line: #33414f; --paper: #151c23; --head: #1f2932;
    --good: #5bc48c; --warn: #e0ab4c; --bad: #f2857c; --bar: #6fa3d0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1500px; background: var(--paper);
  color: var(--ink); font: 14px/1.45 system-ui, "Noto Sans CJK SC", sans-serif; }
h1 { margin: 0; font-size: 24px; }
h2 { margin: 32px 0 4px; font-size: 17px; }
p { margin: 4px 0 12px; color: var(--soft); }
a { color: inherit; }
section { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 5px 10px; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); white-space: nowrap; }
th { background: var(--head); font-weight: 600; position: sticky; top: 0; }
td.id { white-space: normal; overflow-wrap: break-word; min-width: 130px; max-width: 320px; }
td.words { white-space: normal; min-width: 180px; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.standing b { border: 1px solid; border-radius: 4px; padding: 1px 8px; margin-right: 6px;
  text-transform: uppercase; font-size: 12px; letter-spacing: .05em; }
.cards { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; list-style: none; }
.cards li { border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px; }
.cards b { display: block; font-size: 22px; }
svg rect { fill: var(--bar); }
footer { margin-top: 32px; color: var(--soft); font-size: 12px; }
@media print { body { max-width: none; padding: 0; } section { break-inside: avoid-page; } }
""".strip()
