/** The parts of the style sheet that single pages need: questions, matrices, drawings, tiers, plans. */

/** CSS; it uses the properties of `Tokens` and comes after `Parts`. */
export const text = `
.skip { position: absolute; left: -999px; top: 0; background: var(--ink); color: var(--on-ink); padding: var(--s-2) var(--s-4); z-index: 9; } .skip:focus { left: 0; }
.tok { display: inline-flex; align-items: center; gap: .35em; background: var(--idle-bg); border: 1px solid var(--idle-line); border-radius: var(--r-1); padding: 0 .45em; font: var(--t-2)/1.5rem var(--mono); white-space: nowrap; text-decoration: none; }
.ask { display: flex; flex-wrap: wrap; gap: var(--s-2); align-items: center; font-size: var(--t-4); line-height: 2.25rem; }
.ask .btn { line-height: var(--l-2); min-height: 2rem; } .ask .tok { line-height: 1.875rem; } .ask .field { display: inline-flex; min-height: 2rem; } .ask .field input { width: 7rem; } .ask .field.long { flex: 1 1 20rem; } .ask .field.long input { width: 100%; }
.big-answer { display: grid; gap: var(--s-3); padding: var(--s-5); align-content: start; }
.big-answer .sha { font: 600 var(--t-6)/var(--l-6) var(--mono); letter-spacing: -.02em; overflow-wrap: anywhere; }
.matrix .st { font-weight: 400; } .matrix tr.sel .st { font-weight: 600; }
.barline { display: grid; grid-template-columns: 7rem max-content; gap: var(--s-3); align-items: center; }
.legend { display: flex; flex-wrap: wrap; gap: var(--s-1) var(--s-4); font-size: var(--t-2); color: var(--ink-2); } .legend > * { display: inline-flex; gap: .4em; align-items: center; }
.graph { overflow-x: auto; padding: var(--s-3); } .graph svg { display: block; max-width: none; } .graph svg.chart { width: 100%; min-width: 45rem; height: auto; }
.node { text-decoration: none; } .node:hover rect.box { fill: var(--hover); } .node:focus-visible { outline: none; } .node:focus-visible rect.box { stroke: var(--focus); stroke-width: 3; }
.tier { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr) 10rem; gap: var(--s-2) var(--s-4); padding: var(--s-3) var(--s-4); border-bottom: 1px solid var(--line); align-items: start; content-visibility: auto; contain-intrinsic-size: auto 6rem; }
.tier:last-child { border-bottom: 0; } .tier > :last-child { text-align: right; }
.cells { display: flex; flex-wrap: wrap; gap: 3px; } .cells a { display: grid; width: 1.5rem; height: 1.5rem; place-items: center; text-decoration: none; border-radius: var(--r-1); } .cells a:hover { background: var(--selected); } .cells svg { width: 1rem; height: 1rem; }
.figs { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: var(--r-2); overflow: hidden; }
.figs > a { flex: 1 1 7.5rem; background: var(--surface); padding: var(--s-3) var(--s-4); text-decoration: none; display: grid; gap: 2px; } .figs > a:hover { background: var(--hover); } .figs > a[aria-current] { background: var(--selected); } .figs b { font-size: var(--t-5); line-height: var(--l-5); } .figs span { font-size: var(--t-2); }
.steps { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: var(--r-2); overflow: hidden; } .steps li { flex: 1 1 9rem; background: var(--surface); padding: var(--s-3) var(--s-4); display: grid; gap: 2px; align-content: start; font-size: var(--t-2); line-height: var(--l-2); color: var(--ink-2); } .steps li[aria-current] { box-shadow: inset 0 3px 0 var(--ink); color: var(--ink); }
.rank > li { padding: var(--s-3) var(--s-4); border-bottom: 1px solid var(--line); display: grid; gap: 2px; overflow-wrap: anywhere; } .rank > li:last-child { border-bottom: 0; }
.paste { width: 100%; min-height: 16rem; font: var(--t-2)/1.5rem var(--mono); color: inherit; background: var(--log); border: 1px solid var(--line-strong); border-radius: var(--r-2); padding: var(--s-3); resize: vertical; }
[hidden] { display: none !important; } .log li:not(.fold) { content-visibility: auto; contain-intrinsic-size: auto 1.5rem; } .log.wrap li { max-width: 100%; }
.a-bold { font-weight: 700; } .a-black { color: var(--ansi-black); } .a-red { color: var(--ansi-red); } .a-green { color: var(--ansi-green); } .a-yellow { color: var(--ansi-yellow); } .a-blue { color: var(--ansi-blue); } .a-magenta { color: var(--ansi-magenta); } .a-cyan { color: var(--ansi-cyan); } .a-white { color: var(--ansi-white); }
.log li > span a { color: inherit; } .log .fold button { padding-left: 5.25rem; } #follow { position: sticky; bottom: 0; }
.log .warns { background: var(--attn-bg); } .log .fresh > a::before { content: "+ "; color: var(--ink); font-weight: 700; } .log .fresh > span { font-weight: 700; } .log .not-cause > span { text-decoration: line-through; text-decoration-color: var(--ink-3); }
.log li > small { display: none; } .log.times li > small { display: block; position: absolute; left: 5.25rem; color: var(--ink-3); font-size: var(--t-1); } .log.times li { position: relative; } .log.times li > span, .log.times .fold button { padding-left: 4.5rem; }
.log-with-rail { display: grid; grid-template-columns: minmax(0, 1fr) auto; } .rail { contain: size; width: .875rem; border-left: 1px solid var(--line); background: var(--sunken); cursor: pointer; } .rail svg { position: sticky; top: 3.5rem; display: block; width: 100%; height: calc(100vh - 8rem); max-height: 100%; } .rail .window { fill: var(--idle-line); } .f-found { fill: var(--focus); } .log .remark { color: var(--ink-2); font-family: var(--sans); white-space: normal; padding-left: 6rem; }
.paste.low { min-height: 5rem; } .form { display: grid; gap: var(--s-3); } .form .row > .field { flex: 1 1 12rem; } .form label.tall { display: grid; gap: var(--s-1); }
.spark { display: block; width: 9rem; height: 1.5rem; }
.toc summary { padding: var(--s-2) var(--s-3); min-height: var(--target); cursor: pointer; font-size: var(--t-2); font-weight: var(--w-strong); } .toc .rank > li { padding: var(--s-2) var(--s-3); font-size: var(--t-2); display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 var(--s-3); } .excerpt { margin: 0; } .head > .prog { max-width: 24rem; }
@media (min-width: 60.01rem) { .logcols > .toc { grid-column: 1; grid-row: 1; } .logcols > .panel:not(.toc) { grid-column: 2; grid-row: 1; } .logcols .toolbar:not(.low) { position: sticky; top: 3rem; z-index: 2; } .rail svg { top: 7rem; height: calc(100vh - 9rem); } }
.log .fold button::before { content: "▾ "; } .log .fold button[aria-expanded="false"]::before { content: "▸ "; }
.parts { display: grid; gap: var(--s-5); min-width: 0; grid-template-columns: minmax(0, 1fr); } @media (min-width: 72rem) { .cols.side:has(.aside) { grid-template-rows: auto 1fr; } .cols.side > .aside { grid-column: 2; } .cols.side > .parts:not(.aside) { grid-column: 1; grid-row: 1 / span 2; } } .aside .note { flex-wrap: wrap; } .aside .note > .row { margin-left: 0; }
.clip { content-visibility: auto; contain-intrinsic-size: auto 40rem; }
@media (min-width: 72rem) { .answercols { grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr); align-items: stretch; } }
@media (max-width: 60rem) { .tier { grid-template-columns: max-content minmax(0, 1fr); } .tier .cells { grid-column: 1 / -1; order: 3; } .matrix td { flex: 1 0 100%; } .log .remark { padding-left: 4rem; } }
@media (pointer: coarse) { .cells a { width: 2.75rem; height: 2.75rem; } }
`
