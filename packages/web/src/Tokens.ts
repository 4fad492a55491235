/** Values of the pages' looks: colours of states with measured contrast in light and dark, sizes of type, space. */

/** Custom properties, as the first part of the style sheet. */
export const text = `:root { color-scheme: light dark; }
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
:root {
  --page:        light-dark(#f6f6f3, #141615);
  --surface:     light-dark(#ffffff, #1b1e1d);
  --sunken:      light-dark(#efefeb, #0f1110);
  --raised:      light-dark(#ffffff, #242827);
  --hover:       light-dark(#f1f1ed, #232725);
  --selected:    light-dark(#e6ebf2, #26303a);
  --line:        light-dark(#dedcd5, #323635);
  --line-strong: light-dark(#85847c, #7c817d);
  --ink:         light-dark(#1c1f1d, #e9ebe8);
  --ink-2:       light-dark(#4a4e4b, #bcc0bb);
  --ink-3:       light-dark(#62655f, #9a9f99);
  --on-ink:      light-dark(#ffffff, #141615);
  --focus:       light-dark(#0a58ca, #86b7ff);
  --mark:        light-dark(#fff0a8, #5a4a00);
  --good-fg:   light-dark(#07706b, #52cfc9);
  --good-bg:   light-dark(#dff1ef, #102a29);
  --good-line: light-dark(#9fd3cf, #28595a);
  --bad-fg:    light-dark(#98141f, #fb7070);
  --bad-bg:    light-dark(#fce7ea, #391a20);
  --bad-line:  light-dark(#eeb3bd, #783542);
  --run-fg:    light-dark(#154f93, #8fb6f2);
  --run-bg:    light-dark(#e4edf9, #16283f);
  --run-line:  light-dark(#adc8ec, #2f5381);
  --attn-fg:   light-dark(#835c00, #ebb049);
  --attn-bg:   light-dark(#f9eed3, #322609);
  --attn-line: light-dark(#e0c98c, #6b5318);
  --idle-fg:   light-dark(#565a55, #999d96);
  --idle-bg:   light-dark(#eeeeea, #262a28);
  --idle-line: light-dark(#d3d2cb, #434846);
  --log:            light-dark(#fbfbf9, #111312);
  --ansi-black:     light-dark(#3a3d3b, #999e9a);
  --ansi-red:       light-dark(#98141f, #fb7070);
  --ansi-green:     light-dark(#07706b, #52cfc9);
  --ansi-yellow:    light-dark(#835c00, #ebb049);
  --ansi-blue:      light-dark(#154f93, #8fb6f2);
  --ansi-magenta:   light-dark(#99286f, #f08fc4);
  --ansi-cyan:      light-dark(#00646b, #5fc9d1);
  --ansi-white:     light-dark(#62655f, #e9ebe8);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Cantarell, Ubuntu, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  --t-1: .75rem;    --l-1: 1rem;      
  --t-2: .8125rem;  --l-2: 1.25rem;   
  --t-3: .875rem;   --l-3: 1.375rem;  
  --t-4: 1rem;      --l-4: 1.5rem;    
  --t-5: 1.375rem;  --l-5: 1.75rem;   
  --t-6: 1.75rem;   --l-6: 2.125rem;  
  --w-normal: 400; --w-strong: 600;
  --s-1: .25rem; --s-2: .5rem; --s-3: .75rem; --s-4: 1rem; --s-5: 1.5rem; --s-6: 2rem; --s-7: 3rem;
  --r-1: 3px; --r-2: 5px; --r-full: 999px;
  --shadow: 0 1px 2px light-dark(#0000001a, #00000066), 0 8px 24px light-dark(#0000001f, #00000080);
  --row: 2.25rem;         
  --target: 1.75rem;      
  --measure: 76ch;
  --wide: 100rem;
  --fade: 160ms ease-out;
}
@media (pointer: coarse) { :root { --row: 2.75rem; --target: 2.75rem; } }
@media (prefers-reduced-motion: reduce) { :root { --fade: 0ms; } }
@media (prefers-contrast: more) {
  :root { --line: var(--line-strong); --ink-2: var(--ink); --ink-3: var(--ink); }
}
@media print { :root { color-scheme: light; --page: #fff; --sunken: #fff; } }
`
