/** The one style sheet of all pages. */
import * as ContentStyles from "./ContentStyles.ts"
import * as Parts from "./Parts.ts"
import * as Tokens from "./Tokens.ts"

/** What the mocks do not have: selection of a log's line by its address, tables of batches, and a dialog. */
const more = `
[hidden] { display: none !important; }
.log li:target { background: var(--selected); box-shadow: inset 3px 0 0 var(--focus); }
.live[data-lost]::before { background: none; border: 2px solid var(--bad-fg); }
.narrow-nav { display: flex; gap: var(--s-4); }
.time-bar { width: 100%; min-width: 6rem; height: .5rem; display: block; }
.sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
dialog { background: var(--raised); color: var(--ink); border: 1px solid var(--line-strong); border-radius: var(--r-2); box-shadow: var(--shadow); max-width: 32rem; padding: var(--s-5); }
dialog p { margin-bottom: var(--s-4); }
.search { display: flex; gap: var(--s-2); flex-wrap: wrap; }
.search .field { flex: 1 1 14rem; }
.act { display: inline-flex; align-items: baseline; gap: var(--s-2); flex-wrap: wrap; }
.field-label { display: grid; gap: var(--s-1); margin-bottom: var(--s-4); font-size: var(--t-2); }
.field-label input { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--r-2); min-height: 2.25rem; padding: 0 var(--s-2); }
.said { position: fixed; inset: auto var(--s-4) var(--s-4) auto; max-width: min(32rem, calc(100vw - 2rem)); display: flex; gap: var(--s-3); align-items: center; flex-wrap: wrap; background: var(--raised); border: 1px solid var(--line-strong); border-radius: var(--r-2); box-shadow: var(--shadow); padding: var(--s-2) var(--s-4); z-index: 6; }
.said:empty { padding: 0; border: 0; box-shadow: none; }
.link { all: unset; text-decoration: underline; text-underline-offset: .2em; cursor: pointer; } .link:focus-visible { outline: 2px solid var(--focus); }
#palette { padding: 0; width: min(40rem, calc(100vw - 2rem)); margin-top: 12vh; } #palette ul { max-height: 50vh; overflow-y: auto; }
#palette li { display: flex; justify-content: space-between; gap: var(--s-4); padding: var(--s-2) var(--s-4); min-height: var(--target); cursor: pointer; } #palette bdi { overflow-wrap: anywhere; }
#palette li[aria-selected="true"] { background: var(--selected); box-shadow: inset 3px 0 0 var(--focus); }
#palette-count { min-height: 1rem; padding-block: var(--s-2); }
#help dl { margin-block: var(--s-4); } #help form { display: grid; gap: var(--s-4); justify-items: start; }
.feed > li { position: relative; } .feed .picker { position: absolute; left: .2rem; top: .7rem; width: .8rem; height: .8rem; } .picker { margin: 0; width: 1rem; height: 1rem; accent-color: var(--ink); opacity: 0; } .picker:checked, .picker:focus-visible, li:hover > * > .picker, tr:hover .picker, li:focus-within > * > .picker, tr:focus-within .picker { opacity: 1; } @media (pointer: coarse) { .picker { opacity: 1; width: 1.5rem; height: 1.5rem; } }
.picked { position: fixed; inset: auto 0 0 0; z-index: 6; border: 0; border-top: 1px solid var(--line-strong); border-radius: 0; box-shadow: var(--shadow); padding: var(--s-3) var(--s-5); } .choices { max-height: 50vh; overflow-y: auto; margin-block: var(--s-3); font-size: var(--t-2); } .choices li { padding-block: var(--s-1); }
.wall { font-size: 1.35em; } .wall .nav, .wall .acts, .wall form[data-act], .wall .btn, .wall .foot { display: none; } .wall main { max-width: none; } .wall h1, .wall .answer { font-size: var(--t-6); line-height: var(--l-6); }
.toolbar .search { flex: 1 1 22rem; } .toolbar .search .field { flex: 1 1 8rem; } @media (min-width: 40rem) { .toolbar .search { flex-wrap: nowrap; } }
.sign-in { max-width: 32rem; }
.links li { padding-block: var(--s-1); }
.warn { color: var(--bad-fg); }
@media (max-width: 60rem) { .live { display: inline-flex; } .brand { margin-right: auto; } .top { height: auto; min-height: 3.25rem; flex-wrap: wrap; } #who { max-width: 7rem; overflow: hidden; text-overflow: ellipsis; } .menu summary { width: auto; padding-inline: var(--s-3); } .menu nav { inset: 100% 0 auto 0; } .menu nav a[aria-current] { font-weight: var(--w-strong); } }
@media (min-width: 60.01rem) { .top .nav { margin-right: auto; } }
`

/** CSS, UTF-8. */
export const text: string = `${Tokens.text}${Parts.text}${ContentStyles.text}${more}`
