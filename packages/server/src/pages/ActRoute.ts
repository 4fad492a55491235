/**
 * `POST /act`: what forms of pages send where no script does it. What a form names is asked for inside of this process, behind the
 * guard and with the rights of whoever sent it; then the browser goes back to the page. A form that says what follows is shown that
 * first.
 *
 * A form of another site gets nothing done: a browser says where a form comes from, and who is signed in has to prove it besides.
 */
import * as ConfirmPage from "@orch/web/ConfirmPage"
import type { Page } from "@orch/web/Frame"
import * as Effect from "effect/Effect"
import type * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as InnerRequest from "./InnerRequest.ts"
import * as OwnPath from "./OwnPath.ts"
import type { PageFrame } from "./PageFrame.ts"

/** Characters of a form that is looked at. */
const most = 100_000

const methods = ["POST", "PUT", "PATCH", "DELETE"]

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** The JSON that a form sends, with a text that was written into it. */
const bodyOf = (form: URLSearchParams): string | undefined => {
  const text = form.get("body")
  const name = form.get("text_name")
  if (name === null) return text ?? undefined
  const body: unknown = text === null ? {} : parsed(text)
  return JSON.stringify({ ...(body as object), [name]: form.get("text") ?? "" })
}

/** What is wrong with what was filled in; `undefined` where it may be sent. */
const problemIn = (form: URLSearchParams): string | undefined =>
  form.has("text_required") && (form.get("text") ?? "").trim() === ""
    ? `${form.get("text_label") ?? "A text"} is needed`
    : form.has("typed") && form.get("typed") !== (form.get("typed_again") ?? "").trim()
    ? `Type ${form.get("typed")} to go on`
    : undefined

/** The answer. */
export const handle = (router: HttpRouter.HttpRouter, { send, site: { prefix }, viewerOf }: PageFrame) =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const viewer = yield* viewerOf(request)
    const show = (page: Page, status: number) => send(request, viewer, page, status)
    const form = yield* InnerRequest.formIn(request, most)
    const to = OwnPath.of(form.get("to"), "/orch/v1/")
    const back = OwnPath.back(form.get("back"))
    const method = form.get("method") ?? "POST"
    if (to === undefined || !methods.includes(method)) {
      return show(
        ConfirmPage.failed("Nothing was done", "The form names nothing that can be done here", back, prefix),
        400
      )
    }
    if (!InnerRequest.isOfOurPage(request)) {
      return show(ConfirmPage.failed("Nothing was done", "The form is not of a page of this server", back, prefix), 400)
    }
    const asks = ["question", "typed", "text_name"].some((name) => form.has(name))
    const problem = problemIn(form)
    if (asks && (!form.has("confirmed") || problem !== undefined)) {
      return show(ConfirmPage.page(form, form.has("confirmed") ? problem : undefined, back, viewer, prefix), 200)
    }
    const body = bodyOf(form)
    const answer = yield* InnerRequest.send(router, request, { to, method, body, proof: form.get("proof") ?? "" })
    if (answer.status < 300) {
      return HttpServerResponse.empty({ status: 303, headers: { location: `${prefix}${back}` } })
    }
    return show(ConfirmPage.failed("Nothing was done", InnerRequest.saidIn(answer), back, prefix), answer.status)
  })
