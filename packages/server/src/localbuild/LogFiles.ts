/**
 * Serves the local farm's build logs at `/logs/TASK`; `?follow=true` streams until the build has ended, and `?offset=N`
 * begins N bytes in, so that a reader whose connection broke goes on where it was.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { answer } from "../http/Fallbacks.ts"
import * as StrangersFile from "../http/StrangersFile.ts"
import * as TaskLog from "./TaskLog.ts"

export const layer = ({ dataDir }: { readonly dataDir: string }) =>
  HttpRouter.add(
    "GET",
    "/logs/:task",
    Effect.gen(function*() {
      const { task = "" } = yield* HttpRouter.params
      const request = yield* HttpServerRequest.HttpServerRequest
      const log = TaskLog.find(dataDir, task)
      if (log === undefined) {
        return answer(404, `There is no build ${task.slice(0, 100)}, or no log of it on this server`)
      }
      const query = new URL(request.originalUrl, "http://localhost").searchParams
      const offset = Number(query.get("offset") ?? 0)
      if (!Number.isSafeInteger(offset) || offset < 0) {
        return answer(400, `offset must be a number of bytes, not ${JSON.stringify(query.get("offset")).slice(0, 100)}`)
      }
      const follow = ["", "1", "true"].includes(query.get("follow") ?? "false")
      return StrangersFile.confined(HttpServerResponse.stream(TaskLog.stream(log, { offset, follow }), {
        contentType: "text/plain; charset=utf-8",
        headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" }
      }))
    })
  )
