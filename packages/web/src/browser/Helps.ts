/**
 * What pages do with script to help: copying lines, and reading a file into a field. One function that stands on nothing outside of
 * itself, because its text is what browsers are sent.
 */

/** Runs in the browser once the page is parsed. */
export const helps = (): void => {
  const show = () => {
    for (const one of document.querySelectorAll<HTMLElement>("[data-copy], [data-upload]")) one.hidden = false
  }
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>("button[data-copy]") : null
    if (button === null) return
    void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => {
      button.textContent = "Copied"
      setTimeout(() => {
        button.textContent = "Copy"
      }, 2000)
    })
  })
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.type !== "file") return
    const place = document.getElementById(target.closest<HTMLElement>("[data-upload]")?.dataset["upload"] ?? "")
    const file = target.files?.[0]
    if (!(place instanceof HTMLTextAreaElement) || file === undefined) return
    void file.text().then((text) => {
      place.value = text
      place.focus()
    })
  })
  new MutationObserver(show).observe(document.body, { childList: true, subtree: true })
  show()
}
