/** The one style sheet of the guide: system fonts, light and dark, readable at any width. */
export const GUIDE_CSS = `
:root { color-scheme: light dark; --text: #1d2126; --soft: #5a636e; --line: #dfe3e8; --back: #ffffff; --tint: #f5f7f9; --link: #0b5cad; --mark: #e8f0fa }
@media (prefers-color-scheme: dark) {
  :root { --text: #e3e7ec; --soft: #9aa5b1; --line: #313842; --back: #15181c; --tint: #1d2126; --link: #7db8ff; --mark: #1f2d40 }
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; color: var(--text); background: var(--back); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 2px }
.skip { position: absolute; left: -999px }
.skip:focus { left: 1rem; top: .5rem; background: var(--back); padding: .25rem .5rem }
header { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; padding: .9rem 1.5rem; border-bottom: 1px solid var(--line) }
header nav a { margin-left: 1.25rem; color: var(--soft); text-decoration: none }
header .to-pages { display: none }
header nav a:hover { color: var(--link) }
.brand { font-weight: 650; font-size: 1.1rem; color: var(--text); text-decoration: none }
.brand span { font-weight: 400; color: var(--soft) }
.page { display: grid; grid-template-columns: 15rem minmax(0, 54rem); gap: 3rem; max-width: 76rem; margin: 0 auto; padding: 1.5rem }
.menu { font-size: .94rem }
.menu summary { display: none }
.menu h2 { margin: 1.1rem 0 .3rem; font-size: .78rem; letter-spacing: .05em; text-transform: uppercase; color: var(--soft) }
.menu ul { list-style: none; margin: 0; padding: 0 }
.menu a { display: block; padding: .22rem .6rem; margin-left: -.6rem; border-radius: .35rem; color: var(--text); text-decoration: none }
.menu a:hover { background: var(--tint) }
.menu a[aria-current] { background: var(--mark); font-weight: 600 }
main h1 { margin: .4rem 0 1rem; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em }
main h2 { margin: 2.4rem 0 .6rem; font-size: 1.35rem; line-height: 1.3 }
main h3 { margin: 1.8rem 0 .5rem; font-size: 1.08rem }
.anchor { float: left; width: 1.2rem; margin-left: -1.2rem; color: var(--soft); text-decoration: none; opacity: 0 }
:is(h2, h3, h4):hover .anchor, .anchor:focus { opacity: 1 }
code { font: .88em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--tint); padding: .1em .3em; border-radius: .25rem }
pre { overflow-x: auto; margin: 1rem 0; padding: .9rem 1.1rem; background: var(--tint); border: 1px solid var(--line); border-radius: .5rem }
pre code { background: none; padding: 0; font-size: .84em }
:is(p, li, blockquote) { max-width: 46rem }
.table { overflow-x: auto; margin: 1rem 0 }
table { border-collapse: collapse; min-width: 100%; font-size: .94rem }
th, td { padding: .45rem .8rem .45rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th { color: var(--soft); font-weight: 600; white-space: nowrap }
.right { text-align: right } .center { text-align: center }
img { max-width: 100%; border: 1px solid var(--line); border-radius: .5rem }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 3px solid var(--line); color: var(--soft) }
footer { display: flex; justify-content: space-between; gap: 1rem; margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line) }
@media (max-width: 52rem) {
  .page { grid-template-columns: minmax(0, 1fr); gap: 0; padding: 1rem }
  header { flex-wrap: wrap; padding: .8rem 1rem }
  header .to-pages { display: inline; margin-left: 0 }
  header .to-pages + a { margin-left: 1.25rem }
  .anchor { display: none }
  .menu { order: 2; margin-top: 2rem; border-top: 1px solid var(--line) }
}
`;
