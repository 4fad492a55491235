/** What the fake answers and refuses with, in the forms of the real one. */

export interface Answer {
  readonly status: number
  /** JSON unless it is text or bytes; nothing for `undefined`. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string>>>
}

/** Thrown by handlers: the request ends with this answer. */
export class Refusal extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(`answer ${answer.status}`)
    this.answer = answer
  }
}

/** 400 with a message for each field. */
export const invalid = (fields: Readonly<Record<string, unknown>>): Refusal =>
  new Refusal({ status: 400, body: fields })

/** 404 as of a model. */
export const unknown = (model: string): Refusal =>
  new Refusal({ status: 404, body: { detail: `No ${model} matches the given query.` } })

/** Thrown by what a task does: it ends as failed, with this for its error. */
export class TaskFailure extends Error {
  readonly error: Readonly<Record<string, unknown>>
  constructor(description: string, more: Readonly<Record<string, unknown>> = {}) {
    super(description)
    this.error = { traceback: "  File \"pulpcore/tasking/tasks.py\"\n", description, ...more }
  }
}

const page = `
<!doctype html>
<html lang="en">
<head>
  <title>TITLE</title>
</head>
<body>
  <h1>TITLE</h1><p></p>
</body>
</html>
`

/** Django's own pages, for what the API does not answer itself. */
export const html = (status: number, title: string): Answer => ({
  status,
  body: page.replaceAll("TITLE", title),
  headers: { "content-type": "text/html; charset=utf-8" }
})
