/**
 * Serves a directory read-only, with ranges and conditional requests (dnf uses both), and lists directories for people.
 *
 * Paths are taken apart here before they meet the disk, and what a path leads to must lie below one of the directories
 * named: symbolic links of ours may lead from the one to the other, those of anybody else nowhere.
 */
import * as Effect from "effect/Effect"
import * as HttpPlatform from "effect/http/HttpPlatform"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpStaticServer from "effect/http/HttpStaticServer"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { answer } from "./Fallbacks.ts"
import * as Html from "./Html.ts"
import * as StrangersFile from "./StrangersFile.ts"

export interface Options {
  /** Where it is served, such as `/repositories`. */
  readonly prefix: `/${string}`
  readonly root: string
  /** Further directories that links below `root` may lead to. */
  readonly linked?: ReadonlyArray<string>
  /** The file to serve for a path, below `root`, where there is none any more. */
  readonly former?: (path: string) => string | undefined
}

const mimeTypes: Readonly<Record<string, string>> = {
  rpm: "application/x-rpm",
  yaml: "text/yaml; charset=utf-8",
  zst: "application/zstd",
  xz: "application/x-xz",
  bz2: "application/x-bzip2"
}

/** What a URL path names below the root; `undefined` when it leaves it, hides, or is no path. */
export const relative = (prefix: string, encoded: string): string | undefined => {
  let path: string
  try {
    path = decodeURIComponent(encoded)
  } catch {
    return undefined
  }
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined
  const parts = path.slice(prefix.length).split("/").filter((part) => part !== "")
  const strange = parts.some((part) => part.startsWith(".") || /[\\\p{Cc}]/u.test(part))
  return strange ? undefined : parts.join("/")
}

const listing = (title: string, directory: string): string => {
  const entries = Fs.readdirSync(directory).filter((name) => !name.startsWith(".")).map((name) => {
    const stat = Fs.statSync(Path.join(directory, name), { throwIfNoEntry: false })
    return {
      name: stat?.isDirectory() === true ? `${name}/` : name,
      size: stat?.isFile() === true ? stat.size : undefined
    }
  }).sort((a, b) => a.name < b.name ? -1 : 1)
  const rows = entries.map(({ name, size }) =>
    `<tr><td><a href="./${Html.escape(encodeURIComponent(name).replace(/%2F$/, "/"))}">${
      Html.escape(name)
    }</a></td><td>${size ?? ""}</td></tr>`
  )
  return [
    "<!doctype html><meta charset=utf-8>",
    `<title>${Html.escape(title)}</title><h1>${Html.escape(title)}</h1>`,
    `<table><tr><td><a href="../">../</a></td><td></td></tr>${rows.join("\n")}</table>\n`
  ].join("\n")
}

/** A layer of one route, `GET PREFIX/*`. */
export const layer = ({ former, linked = [], prefix, root }: Options) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const router = yield* HttpRouter.HttpRouter
    const platform = yield* HttpPlatform.HttpPlatform
    Fs.mkdirSync(root, { recursive: true })
    const files = yield* HttpStaticServer.make({
      root,
      index: undefined,
      mimeTypes,
      // A repository changes under the same names; its clients ask whether it did.
      cacheControl: "no-cache"
    })
    const served = files.pipe(Effect.catch(HttpServerRespondable.toResponse))

    const allowed = (target: string): boolean =>
      [root, ...linked].some((directory) => {
        const real = Fs.existsSync(directory) ? Fs.realpathSync(directory) : undefined
        return real !== undefined && (target === real || target.startsWith(real + Path.sep))
      })

    const handler = Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      // A request line may hold a whole URL.
      const path = request.originalUrl.replace(/^[a-z]+:\/\/[^/]*/i, "").split(/[?#]/)[0]!
      const notFound = answer(404, `There is nothing at ${path.slice(0, 200)}`)
      const inside = relative(prefix, path)
      if (inside === undefined) return notFound
      const target = Path.join(root, inside)
      if (Fs.statSync(target, { throwIfNoEntry: false }) === undefined) {
        const instead = former?.(inside)
        if (instead === undefined || !allowed(Fs.realpathSync(instead))) return notFound
        return yield* platform.fileResponse(instead, { headers: { "cache-control": "no-cache" } })
      }
      if (!allowed(Fs.realpathSync(target))) return notFound
      if (!Fs.statSync(target).isDirectory()) return yield* served
      return path.endsWith("/")
        ? HttpServerResponse.html(
          listing(`/${[prefix.slice(1), inside].filter((part) => part !== "").join("/")}/`, target)
        )
        : HttpServerResponse.redirect(`${path.replace(/^\/+/, "/")}/`, { status: 301 })
    }).pipe(
      // Between two looks at it, a revision may be replaced.
      Effect.catchDefect(() => Effect.succeed(answer(404, "It is not there any more"))),
      Effect.map(StrangersFile.confined)
    )
    yield* router.prefixed(prefix).add("GET", "/*", handler)
  }))
