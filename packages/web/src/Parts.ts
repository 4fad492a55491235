/**
 * The parts that pages are made of, as a style sheet. It is text in a module, so that a checkout, a test and the published bundle
 * have it in the same way and nothing has to be built or found.
 */

/** The rules; they use the properties of `Tokens`. */
export const text = `*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 4rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: var(--t-3)/var(--l-3) var(--sans); font-variant-numeric: tabular-nums; }
h1, h2, h3, p, ol, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
ol, ul { list-style: none; }
a { color: inherit; text-decoration: underline; text-decoration-color: var(--line-strong); text-decoration-thickness: 1px; text-underline-offset: .2em; }
a:hover { text-decoration-color: currentColor; text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: var(--r-1); }
code, kbd, pre, .mono { font-family: var(--mono); font-size: .94em; }
kbd { border: 1px solid var(--line-strong); border-radius: var(--r-1); padding: 0 .3em; font-size: var(--t-1); color: var(--ink-2); background: var(--surface); }
.i { width: 1em; height: 1em; flex: none; vertical-align: -.125em; }
.dim { color: var(--ink-3); } .soft { color: var(--ink-2); } .strong { font-weight: var(--w-strong); } .small { font-size: var(--t-2); line-height: var(--l-2); } .num { text-align: right; }
.nowrap { white-space: nowrap; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top { display: flex; align-items: center; gap: var(--s-4); height: 3rem; padding: 0 var(--s-5); background: var(--surface); border-bottom: 1px solid var(--line); position: sticky; top: 0; z-index: 5; }
.brand { display: inline-flex; align-items: center; gap: var(--s-2); font-weight: 700; text-decoration: none; letter-spacing: -.01em; font-size: var(--t-4); }
.brand svg { width: 1.25rem; height: 1.25rem; }
.nav { display: flex; gap: 2px; height: 100%; }
.nav a { display: flex; align-items: center; padding: 0 var(--s-3); text-decoration: none; color: var(--ink-2); border-bottom: 2px solid transparent; border-top: 2px solid transparent; }
.nav a:hover { color: var(--ink); background: var(--hover); }
.nav a[aria-current] { color: var(--ink); font-weight: var(--w-strong); border-bottom-color: var(--ink); }
.live { display: inline-flex; align-items: center; gap: .4em; font-size: var(--t-2); color: var(--ink-2); white-space: nowrap; }
.live::before { content: ""; width: .5rem; height: .5rem; border-radius: 50%; background: var(--good-fg); }
.who { display: grid; place-items: center; width: 1.75rem; height: 1.75rem; border-radius: 50%; background: var(--idle-bg); border: 1px solid var(--idle-line); font-size: var(--t-1); font-weight: var(--w-strong); text-decoration: none; }
.menu { display: none; }
main { max-width: var(--wide); margin: 0 auto; padding: var(--s-5); display: grid; gap: var(--s-5); grid-template-columns: minmax(0, 1fr); }
.foot { max-width: var(--wide); margin: 0 auto; padding: var(--s-4) var(--s-5) var(--s-6); color: var(--ink-3); font-size: var(--t-2); display: flex; gap: var(--s-4); flex-wrap: wrap; border-top: 1px solid var(--line); } .foot > * { min-width: 0; } .foot code { overflow-wrap: anywhere; }
.crumbs { font-size: var(--t-2); color: var(--ink-3); display: flex; gap: .5em; flex-wrap: wrap; }
.crumbs li + li::before { content: "/"; margin-right: .5em; }
.head { display: grid; gap: var(--s-2); }
.head-row { display: flex; align-items: flex-start; gap: var(--s-4); flex-wrap: wrap; }
h1 { font-size: var(--t-5); line-height: var(--l-5); font-weight: var(--w-strong); letter-spacing: -.012em; overflow-wrap: anywhere; }
h1 .mono { margin-left: .6em; font-size: .66em; font-weight: 400; color: var(--ink-3); letter-spacing: 0; }
h2 { font-size: var(--t-4); line-height: var(--l-4); font-weight: var(--w-strong); letter-spacing: -.005em; }
h3 { font-size: var(--t-3); line-height: var(--l-3); font-weight: var(--w-strong); }
.answer { font-size: var(--t-4); line-height: var(--l-4); max-width: var(--measure); text-wrap: pretty; }
.acts { display: flex; gap: var(--s-2); margin-left: auto; flex-wrap: wrap; }
.sec { display: grid; gap: var(--s-3); grid-template-columns: minmax(0, 1fr); }
.sec > header { display: flex; align-items: baseline; gap: var(--s-2) var(--s-3); flex-wrap: wrap; }
.sec > header .end { margin-left: auto; }
.panel { background: var(--surface); border: 1px solid var(--line); border-radius: var(--r-2); min-width: 0; }
.pad { padding: var(--s-4); }
.cols { display: grid; gap: var(--s-5); grid-template-columns: minmax(0, 1fr); align-items: start; }
@media (min-width: 72rem) { .cols.side { grid-template-columns: minmax(0, 1fr) 23rem; } .cols.half { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
.btn { display: inline-flex; align-items: center; justify-content: center; gap: .4em; min-height: var(--target); padding: 0 var(--s-3); border: 1px solid var(--line-strong); border-radius: var(--r-2); background: var(--surface); color: var(--ink); font: inherit; font-size: var(--t-2); text-decoration: none; white-space: nowrap; cursor: pointer; }
.btn:hover { background: var(--hover); }
.btn.main { background: var(--ink); color: var(--on-ink); border-color: var(--ink); font-weight: var(--w-strong); }
.btn.plain { border-color: transparent; background: none; padding: 0 var(--s-2); }
.btn[aria-pressed="true"] { background: var(--selected); border-color: var(--ink); }
.btn[disabled] { color: var(--ink-3); border-color: var(--line); cursor: not-allowed; background: none; }
.field { display: flex; align-items: center; gap: var(--s-2); border: 1px solid var(--line-strong); border-radius: var(--r-2); background: var(--surface); padding: 0 var(--s-2); min-height: 2.25rem; min-width: 0; }
.field:focus-within { outline: 2px solid var(--focus); outline-offset: 1px; }
.field input { border: 0; outline: 0; background: none; color: inherit; font: inherit; font-size: var(--t-2); flex: 1; min-width: 0; height: 2rem; }
.field input::placeholder { color: var(--ink-3); opacity: 1; }
.views { display: flex; gap: var(--s-1); flex-wrap: wrap; }
.views a { padding: var(--s-1) var(--s-3); border-radius: var(--r-full); text-decoration: none; color: var(--ink-2); font-size: var(--t-2); border: 1px solid transparent; white-space: nowrap; }
.views a:hover { background: var(--hover); }
.views a[aria-current] { background: var(--surface); border-color: var(--line-strong); color: var(--ink); font-weight: var(--w-strong); }
.views b { font-weight: inherit; color: var(--ink-3); margin-left: .25em; }
.row { display: flex; gap: var(--s-2) var(--s-3); align-items: center; flex-wrap: wrap; }
.grow { flex: 1 1 18rem; }
.st { display: inline-flex; align-items: baseline; gap: .4em; font-size: var(--t-2); line-height: var(--l-2); font-weight: var(--w-strong); white-space: nowrap; }
.st .i { width: 1rem; height: 1rem; position: relative; top: .17em; }
.st.quiet { font-weight: 400; }
.st.big { font-size: var(--t-3); padding: .15rem .6rem .15rem .45rem; border: 1px solid; border-radius: var(--r-full); }
.good { color: var(--good-fg); } .bad { color: var(--bad-fg); } .run { color: var(--run-fg); } .attn { color: var(--attn-fg); } .idle { color: var(--idle-fg); }
.big.good { background: var(--good-bg); border-color: var(--good-line); } .big.bad { background: var(--bad-bg); border-color: var(--bad-line); }
.big.run { background: var(--run-bg); border-color: var(--run-line); } .big.attn { background: var(--attn-bg); border-color: var(--attn-line); } .big.idle { background: var(--idle-bg); border-color: var(--idle-line); }
.note { display: flex; gap: var(--s-3); padding: var(--s-3) var(--s-4); border: 1px solid var(--line); border-left-width: 3px; border-radius: var(--r-2); background: var(--surface); align-items: flex-start; flex-wrap: wrap; }
.note > .i { margin-top: .2rem; width: 1.125rem; height: 1.125rem; }
.note > div { flex: 1 1 18rem; min-width: 0; }
.note.bad { border-left-color: var(--bad-fg); } .note.attn { border-left-color: var(--attn-fg); } .note.run { border-left-color: var(--run-fg); } .note.idle { border-left-color: var(--idle-fg); }
.note > .row { flex: 0 1 auto; margin-left: auto; }
.note > div, .note .soft { color: var(--ink); } .note .soft { color: var(--ink-2); }
@media (prefers-reduced-motion: no-preference) { .turns { animation: spin 2.4s linear infinite; will-change: transform; } @keyframes spin { to { transform: rotate(360deg); } } }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: var(--t-2); line-height: var(--l-2); }
caption { text-align: left; }
th { text-align: left; font-weight: var(--w-strong); color: var(--ink-2); font-size: var(--t-1); white-space: nowrap; padding: var(--s-2) var(--s-3); border-bottom: 1px solid var(--line); background: var(--surface); }
td { padding: 0 var(--s-3); height: var(--row); border-bottom: 1px solid var(--line); vertical-align: middle; }
tbody tr:last-child > td, tbody tr:last-child > th { border-bottom: 0; }
tbody tr:hover > * { background: var(--hover); }
th[scope="row"] { color: var(--ink); font-size: var(--t-2); font-weight: var(--w-strong); height: var(--row); padding-block: 0; }
tr.sel > * { background: var(--selected) !important; }
tr.grp th { background: var(--sunken); color: var(--ink-2); font-size: var(--t-1); padding-block: var(--s-1); height: 1.75rem; }
th.num, td.num { text-align: right; }
td .sub, th .sub { display: block; font-weight: 400; color: var(--ink-3); font-size: var(--t-1); line-height: var(--l-1); padding-bottom: .35rem; }
td.tall { padding-block: .35rem; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: var(--s-1) var(--s-4); font-size: var(--t-2); line-height: var(--l-2); }
.facts dt { color: var(--ink-3); } .facts dd { overflow-wrap: anywhere; }
svg text { font-family: var(--sans); font-size: 12px; fill: var(--ink); }
svg .t2 { fill: var(--ink-2); } svg .t3 { fill: var(--ink-3); } svg .tb { font-weight: 600; } svg .tm { font-family: var(--mono); font-size: 11.5px; }
.f-good { fill: var(--good-fg); } .f-bad { fill: var(--bad-fg); } .f-run { fill: var(--run-fg); } .f-attn { fill: var(--attn-fg); } .f-idle { fill: var(--idle-fg); } .f-line { fill: var(--line); } .f-ink { fill: var(--ink); } .f-surface { fill: var(--surface); } .f-sunken { fill: var(--sunken); }
.s-good { stroke: var(--good-fg); } .s-bad { stroke: var(--bad-fg); } .s-run { stroke: var(--run-fg); } .s-attn { stroke: var(--attn-fg); } .s-idle { stroke: var(--idle-fg); } .s-line { stroke: var(--line); } .s-strong { stroke: var(--line-strong); } .s-ink { stroke: var(--ink); }
.nofill { fill: none; } .dash { stroke-dasharray: 3 3; }
.bar * { vector-effect: non-scaling-stroke; } .bar { width: 100%; height: .5rem; display: block; border-radius: 2px; }
.chain { display: grid; gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: var(--r-2); overflow: hidden; counter-reset: step; }
@media (min-width: 64rem) { .chain { grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); } }
.chain > li { background: var(--surface); padding: var(--s-3) var(--s-4); display: grid; gap: var(--s-1); align-content: start; font-size: var(--t-2); line-height: var(--l-2); }
.chain .when { font-size: var(--t-1); line-height: var(--l-1); color: var(--ink-3); display: flex; justify-content: space-between; gap: var(--s-3); }
.chain .when b { color: var(--ink-2); }
.chain > li.now { box-shadow: inset 0 3px 0 var(--run-fg); }
.trace { display: flex; flex-wrap: wrap; gap: var(--s-1) 0; font-size: var(--t-2); color: var(--ink-2); }
.trace li { display: flex; align-items: center; gap: .4em; } .trace li + li::before { content: "→"; color: var(--ink-3); margin: 0 .6em; }
.log { font: var(--t-2)/1.5rem var(--mono); background: var(--log); overflow-x: auto; padding: var(--s-2) 0; }
.panel > .log { border-radius: inherit; } .toolbar + .log { border-radius: 0 !important; }
.log ol { min-width: max-content; }
.log li { display: flex; white-space: pre; }
.log.wrap { overflow-x: clip; } .log.wrap ol { min-width: 0; } .log.wrap li > span, .log.wrap li > button { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 0; }
.log li > a { flex: none; width: 5.25rem; padding-right: var(--s-3); text-align: right; color: var(--ink-3); text-decoration: none; font-size: var(--t-1); user-select: none; border-right: 1px solid var(--line); margin-right: var(--s-3); }
.log li > a:hover { color: var(--ink); text-decoration: underline; }
.log li > span { padding-right: var(--s-4); }
.log .err { background: var(--bad-bg); } .log .err > a { color: var(--bad-fg); font-weight: 700; border-right-color: var(--bad-fg); }
.log .pick { background: var(--selected); box-shadow: inset 3px 0 0 var(--focus); }
.log .fold { color: var(--ink-2); background: var(--sunken); } .log .fold button { all: unset; cursor: pointer; padding-right: var(--s-4); } .log .fold button:focus-visible { outline: 2px solid var(--focus); }
.log mark { background: var(--mark); color: var(--ink); } .log mark.on { outline: 2px solid var(--focus); }
.toolbar { display: flex; flex-wrap: wrap; gap: var(--s-2); align-items: center; padding: var(--s-2) var(--s-3); border-bottom: 1px solid var(--line); background: var(--surface); border-radius: var(--r-2) var(--r-2) 0 0; }
.toolbar .end { margin-left: auto; }
.feed { background: var(--surface); border: 1px solid var(--line); border-radius: var(--r-2); }
.feed > li { display: grid; grid-template-columns: 8.75rem minmax(0, 17rem) minmax(0, 1fr) 9.5rem 8.75rem; gap: 0 var(--s-4); padding: .6rem var(--s-4); border-bottom: 1px solid var(--line); align-items: baseline; }
.feed > li:last-child { border-bottom: 0; } .feed > li:hover { background: var(--hover); }
.feed h3 { font-size: var(--t-3); overflow-wrap: anywhere; } .feed h3 a { text-decoration: none; } .feed h3 a:hover { text-decoration: underline; }
.feed .id { display: block; font-weight: 400; font-size: var(--t-1); line-height: var(--l-1); color: var(--ink-3); font-family: var(--mono); overflow-wrap: anywhere; }
.feed .say { font-size: var(--t-2); line-height: var(--l-2); color: var(--ink-2); min-width: 0; overflow-wrap: anywhere; }
.feed .say pre { font-size: var(--t-1); line-height: var(--l-2); color: var(--bad-fg); white-space: pre-wrap; overflow-wrap: anywhere; }
.feed .prog { font-size: var(--t-1); line-height: var(--l-1); color: var(--ink-3); display: grid; gap: 3px; }
.feed .time { font-size: var(--t-2); line-height: var(--l-2); text-align: right; } .feed .time small { display: block; font-size: var(--t-1); line-height: var(--l-1); color: var(--ink-3); }
.more { display: flex; justify-content: center; }
.copy { display: flex; align-items: center; gap: var(--s-2); background: var(--sunken); border: 1px solid var(--line); border-radius: var(--r-1); padding: var(--s-1) var(--s-1) var(--s-1) var(--s-3); min-width: 0; }
.copy code { flex: 1; min-width: 0; overflow-wrap: anywhere; font-size: var(--t-2); line-height: var(--l-2); padding-block: .2rem; }
.sheet { background: var(--raised); border: 1px solid var(--line-strong); border-radius: var(--r-2); box-shadow: var(--shadow); max-width: 40rem; overflow: hidden; }
.sheet .pad { display: grid; gap: var(--s-3); }
.sheet .field { border: 0; border-bottom: 1px solid var(--line); border-radius: 0; background: none; min-height: 3rem; padding: 0 var(--s-4); } .sheet .field:focus-within { outline-offset: -2px; }
.empty { align-content: start; display: grid; gap: var(--s-2); justify-items: start; padding: var(--s-5); }
.only-narrow { display: none; }
@media (max-width: 76rem) { .site { display: none; } }
@media (max-width: 60rem) {
  .nav, .live, .who, .site { display: none; }
  .top { padding: 0 var(--s-4); gap: var(--s-3); }
  .menu { display: block; } .menu summary { list-style: none; display: grid; place-items: center; width: 2.75rem; height: 2.75rem; cursor: pointer; } .menu summary::-webkit-details-marker { display: none; } .menu summary .i { width: 1.25rem; height: 1.25rem; }
  .menu nav { position: absolute; inset: 3rem 0 auto 0; background: var(--raised); border-bottom: 1px solid var(--line-strong); box-shadow: var(--shadow); } .menu nav a { display: block; padding: var(--s-3) var(--s-4); border-top: 1px solid var(--line); text-decoration: none; }
  main { padding: var(--s-4); gap: var(--s-5); } .foot { padding-inline: var(--s-4); }
  .acts { margin-left: 0; } .head-row { display: contents; } .head > .head-row > .st { justify-self: start; } .head .acts { order: 1; } .head .trace, .head .steps, .head > .bar, .head .figs { order: 2; }
  .feed > li { grid-template-columns: minmax(0, 1fr) auto; gap: .35rem var(--s-3); padding: var(--s-3) var(--s-4); }
  .feed .st { order: 0; } .feed .time { order: 1; } .feed h3 { order: 2; grid-column: 1 / -1; } .feed .say { order: 3; grid-column: 1 / -1; } .feed .prog { order: 4; grid-column: 1 / -1; }
  .views { flex-wrap: nowrap; overflow-x: auto; margin-inline: calc(-1 * var(--s-4)); padding-inline: var(--s-4); }
  .only-wide { display: none; } .only-narrow { display: block; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr, .stack td, .stack tr > th[scope="row"] { display: block; }
  .stack tr { padding: var(--s-3) var(--s-4); border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 2px var(--s-4); align-items: baseline; } .stack tbody tr:last-child { border-bottom: 0; }
  .stack td, .stack tr > th[scope="row"] { border: 0; padding: 0; height: auto; text-align: left; background: none !important; white-space: normal; overflow-wrap: anywhere; min-width: 0; order: 2; }
  .stack tr > th[scope="row"] { order: 0; flex: 1 1 calc(100% - 9.5rem); font-size: var(--t-3); } .stack td.state { order: 1; }
  .stack .wide { flex: 1 0 100%; } .stack .hide { display: none; } .stack tr.sel { background: var(--selected); }
  .stack td[data-l]::before { content: attr(data-l) " "; color: var(--ink-3); }
  .stack tr.grp { background: var(--sunken); padding-block: var(--s-1); } .stack tr.grp th { white-space: normal; height: auto; border: 0; padding: 0; }
  .log li > a { width: 3.5rem; padding-right: var(--s-2); margin-right: var(--s-2); }
  .pad { padding: var(--s-4); } .big-answer { padding: var(--s-4); }
}
@media (forced-colors: active) { .i, .cells svg, .node svg, .bar { forced-color-adjust: none; } .nav a { border-color: Canvas; } .nav a[aria-current] { border-bottom-color: Highlight; } .box { stroke: CanvasText; } tr.sel > *, .log .pick, .views a[aria-current] { outline: 2px solid Highlight; outline-offset: -2px; } }
@media print { .top, .acts, .toolbar, .pending, .views { display: none; } }
.tl { display: block; }
@media (min-width: 60.01rem) { .logcols { grid-template-columns: 15rem minmax(0, 1fr); } .toc { position: sticky; top: 4rem; } }
.toolbar .field { min-height: 2rem; flex: 1 1 14rem; } .toolbar .btn { padding-inline: .6rem; } .toolbar.low { border: 0; border-top: 1px solid var(--line); border-radius: 0 0 var(--r-2) var(--r-2); }
.state2 { white-space: nowrap; }
@media (max-width: 60rem) { .note > .row { margin-left: 2rem; } }
`
