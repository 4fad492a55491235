/**
 * Times in UTC or as this browser has them, as somebody chose; kept in the browser. One function that stands on nothing outside of
 * itself, because its text is what browsers are sent.
 */

/** Runs in the browser once the page is parsed. */
export const clock = (): void => {
  const key = "orch.time"
  const kept = (): string | null => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  let isLocal = kept() === "local"
  const two = (number: number) => String(number).padStart(2, "0")
  const parts = (at: Date) => ({
    day: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`
  })
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  /** Rewrites the times in a part; what the server wrote is kept beside it. */
  const write = (part: ParentNode) => {
    for (const one of part.querySelectorAll("time[datetime]")) {
      const utc = one.getAttribute("data-utc") ?? one.textContent ?? ""
      const at = new Date(one.getAttribute("datetime") ?? "")
      if (!/^(\d{4}-\d\d-\d\d )?\d\d:\d\d$/.test(utc) || Number.isNaN(at.getTime())) continue
      if (isLocal) {
        const { day, time } = parts(at)
        one.setAttribute("data-utc", utc)
        one.textContent = day === parts(new Date()).day ? time : `${day} ${time}`
        one.setAttribute("title", `${at.toISOString()} (UTC); shown as in ${zone}`)
      } else if (one.hasAttribute("data-utc")) {
        one.textContent = utc
        one.removeAttribute("data-utc")
        one.setAttribute("title", `${one.getAttribute("datetime")} (UTC)`)
      }
    }
  }
  const button = document.getElementById("zone")
  const show = () => {
    write(document)
    if (button === null) return
    button.hidden = false
    const words = document.getElementById("zone-words")
    if (words !== null) words.textContent = isLocal ? `Times are those of ${zone}.` : "Times are UTC."
    button.textContent = isLocal ? "Show UTC" : "Show local times"
  }
  const change = () => {
    isLocal = !isLocal
    try {
      localStorage.setItem(key, isLocal ? "local" : "utc")
    } catch {
      // It holds for this page then.
    }
    show()
  }
  if (button !== null) button.onclick = change
  document.addEventListener("orch:zone", change)
  document.addEventListener("orch:fresh", (event) => {
    if (event instanceof CustomEvent && event.detail instanceof Element) write(event.detail)
  })
  show()
}
