/**
 * Keys of pages. One function that stands on nothing outside of itself, because its text is what browsers are sent. Keys are dead in
 * fields and where a dialog is open.
 */

/** Runs in the browser once the page is parsed. */
export const keys = (): void => {
  const follow = (found: Element | null | undefined) => {
    if (found instanceof HTMLElement) found.click()
  }
  const step = (by: number) => {
    const rows = [
      ...document.querySelectorAll<HTMLElement>(".feed h3 a, .stack th[scope=row] + td ~ td a, [data-row] a")
    ]
    const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1
    rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus()
  }
  const does: Readonly<Record<string, () => void>> = {
    "/": () => document.getElementById("filter")?.focus(),
    "j": () => step(1),
    "k": () => step(-1),
    "n": () => follow(document.getElementById("to-error") ?? document.getElementById("first-error")),
    "u": () => follow(document.querySelector(".crumbs li:nth-last-child(2) a"))
  }
  document.addEventListener("keydown", (event) => {
    const { key, target } = event
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (
      target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement || document.querySelector("dialog[open]") !== null
    ) return
    const act = does[key]
    if (act === undefined) return
    event.preventDefault()
    act()
  })
}
