/**
 * What pages do with script about actions: ask first where a form says so, send, say what came of it, offer to take it back. One
 * function that stands on nothing outside of itself, because its text is what browsers are sent.
 */

/** Runs in the browser once the page is parsed. */
export const acts = (): void => {
  interface Sent {
    readonly to: string
    readonly method: string
    readonly body: unknown
  }
  const { prefix = "" } = document.body.dataset
  const field = (form: HTMLFormElement, name: string): string | undefined => {
    const found = form.elements.namedItem(name)
    return found instanceof HTMLInputElement ? found.value : undefined
  }

  /** Says it where it stays until it is closed or something else is said; `undo` takes back what was done. */
  const say = (text: string, isWrong: boolean, undo?: { readonly label: string; readonly run: () => void }) => {
    const place = document.getElementById("said")
    if (place === null) return
    const note = document.createElement("p")
    note.className = isWrong ? "warn" : ""
    note.textContent = text
    const close = document.createElement("button")
    close.className = "btn plain"
    close.textContent = "Close"
    close.onclick = () => place.replaceChildren()
    place.replaceChildren(note)
    if (undo !== undefined) {
      const back = document.createElement("button")
      back.className = "btn"
      back.textContent = undo.label
      back.onclick = () => {
        back.disabled = true
        undo.run()
      }
      place.append(back)
      setTimeout(() => back.remove(), 20_000)
    }
    place.append(close)
  }

  /** Sends it; resolves with what is wrong, or with nothing. Sent twice with one key it is done once where the endpoint knows keys. */
  const send = async ({ body, method, to }: Sent): Promise<string | undefined> => {
    const { proof } = document.body.dataset
    try {
      const answer = await fetch(`${prefix}${to}`, {
        method,
        headers: {
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
          ...(proof === undefined ? {} : { "x-orch-proof": proof })
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      if (answer.ok) return undefined
      const said: unknown = await answer.json().catch(() => undefined)
      if (answer.status === 401) return "You are not signed in any more; sign in and do it again"
      return typeof said === "object" && said !== null && "message" in said
        ? String(said.message)
        : `The server answered ${answer.status}`
    } catch {
      return "The server did not answer; nothing is known of what became of it"
    }
  }

  const sentOf = (form: HTMLFormElement, text: string | undefined): Sent => {
    const body: unknown = JSON.parse(field(form, "body") ?? "null") ?? undefined
    const name = field(form, "text_name")
    const withText = name === undefined || text === undefined
      ? body
      : { ...(typeof body === "object" ? body : {}), [name]: text }
    return { to: field(form, "to") ?? "", method: field(form, "method") ?? "POST", body: withText }
  }

  const run = async (form: HTMLFormElement, text: string | undefined) => {
    const button = form.querySelector("button")
    const label = field(form, "label") ?? ""
    if (button === null || button.dataset["busy"] !== undefined) return
    button.dataset["busy"] = ""
    button.disabled = true
    button.textContent = `${label}: sending`
    const wrong = await send(sentOf(form, text))
    delete button.dataset["busy"]
    button.disabled = false
    button.textContent = label
    const back: unknown = form.dataset["undo"] === undefined ? undefined : JSON.parse(form.dataset["undo"])
    const undo = back as Sent & { readonly label: string } | undefined
    if (wrong !== undefined) say(`${label}: ${wrong}`, true)
    else if (undo === undefined) say(`${label}: done`, false)
    else {
      say(`${label}: done`, false, {
        label: undo.label,
        run: () =>
          void send(undo).then((problem) => {
            say(problem === undefined ? `${undo.label}: done` : `${undo.label}: ${problem}`, problem !== undefined)
            document.dispatchEvent(new Event("orch:look"))
          })
      })
    }
    document.dispatchEvent(new Event("orch:look"))
  }

  /** Says what follows, with the harmless answer second. */
  const ask = (form: HTMLFormElement) => {
    const dialog = document.createElement("dialog")
    dialog.setAttribute("aria-labelledby", "question")
    const part = <K extends keyof HTMLElementTagNameMap>(name: K, text: string, kind = "") => {
      const one = document.createElement(name)
      one.textContent = text
      if (kind !== "") one.className = kind
      return one
    }
    const question = part("p", field(form, "question") ?? field(form, "label") ?? "")
    question.id = "question"
    dialog.append(question)
    const typed = field(form, "typed")
    const name = field(form, "text_name")
    const input = (text: string) => {
      const label = part("label", text, "field-label")
      const one = document.createElement("input")
      one.autocomplete = "off"
      label.append(one)
      dialog.append(label)
      return one
    }
    const reason = name === undefined ? undefined : input(field(form, "text_label") ?? name)
    const check = typed === undefined ? undefined : input(`Type ${typed} to go on`)
    const row = part("div", "", "row")
    const yes = part("button", field(form, "label") ?? "", "btn main")
    const no = part("button", "Leave it", "btn")
    const look = () => {
      yes.disabled = (check !== undefined && check.value.trim() !== typed) ||
        (reason !== undefined && field(form, "text_required") !== undefined && reason.value.trim() === "")
    }
    dialog.oninput = look
    look()
    yes.onclick = () => {
      dialog.close()
      void run(form, reason?.value.trim())
    }
    no.onclick = () => dialog.close()
    row.append(yes, no)
    dialog.append(row)
    dialog.onclose = () => {
      dialog.remove()
      form.querySelector("button")?.focus()
    }
    document.body.append(dialog)
    dialog.showModal()
    ;(reason ?? check ?? no).focus()
  }

  document.addEventListener("submit", (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.dataset["act"] === undefined) return
    event.preventDefault()
    const asks = ["question", "typed", "text_name"].some((name) => field(form, name) !== undefined)
    if (asks) ask(form)
    else void run(form, undefined)
  })
}
